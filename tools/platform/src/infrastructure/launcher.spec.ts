import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../problem.js';
import { canInstallRabbitmq } from './apt-rabbitmq.js';
import { startBroker, startDatabase } from './launcher.js';
import { runsAsRoot } from './system-user.js';

const dataDir = mkdtempSync(join(tmpdir(), 'throughline-launcher-'));
const from = (env: NodeJS.ProcessEnv) => ({ env, dataDir, say: () => undefined });

async function problem(attempt: Promise<unknown>): Promise<string> {
  const thrown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(thrown).toBeInstanceOf(Problem);
  const { message } = thrown as Problem;
  expect(message).not.toMatch(/\n\s+at /);
  return message;
}

describe('an environment that names unusable infrastructure is a message with what to do', () => {
  it('AMQP_URL that is no address', async () => {
    expect(await problem(startBroker(from({ AMQP_URL: 'localhost:5672' })))).toBe(
      'AMQP_URL is not an address that starts with amqp:// or amqps://. Correct it, or leave it unset.',
    );
  });

  it('MONGODB_URL that is no connection string', async () => {
    expect(await problem(startDatabase(from({ MONGODB_URL: 'http://localhost' })))).toMatch(
      /^MONGODB_URL must start with mongodb:\/\//,
    );
  });

  it('a broker that does not answer, without the password in the message', async () => {
    const message = await problem(startBroker(from({ AMQP_URL: 'amqp://me:secret@127.0.0.1:1' })));
    expect(message).toMatch(/^AMQP_URL names 127\.0\.0\.1:1, which does not answer\. Start it or correct AMQP_URL;/);
    expect(message).not.toContain('secret');
  }, 20_000);

  it('a database that does not answer, without the password in the message', async () => {
    const message = await problem(startDatabase(from({ MONGODB_URL: 'mongodb://me:secret@127.0.0.1:1/x' })));
    expect(message).toMatch(/^MONGODB_URL names 127\.0\.0\.1:1, which does not answer\./);
    expect(message).not.toContain('secret');
  }, 30_000);
});

describe('RabbitMQ is installed only', () => {
  const osRelease = (text: string) => {
    const file = join(mkdtempSync(join(tmpdir(), 'throughline-os-')), 'os-release');
    writeFileSync(file, text);
    return file;
  };

  it.each([
    ['on Debian', 'NAME="Debian GNU/Linux"\nID=debian\n', true],
    ['on Ubuntu', 'ID=ubuntu\nID_LIKE=debian\n', true],
    ['on what derives from Ubuntu', 'ID=linuxmint\nID_LIKE="ubuntu debian"\n', true],
    ['and not on Fedora', 'ID=fedora\n', false],
    ['and not on what merely mentions Debian', 'ID=other\nNAME="not debian"\n', false],
  ])('%s', (_, text, debian) => {
    expect(canInstallRabbitmq(osRelease(text))).toBe(debian && runsAsRoot());
  });

  it('and not where the system does not say what it is', () => {
    expect(canInstallRabbitmq('/no/such/os-release')).toBe(false);
  });
});
