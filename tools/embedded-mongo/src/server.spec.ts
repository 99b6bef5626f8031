/** Authentication, expiry, sessions and cursors as a driver sees them. */
import { MongoClient, MongoServerError } from 'mongodb';
import { startEmbeddedMongo, type EmbeddedMongo } from './index.js';

const started: (EmbeddedMongo | MongoClient)[] = [];
afterEach(async () => {
  for (const s of started.splice(0).reverse()) await s.close();
});
async function start(options: Parameters<typeof startEmbeddedMongo>[0] = {}): Promise<EmbeddedMongo> {
  const engine = await startEmbeddedMongo(options);
  started.push(engine);
  return engine;
}
async function connect(uri: string): Promise<MongoClient> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 3000 });
  started.push(client);
  return client.connect();
}
const code = (p: Promise<unknown>): Promise<unknown> =>
  p.then(
    () => 'no error',
    (e: unknown) => (e instanceof MongoServerError ? e.code : e),
  );

describe('with a password', () => {
  it('lets in who knows it, by SCRAM-SHA-256, and nobody else', async () => {
    const engine = await start({ user: 'ann=b,c', password: 'sé cret' });
    const client = await connect(engine.uri);
    expect((await client.db('a').collection('c').insertOne({ a: 1 })).acknowledged).toBe(true);
    expect(await code(connect(engine.uri.replace('cret', 'crot')))).toBe(18);
    expect(await code(connect(engine.uri.replace('ann', 'bob')))).toBe(18);
    const nobody = await connect(`mongodb://127.0.0.1:${engine.port}/?directConnection=true`);
    expect(await code(nobody.db('a').collection('c').findOne())).toBe(13);
  });
});

describe('a TTL index', () => {
  it('removes a document once its date has passed, and no other', async () => {
    const engine = await start({ ttlInterval: 10 });
    const collection = (await connect(engine.uri))
      .db('t')
      .collection<{ _id: string; at?: Date | Date[] | string }>('c');
    await collection.createIndex({ at: 1 }, { expireAfterSeconds: 3600 });
    const [old, fresh] = [new Date(Date.now() - 3_601_000), new Date()];
    await collection.insertMany([
      { _id: 'kept: fresh', at: fresh },
      { _id: 'kept: text', at: 'yesterday' },
      { _id: 'kept: nothing' },
      { _id: 'old', at: old },
      { _id: 'old: one of several', at: [fresh, old] },
    ]);
    const deadline = Date.now() + 5000;
    while ((await collection.countDocuments()) > 3 && Date.now() < deadline) await new Promise((r) => setImmediate(r));
    const left = (await collection.find().toArray()).map((d) => d._id);
    expect(left).toEqual(['kept: fresh', 'kept: text', 'kept: nothing']);
  });
});

describe('what a standalone server does not offer', () => {
  it('refuses transactions by name', async () => {
    const client = await connect((await start()).uri);
    const session = client.startSession();
    session.startTransaction();
    expect(await code(client.db('a').collection('c').insertOne({}, { session }))).toBe(238);
    await session.endSession();
    expect(await code(client.db('a').command({ insert: 'c', documents: [{}], lsid: { id: 1 }, txnNumber: 1 }))).toBe(
      20,
    );
  });

  it.each<[string, object, number]>([
    ['an unknown command', { noSuchCommand: 1 }, 59],
    ['a command left out', { mapReduce: 'c' }, 238],
    ['an operator left out', { find: 'c', filter: { $where: 'true' } }, 238],
    ['a stage left out', { aggregate: 'c', pipeline: [{ $graphLookup: {} }], cursor: {} }, 238],
    ['an expression left out', { aggregate: 'c', pipeline: [{ $project: { a: { $convert: {} } } }], cursor: {} }, 238],
    ['a collation', { find: 'c', collation: { locale: 'de' } }, 238],
    ['a capped collection', { create: 'c', capped: true, size: 1 }, 238],
    ['a text index', { createIndexes: 'c', indexes: [{ key: { a: 'text' }, name: 'a' }] }, 238],
  ])('%s', async (_, command, expected) => {
    const client = await connect((await start()).uri);
    const failure = client.db('a').command(command);
    expect(await code(failure)).toBe(expected);
    if (expected === 238) await expect(failure).rejects.toThrow(/does not implement .+/);
  });
});

describe('a cursor', () => {
  it('reads on while documents come and go, each once', async () => {
    const collection = (await connect((await start()).uri)).db('a').collection<{ _id: number }>('c');
    await collection.insertMany(Array.from({ length: 1000 }, (_, i) => ({ _id: i })));
    const seen: number[] = [];
    for await (const d of collection.find().sort({ _id: 1 }).batchSize(10)) {
      seen.push(d._id);
      if (d._id % 10 === 5) await collection.deleteOne({ _id: d._id + 100 });
      if (d._id % 100 === 0 && d._id < 1000) await collection.insertOne({ _id: d._id - 5000 });
    }
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    expect(seen).toHaveLength(1000 - 50);
  });

  it('is shared by clients of several connections, and gone after killCursors', async () => {
    const engine = await start();
    const [a, b] = [await connect(engine.uri), await connect(engine.uri)];
    await a.db('a').collection('c').insertMany([{}, {}, {}]);
    const first = await a.db('a').command({ find: 'c', batchSize: 1 });
    const next = await b.db('a').command({ getMore: first.cursor.id, collection: 'c', batchSize: 1 });
    expect(next.cursor.nextBatch).toHaveLength(1);
    await b.db('a').command({ killCursors: 'c', cursors: [first.cursor.id] });
    expect(await code(a.db('a').command({ getMore: first.cursor.id, collection: 'c' }))).toBe(43);
  });
});
