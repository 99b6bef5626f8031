/** What the log makes of damage, of a full disk, and of its own growth. */
import { appendFileSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { startEmbeddedMongo, type EmbeddedMongo, type EmbeddedMongoOptions } from './index.js';
import { doc } from './bson/values.js';
import { encode } from './bson/encode.js';
import { realDisk } from './storage/log-file.js';
import { Store } from './storage/store.js';
import { temporaryFolder } from './testing/engine-process.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true }));

const log = (): string =>
  join(
    folder,
    readdirSync(folder).find((f) => /^log-\d+$/.test(f))!,
  );
const open = (repairs: string[] = []): Store =>
  new Store({ folder, onFailure: (e) => expect(e).toBeUndefined(), onRepair: (what) => repairs.push(what) });
const ids = (store: Store): number[] =>
  [...(store.collection('d', 'c')?.documents.values() ?? [])].map((s) => s.bytes.readInt32LE(9));

/** A store with documents 0 to n-1, each in a sync of its own; gives the sizes of the log after each. */
async function filled(n: number): Promise<number[]> {
  const store = open();
  const collection = store.create('d', 'c');
  const sizes: number[] = [];
  for (let i = 0; i < n; i += 1) {
    collection.insert(encode(doc({ _id: i, text: `document ${i}` })));
    await store.durable();
    sizes.push(statSync(log()).size);
  }
  await store.close();
  return sizes;
}
const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('a damaged log', () => {
  it('is cut at a torn record, wherever it is torn', async () => {
    const sizes = await filled(6);
    const [before, end] = [sizes[4]!, sizes[5]!];
    for (const at of [end - 1, before + 17, before + 3, before + 1]) {
      truncateSync(log(), at);
      const repairs: string[] = [];
      const store = open(repairs);
      expect(ids(store)).toEqual(numbers(5));
      expect(repairs).toHaveLength(1);
      await store.close();
    }
  });

  it('ends before a record with a wrong byte, and what follows is set aside, not lost', async () => {
    const sizes = await filled(6);
    const bytes = readFileSync(log());
    bytes[sizes[3]! + 30]! ^= 1;
    writeFileSync(log(), bytes);
    const repairs: string[] = [];
    const store = open(repairs);
    expect(ids(store)).toEqual(numbers(4));
    expect(repairs[0]).toContain(`${sizes[5]! - sizes[3]!} bytes`);
    const aside = readdirSync(folder).find((f) => f.includes('damaged'))!;
    expect(readFileSync(join(folder, aside))).toEqual(bytes.subarray(sizes[3]));
    store.collection('d', 'c')!.insert(encode(doc({ _id: 9 })));
    await store.close();
    const again = open();
    expect(ids(again)).toEqual([...numbers(4), 9]);
    await again.close();
  });

  it('passes over records that come twice', async () => {
    const sizes = await filled(6);
    const store = open();
    const c = store.collection('d', 'c')!;
    c.remove(c.byId(5)!);
    await store.close();
    const bytes = readFileSync(log());
    appendFileSync(log(), bytes.subarray(sizes[1]!, sizes[5]!));
    const again = open();
    expect(ids(again)).toEqual(numbers(5));
    await again.close();
  });

  it('survives random damage anywhere: it opens with a prefix or says why not', async () => {
    await filled(20);
    const whole = readFileSync(log());
    for (let seed = 1; seed <= 60; seed += 1) {
      const bytes = Buffer.from(whole);
      const at = (seed * 7919) % whole.length;
      bytes[at]! ^= 1 + (seed % 255);
      writeFileSync(log(), bytes);
      const store = open([]);
      const got = ids(store);
      expect(got).toEqual(numbers(got.length));
      await store.close();
      for (const f of readdirSync(folder)) if (f.includes('damaged')) rmSync(join(folder, f));
    }
  });
});

describe('compaction', () => {
  it('shrinks the log while writes go on, and loses nothing', async () => {
    const store = open();
    const collection = store.create('d', 'c');
    store.addIndex(collection, doc({ v: 2, key: doc({ text: 1 }), name: 'text_1' }));
    for (let i = 0; i < 2000; i += 1) collection.insert(encode(doc({ _id: i, text: 'x'.repeat(200) })));
    for (let i = 0; i < 1900; i += 1) collection.remove(collection.byId(i)!);
    await store.durable();
    const before = statSync(log()).size;
    const compacting = store.compact();
    for (let i = 2000; i < 2100; i += 1) {
      collection.insert(encode(doc({ _id: i, text: 'y' })));
      if (i % 10 === 0) await store.durable();
    }
    collection.remove(collection.byId(1950)!);
    await compacting;
    await store.close();
    const after = readdirSync(folder).reduce((sum, f) => sum + statSync(join(folder, f)).size, 0);
    expect(after).toBeLessThan(before / 5);
    const again = open();
    expect(ids(again).sort((a, b) => a - b)).toEqual(numbers(2100).filter((n) => n >= 1900 && n !== 1950));
    expect([...again.collection('d', 'c')!.indexes.keys()]).toEqual(['_id_', 'text_1']);
    await again.close();
  });
});

describe('a disk that fails', () => {
  const failing = (after: number, which: 'write' | 'sync'): EmbeddedMongoOptions['disk'] => {
    let left = after;
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    return {
      write(fd, data) {
        if (which === 'write' && left-- <= 0) throw full;
        return realDisk.write(fd, data);
      },
      sync: (fd, done) => (which === 'sync' && left-- <= 0 ? done(full) : realDisk.sync(fd, done)),
    };
  };

  it.each(['write', 'sync'] as const)(
    'ends the engine at a failed %s; nothing is acknowledged that is not there',
    async (which) => {
      let engine: EmbeddedMongo | undefined;
      let failed: (error: Error) => void;
      const failure = new Promise<Error>((resolve) => (failed = resolve));
      engine = await startEmbeddedMongo({ dataDir: folder, disk: failing(5, which)!, onFailure: (e) => failed(e) });
      const client = await new MongoClient(engine.uri, { retryWrites: false }).connect();
      const collection = client.db('d').collection<{ _id: number }>('c');
      let acknowledged = 0;
      const writing = (async () => {
        for (let i = 0; i < 100; i += 1) {
          await collection.insertOne({ _id: i });
          acknowledged += 1;
        }
      })().catch(() => undefined);
      expect((await failure).message).toContain('ENOSPC');
      expect(acknowledged).toBeLessThan(10);
      await engine.close();
      await client.close();
      await writing;
      engine = await startEmbeddedMongo({ dataDir: folder });
      const again = await new MongoClient(engine.uri).connect();
      expect(await again.db('d').collection('c').estimatedDocumentCount()).toBeGreaterThanOrEqual(acknowledged);
      await again.close();
      await engine.close();
    },
  );
});
