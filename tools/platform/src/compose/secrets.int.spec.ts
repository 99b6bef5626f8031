import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { parseEnv } from 'node:util';
import { declareExchange, declareSubscription, EVENTS_EXCHANGE } from '@throughline/shared/messaging';
import { connect } from 'amqplib';
import { repositoryRoot } from '../infrastructure/repository.js';
import { serviceNames } from '../start/services.js';
import { type Definitions, writeSecrets } from './secrets.js';

const folder = mkdtempSync(join(tmpdir(), 'throughline-secrets-'));
const committed = JSON.parse(
  readFileSync(join(repositoryRoot, 'deploy/rabbitmq/definitions.json'), 'utf8'),
) as Definitions;
const read = (...path: string[]): string => readFileSync(join(folder, ...path), 'utf8');
const everything = (): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort()
    .map((path) => `${path}: ${read(path)}`);

beforeAll(() => writeSecrets(folder, committed));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the secrets of the compose platform', () => {
  it('give each service its own accounts, and nothing of another', () => {
    const urls = serviceNames.map((name) => {
      const { MONGODB_URL, AMQP_URL } = parseEnv(read(name, 'service.env'));
      return [new URL(MONGODB_URL!), new URL(AMQP_URL!)] as const;
    });
    urls.forEach(([mongodb, amqp], index) => {
      expect([mongodb.username, mongodb.pathname, amqp.username]).toEqual([
        serviceNames[index],
        `/${serviceNames[index]}`,
        serviceNames[index],
      ]);
    });
    const passwords = urls.flat().map(({ password }) => password);
    expect(new Set(passwords).size).toBe(8);
  });

  it('let only case management open what is sealed for it', () => {
    const { SEALING_PRIVATE_KEY } = parseEnv(read('case-management', 'service.env'));
    const { d } = JSON.parse(SEALING_PRIVATE_KEY!) as { d: string };
    const holders = ['mongodb', 'rabbitmq', ...serviceNames].filter((name) =>
      readdirSync(join(folder, name)).some((file) => read(name, file).includes(d)),
    );
    expect(holders).toEqual(['case-management']);
  });

  it('are the same when they are written again, also after a volume was lost', async () => {
    const salted = (lines: string[]) => lines.filter((line) => !line.startsWith('rabbitmq/'));
    const before = salted(everything());
    rmSync(join(folder, 'reporting'), { recursive: true });
    await writeSecrets(folder, committed);
    expect(salted(everything())).toEqual(before);
  });
});

/**
 * The committed rights, on a real broker: in a virtual host of the test's own, with accounts of its own, so that the
 * definitions of the broker that the tests share stay as they are.
 */
describe('the rights of a service at the broker', () => {
  const own = `test-${randomBytes(4).toString('hex')}`;
  const renamed = (text: string): string =>
    serviceNames
      .reduce((all, name) => all.replaceAll(`"${name}"`, `"${own}-${name}"`), text)
      .replaceAll('"throughline"', `"${own}"`)
      .replaceAll('"operator"', `"${own}-operator"`);

  const manage = async (method: string, path: string, body?: string): Promise<void> => {
    const { origin, username, password } = new URL(process.env['AMQP_MANAGEMENT_URL']!);
    const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString(
      'base64',
    );
    const response = await fetch(`${origin}/api/${path}`, {
      method,
      headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/json' },
      ...(body && { body }),
    });
    expect([path, response.ok]).toEqual([path, true]);
  };

  const as = async (name: (typeof serviceNames)[number]) => {
    const { AMQP_URL } = parseEnv(read(name, 'service.env'));
    const url = new URL(process.env['AMQP_URL']!);
    url.username = `${own}-${name}`;
    url.password = new URL(AMQP_URL!).password;
    url.pathname = `/${own}`;
    const connection = await connect(url.href);
    const channel = await connection.createConfirmChannel();
    const refusals: string[] = [];
    channel.on('error', (error: Error) => refusals.push(error.message));
    return { connection, channel, refusals };
  };

  beforeAll(async () => {
    if (!process.env['AMQP_MANAGEMENT_URL']) {
      throw new Error('AMQP_MANAGEMENT_URL is not set. Run npm test, which starts the infrastructure and sets it.');
    }
    await manage('POST', 'definitions', renamed(read('rabbitmq', 'definitions.json')));
  }, 30_000);

  afterAll(async () => {
    await manage('DELETE', `vhosts/${own}`);
    for (const { name } of committed.users) await manage('DELETE', `users/${own}-${name}`);
  }, 30_000);

  it.each(serviceNames)(
    'let %s declare its queues, publish and consume',
    async (name) => {
      const { connection, channel, refusals } = await as(name);
      await declareExchange(channel);
      const queue = `${name}.rights`;
      await declareSubscription(channel, { queue, bindings: ['rights.#'], rungs: [5_000] });
      channel.publish(EVENTS_EXCHANGE, 'rights.tested.v1', Buffer.from('{}'), { persistent: true });
      await channel.waitForConfirms();
      expect(await channel.get(queue, { noAck: true })).not.toBe(false);
      // A retry and a dead letter go to their queues through the default exchange.
      channel.sendToQueue(`${queue}.dlq`, Buffer.from('{}'), { persistent: true });
      await channel.waitForConfirms();
      expect(refusals).toEqual([]);
      await channel.close();
      await connection.close();
    },
    30_000,
  );

  it.each([
    ['read the queue of another', (channel: Channel) => channel.get('case-management.rights', { noAck: true })],
    ['delete the queue of another', (channel: Channel) => channel.deleteQueue('case-management.rights')],
    ['read the archive', (channel: Channel) => channel.get('throughline.archive')],
    ['make an exchange of its own', (channel: Channel) => channel.assertExchange('side-door', 'fanout')],
  ])(
    'do not let reporting %s',
    async (_, attempt) => {
      const { connection, channel } = await as('reporting');
      await expect(attempt(channel)).rejects.toThrow(/ACCESS.REFUSED|403/);
      await connection.close();
    },
    30_000,
  );
});

type Channel = Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['createConfirmChannel']>>;
