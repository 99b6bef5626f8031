import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../infrastructure/deadline.js';
import { freePorts, isFree } from '../infrastructure/ports.js';
import { identify, type ProcessIdentity } from '../infrastructure/process-identity.js';
import { repositoryRoot } from '../infrastructure/repository.js';
import { serviceNames } from './services.js';

const dataDir = mkdtempSync(join(tmpdir(), 'throughline-start-'));
chmodSync(dataDir, 0o755);
let portBase: number;
let platform: ChildProcess;
let screen = '';

const ended = () => (platform.exitCode === null ? undefined : `It ended with ${platform.exitCode}:\n${screen}`);
const shows = (text: string | RegExp, withinMs: number) =>
  until(async () => expect(screen).toMatch(text), { withinMs, what: `the screen shows ${text}`, hopeless: ended });
const pidOf = (name: string): number =>
  (JSON.parse(readFileSync(join(dataDir, 'run', `${name}.pid`), 'utf8')) as ProcessIdentity).pid;

function start(...more: string[]): void {
  screen = '';
  platform = spawn(
    process.execPath,
    [join(repositoryRoot, 'tools/bin/start.mjs'), '--port-base', String(portBase), '--data', dataDir, ...more],
    // Private infrastructure: the platform's own data folder and its stop are what is tested here.
    { env: { ...process.env, AMQP_URL: '', MONGODB_URL: '' } },
  );
  for (const stream of [platform.stdout!, platform.stderr!]) stream.on('data', (chunk: Buffer) => (screen += chunk));
}

const token = (...args: string[]) =>
  spawnSync(process.execPath, [join(repositoryRoot, 'tools/bin/token.mjs'), ...args], { encoding: 'utf8' });

/** Five free ports in a row. */
async function freeRow(): Promise<number> {
  for (;;) {
    const [first] = (await freePorts(1)) as [number];
    const row = await Promise.all([1, 2, 3, 4].map((offset) => isFree(first + offset)));
    if (first < 65_000 && row.every(Boolean)) return first;
  }
}

beforeAll(async () => {
  portBase = await freeRow();
  start();
  await shows(/^ready$/m, 180_000);
}, 200_000);

afterAll(async () => {
  if (platform.exitCode === null) {
    platform.kill('SIGTERM');
    await once(platform, 'exit');
  }
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

describe('npm start', () => {
  it('says where broker and database come from, and plays the programme day to its end', () => {
    expect(screen).toMatch(/ broker: RabbitMQ /);
    expect(screen).toMatch(/ database: /);
    expect(screen).toMatch(/-> 422 family-referral-not-permitted: /);
    expect(screen).toMatch(/-> 200 \d+ bits of evidence: /);
    expect(screen).toMatch(/-> 200 duplicate: /);
    expect(screen).toMatch(/-> Blank Slate Records Project, Chicago Legal Clinic.*: /);
    expect(screen).toMatch(/-> 200 received; contacted, enrolled\n/);
    expect(screen).toMatch(/-> 200 transitioned: goals-met\n/);
    expect(screen).toMatch(/-> 200 closed, and not why\n/);
    expect(screen).toMatch(
      /\d+\. The analyst reads the funnel.*\n.*-> referred 1, .*, service-completed 1; cases transitioned 1\n/,
    );
  });

  it('shows no password and no key', () => {
    for (const file of ['keys.json', 'identity-provider.json', 'rabbitmq.json'].filter((name) =>
      existsSync(join(dataDir, name)),
    )) {
      const secrets = readFileSync(join(dataDir, file), 'utf8').match(/[\w+/=-]{22,}/g)!;
      expect(secrets.length).toBeGreaterThan(0);
      for (const secret of secrets) expect(screen).not.toContain(secret);
    }
  });

  it('gives tokens to its personas, alone on standard output', () => {
    const { status, stdout, stderr } = token('officer', '--port-base', String(portBase));
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  });

  it.each([
    ['an unknown persona', ['mayor'], /^There is no persona "mayor"\./],
    ['no persona', [], /^Usage: /],
    ['ports where nothing runs', ['officer', '--port-base', '1'], /^No platform answers at http:\/\/127\.0\.0\.1:1 /],
  ])('answers %s with a message, and nothing on standard output', (_, args, message) => {
    const { status, stdout, stderr } = token(
      ...(args.length === 1 ? [...args, '--port-base', String(portBase)] : args),
    );
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
  });

  it('starts a service that was killed again', async () => {
    const before = pidOf('referral');
    process.kill(before, 'SIGKILL');
    await shows(/referral ended unasked \(by SIGKILL\); starting it again in 0\.5 s/, 10_000);
    await shows(/referral is ready again/, 60_000);
    expect(pidOf('referral')).not.toBe(before);
  }, 75_000);

  it('refuses a second platform on the same data, and one on the same ports', () => {
    const run = (data: string) =>
      spawnSync(
        process.execPath,
        [join(repositoryRoot, 'tools/platform/dist/start/main.js'), '--port-base', String(portBase), '--data', data],
        { encoding: 'utf8' },
      );
    const other = mkdtempSync(join(tmpdir(), 'throughline-second-'));
    expect(run(dataDir)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^A platform is already running on /),
    });
    expect(run(other)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        new RegExp(`^Ports ${portBase} \\(identity-provider\\), .* are taken by another program`),
      ),
    });
    rmSync(other, { recursive: true });
  }, 30_000);

  it('drains and stops everything when it is asked to, and goes on with the same data', async () => {
    const names = readdirSync(join(dataDir, 'run')).flatMap((file) => /^(.+)\.pid$/.exec(file)?.[1] ?? []);
    expect(names).toEqual(expect.arrayContaining(['identity-provider', ...serviceNames]));
    const pids = names.map(pidOf);
    platform.kill('SIGINT');
    const [code] = (await once(platform, 'exit')) as [number];
    expect([code, pids.map(identify)]).toEqual([0, pids.map(() => undefined)]);
    expect(screen).not.toMatch(/did not drain/);

    start();
    await shows(/^ready$/m, 120_000);
    expect(screen).toMatch(/the programme day was played on this data at /);
    expect(screen).not.toMatch(/ 1\. The administrator/);
  }, 180_000);
});
