import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { MongoClient } from 'mongodb';
import { startBroker, startDatabase } from './launcher.js';
import { isFree } from './ports.js';
import { repositoryRoot } from './repository.js';
import type { Broker, Database } from './running.js';

const folder = mkdtempSync(join(tmpdir(), 'throughline-private-'));
const lines: string[] = [];
// An empty environment: what npm test gives to every other test belongs to all, and is not killed.
const options = { dataDir: folder, env: {}, say: (line: string) => void lines.push(line) };

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a private broker', () => {
  let broker: Broker;

  beforeAll(async () => {
    broker = await startBroker(options);
  }, 120_000);

  afterAll(async () => {
    await broker?.kill();
    await broker?.stop();
  }, 60_000);

  const withChannel = async <T>(
    use: (channel: Awaited<ReturnType<typeof open>>['channel']) => Promise<T>,
  ): Promise<T> => {
    const { connection, channel } = await open();
    try {
      return await use(channel);
    } finally {
      await connection.close();
    }
  };
  const open = async () => {
    const connection = await connect(broker.amqpUrl);
    connection.on('error', () => undefined);
    return { connection, channel: await connection.createConfirmChannel() };
  };

  it('says which it took, without its password', () => {
    expect(lines.find((line) => line.startsWith('broker: '))).toBe(`broker: ${broker.description}`);
    expect(broker.description).not.toContain(new URL(broker.amqpUrl).password);
  });

  it('runs as user rabbitmq when root starts it, and keeps its password to itself', () => {
    if (broker.source !== 'program') return expect(broker.source).toBe('docker');
    const { pid } = JSON.parse(readFileSync(join(folder, 'run/rabbitmq.pid'), 'utf8')) as { pid: number };
    const owner = execFileSync('ps', ['-o', 'user=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    expect(owner).toBe(process.getuid?.() === 0 ? 'rabbitmq' : userInfo().username);
    // mkdtemp made the folder private: the broker's account may pass through it, and nobody may look around in it.
    if (process.getuid?.() === 0) expect(statSync(folder).mode & 0o777).toBe(0o711);
    for (const file of ['rabbitmq.json', 'rabbitmq/conf/rabbitmq.conf']) {
      expect(statSync(join(folder, file)).mode & 0o077).toBe(0);
    }
  });

  it('keeps a confirmed message through a kill, on the same address', async () => {
    const queue = { durable: true, arguments: { 'x-queue-type': 'quorum' } };
    await withChannel((channel) => channel.assertQueue('kept', queue));
    // RabbitMQ 3.10 writes the existence of a new quorum queue to disk minutes later, or when it stops in order;
    // killed before that, it comes back with the queue and without its content.
    await broker.restart();
    await withChannel(async (channel) => {
      channel.sendToQueue('kept', Buffer.from('a confirmed message'), { persistent: true });
      await channel.waitForConfirms();
    });
    const before = broker.amqpUrl;
    await broker.kill();
    await expect(open()).rejects.toThrow();
    await broker.restart();
    expect(broker.amqpUrl).toBe(before);
    const message = await withChannel((channel) => channel.get('kept', { noAck: true }));
    expect(message && message.content.toString()).toBe('a confirmed message');
  }, 60_000);

  it('answers its management API, and only on the loopback interface', async () => {
    const { origin, username, password } = new URL(broker.managementUrl);
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const response = await fetch(`${origin}/api/vhosts/scratch`, { method: 'PUT', headers: { authorization } });
    expect(response.status).toBe(201);
    const { listeners } = (await (await fetch(`${origin}/api/overview`, { headers: { authorization } })).json()) as {
      listeners: { protocol: string; ip_address: string; socket_opts: { ip?: string } }[];
    };
    if (broker.source !== 'program') return;
    const bound = listeners
      .filter(({ protocol }) => protocol !== 'clustering')
      .map(({ protocol, ip_address, socket_opts }) => [protocol, socket_opts.ip ?? ip_address]);
    expect(bound).toEqual([
      ['amqp', '127.0.0.1'],
      ['http', '127.0.0.1'],
    ]);
  });

  it('does not answer while it is frozen, and goes on afterwards', async () => {
    await broker.pause();
    await expect(connect(broker.amqpUrl, { timeout: 300 })).rejects.toThrow();
    await broker.resume();
    await withChannel((channel) =>
      channel.assertQueue('after', { durable: true, arguments: { 'x-queue-type': 'quorum' } }),
    );
  }, 30_000);
});

describe('a private database', () => {
  let database: Database;

  beforeAll(async () => {
    database = await startDatabase(options);
  }, 120_000);

  afterAll(() => database?.stop(), 60_000);

  it('keeps an acknowledged write through a kill, on the same address', async () => {
    const write = await new MongoClient(database.mongodbUrl).connect();
    await write
      .db('kept')
      .collection('things')
      .insertOne({ is: 'kept' }, { writeConcern: { w: 'majority', j: true } });
    await write.close();
    const before = database.mongodbUrl;
    await database.kill();
    await database.restart();
    expect(database.mongodbUrl).toBe(before);
    const read = await new MongoClient(database.mongodbUrl).connect();
    expect(await read.db('kept').collection('things').countDocuments({ is: 'kept' })).toBe(1);
    await read.close();
  }, 60_000);
});

describe('after a run that was killed itself', () => {
  it('the next start ends what it left behind, and uses its ports and data', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'throughline-orphan-'));
    const launcher = join(repositoryRoot, 'tools/platform/dist/index.js');
    const script = `
      const { startDatabase } = await import(${JSON.stringify(launcher)});
      const { mongodbUrl } = await startDatabase({ dataDir: ${JSON.stringify(dataDir)}, env: {}, say: () => {} });
      console.log(mongodbUrl);
      setInterval(() => {}, 1000);`;
    const run = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [address] = (await once(run.stdout, 'data')) as [Buffer];
    run.kill('SIGKILL');
    await once(run, 'exit');
    const mongodbUrl = address.toString().trim();
    expect(await isFree(Number(new URL(mongodbUrl).port))).toBe(false);

    const said: string[] = [];
    const database = await startDatabase({ dataDir, env: {}, say: (line) => void said.push(line) });
    expect(database.mongodbUrl).toBe(mongodbUrl);
    if (database.source !== 'docker')
      expect(said[0]).toMatch(/of an earlier run \(pid \d+\) was still running; ended it$/);
    await database.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);
});
