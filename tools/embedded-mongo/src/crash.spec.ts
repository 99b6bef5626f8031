/** Acknowledged writes survive a killed process, and a second process is kept out. */
import { rmSync } from 'node:fs';
import { MongoClient, type Collection } from 'mongodb';
import { build, startProcess, temporaryFolder, type EngineProcess } from './testing/engine-process.js';

/** Rounds of kill -9; the environment may ask for more. */
const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 6);
const WRITERS = 8;

interface Counter {
  _id: string;
  n: number;
  text: string;
}

/** Writes until the connection breaks, keeping the last value that was acknowledged. */
async function write(collection: Collection<Counter>, id: string, acknowledged: Map<string, number>): Promise<void> {
  for (let n = (acknowledged.get(id) ?? 0) + 1; ; n += 1) {
    try {
      await collection.updateOne({ _id: id }, { $set: { n, text: 'x'.repeat(n % 500) } }, { upsert: true });
      acknowledged.set(id, n);
      await collection.insertOne({ _id: `${id}-${n}`, n, text: '' });
      acknowledged.set(`${id}-${n}`, n);
    } catch {
      return;
    }
  }
}

const options = { retryWrites: false, retryReads: false, serverSelectionTimeoutMS: 5000, maxPoolSize: WRITERS };

describe('a killed engine', () => {
  let data: string;
  let engine: EngineProcess | undefined;
  let client: MongoClient | undefined;
  beforeAll(build, 60_000);
  beforeEach(() => {
    data = temporaryFolder();
  });
  afterEach(async () => {
    await client?.close();
    await engine?.end('SIGKILL');
    engine = undefined;
    rmSync(data, { recursive: true });
  });

  it(
    `loses no acknowledged write, and mixes no two, in ${ROUNDS} rounds of kill -9 under ${WRITERS} writers`,
    async () => {
      const acknowledged = new Map<string, number>();
      for (let round = 0; round < ROUNDS; round += 1) {
        engine = await startProcess(data);
        client = await new MongoClient(engine.uri, options).connect();
        const collection = client.db('crash').collection<Counter>('counters');
        const documents = await collection.find({}).toArray();
        const found = new Map(documents.map((d) => [d._id, d.n]));
        const lost = [...acknowledged].filter(([id, n]) => (found.get(id) ?? 0) < n);
        expect(lost).toEqual([]);
        const mixed = documents.filter((d) => !d._id.includes('-') && d.text !== 'x'.repeat(d.n % 500));
        expect(mixed).toEqual([]);
        for (const [id, n] of found) acknowledged.set(id, n);
        const before = acknowledged.size;
        const writers = Array.from({ length: WRITERS }, (_, i) => write(collection, `w${i}`, acknowledged));
        const until = before + 20 + Math.floor(Math.random() * 200);
        while (acknowledged.size < until) await new Promise((resolve) => setImmediate(resolve));
        await engine.end('SIGKILL');
        await Promise.all(writers);
        await client.close();
      }
      expect(acknowledged.size).toBeGreaterThan(ROUNDS * 20);
    },
    ROUNDS * 15_000,
  );

  it('closes cleanly on SIGTERM and gives the folder free', async () => {
    engine = await startProcess(data);
    client = await new MongoClient(engine.uri, options).connect();
    await client.db('a').collection('b').insertOne({ n: 1 });
    await client.close();
    expect(await engine.end('SIGTERM')).toBe(0);
    expect(engine.log()).toContain('development and tests only');
    engine = await startProcess(data);
  }, 30_000);

  it('refuses a second process on the same folder', async () => {
    engine = await startProcess(data);
    await expect(startProcess(data)).rejects.toThrow(`in use by process ${engine.child.pid}`);
  }, 30_000);
});
