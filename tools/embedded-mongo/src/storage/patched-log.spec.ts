/** What the log holds of changed documents, and that a start makes the same documents of it. */
import { closeSync, cpSync, openSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { decode } from '../bson/decode.js';
import { encode } from '../bson/encode.js';
import { doc, type Doc, type Value } from '../bson/values.js';
import { temporaryFolder } from '../testing/engine-process.js';
import type { Collection } from './collection.js';
import { frame, realDisk, replay, type Disk } from './log-file.js';
import { Store } from './store.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Syncs nothing: what counts here is the order of what is written. */
const quickDisk: Disk = { write: realDisk.write, sync: (_, done) => setImmediate(done, null) };
const open = (path = folder, disk = quickDisk): Store =>
  new Store({
    folder: path,
    disk,
    onFailure: (error) => expect(error).toBeUndefined(),
    onRepair: (what) => expect(what).toBeUndefined(),
  });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const contents = (store: Store): Map<Value, Doc> =>
  new Map(
    [...(store.collection('d', 'c')?.documents.values() ?? [])].map(({ bytes }) => [
      decode(bytes).get('_id')!,
      decode(bytes),
    ]),
  );
async function reopened(path = folder): Promise<Map<Value, Doc>> {
  const store = open(path);
  const found = contents(store);
  await store.close();
  return found;
}

function replace(c: Collection, next: Doc): void {
  const stored = c.byId(next.get('_id')!)!;
  c.replace(stored, c.keysOf(decode(stored.bytes)), next, encode(next));
}
/** Changes of `n` alone can be made twice and nobody would see it; those of `fill` cannot. */
const counted = (id: number, n: number, fill = 1000): Doc => doc({ _id: id, n, text: 'x'.repeat(fill) });

/** The payloads of a segment, changed, as a segment of their own. */
function rewrite(change: (payloads: Buffer[]) => Buffer[]): void {
  const path = join(folder, 'log-1');
  const payloads: Buffer[] = [];
  const fd = openSync(path, 'r');
  replay(fd, 0, (payload) => payloads.push(Buffer.from(payload)));
  closeSync(fd);
  writeFileSync(path, Buffer.concat(change(payloads).map((payload, i) => frame(i + 1, [payload]))));
}
/** A segment with the records: the collection, a document, a change that lengthens it, and one of another field. */
async function changedTwice(): Promise<void> {
  const store = open();
  const c = store.create('d', 'c');
  c.insert(encode(counted(1, 0)));
  replace(c, counted(1, 0, 1001));
  replace(c, counted(1, 2, 1001));
  await store.close();
}

describe('a change of a document', () => {
  it('is written as what changed, and a start makes the document of it', async () => {
    const store = open();
    const c = store.create('d', 'c');
    c.insert(encode(counted(1, 0, 5000)));
    await store.durable();
    const before = statSync(join(folder, 'log-1')).size;
    for (let n = 1; n <= 10; n += 1) replace(c, counted(1, n, 5000));
    await store.durable();
    expect(statSync(join(folder, 'log-1')).size - before).toBeLessThan(10 * 100);
    await store.close();
    expect(await reopened()).toEqual(new Map([[1, counted(1, 10, 5000)]]));
  });

  it('goes on from what a start made', async () => {
    await changedTwice();
    const store = open();
    replace(store.collection('d', 'c')!, counted(1, 3));
    await store.close();
    expect(await reopened()).toEqual(new Map([[1, counted(1, 3)]]));
  });

  it.each<[string, (payloads: Buffer[]) => Buffer[], string]>([
    ['whose document is not there', ([c, , one, two]) => [c!, one!, two!], 'a change does not fit'],
    ['whose collection is not there', ([, , one]) => [one!], 'a change does not fit'],
    ['that was made of another version', ([c, put, , two]) => [c!, put!, two!], 'a change does not fit'],
    ['that comes a second time', ([c, put, one]) => [c!, put!, one!, one!], 'a change does not fit'],
    ['of a kind from the future', ([c]) => [c!, Buffer.from([9, 1, 0, 0, 0])], 'unknown kind, 9'],
  ])('stops the start where the log holds one %s', async (_, change, message) => {
    await changedTwice();
    rewrite(change);
    expect(() => open()).toThrow(message);
    expect(() => open()).toThrow(message); // and leaves the folder free
  });

  it('is read from a folder of the time when every change was a whole document', async () => {
    const files = {
      'snapshot-2':
        'NAAAAFfdCtEAAAAAAADwPwMBAAAALwAAAAJkYXRhYmFzZQACAAAAZAACbmFtZQACAAAAYwADb3B0aW9ucwAFAAAAAAAaAAAAYQZuMAAAAAAAAABAAQEAAAAVAAAAEF9pZAAAAAAAEG4AAAAAAAAaAAAAVosEmwAAAAAAAAhAAQEAAAAVAAAAEF9pZAABAAAAEG4AAQAAAAAaAAAALkkKxwAAAAAAABBAAQEAAAAVAAAAEF9pZAACAAAAEG4AAAAAAAA=',
      'log-2':
        'GgAAACmwfu4AAAAAAAAYQAEBAAAAFQAAABBfaWQAAAAAABBuAAUAAAAAGgAAAI0+Ca8AAAAAAAAcQAEBAAAAFQAAABBfaWQAAAAAABBuAAYAAAAAEwAAAKS976gAAAAAAAAgQAIBAAAADgAAABBfaWQAAgAAAAA=',
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), Buffer.from(text, 'base64'));
    expect(await reopened()).toEqual(
      new Map([
        [0, doc({ _id: 0, n: 6 })],
        [1, doc({ _id: 1, n: 1 })],
      ]),
    );
  });
});

describe('changes and compaction', () => {
  it('a change that waits for the disk when compaction begins is not applied on a snapshot that holds it', async () => {
    const syncs: (() => void)[] = [];
    const store = open(folder, { write: realDisk.write, sync: (_, done) => syncs.push(() => done(null)) });
    const c = store.create('d', 'c');
    c.insert(encode(counted(1, 0)));
    await turn();
    await turn();
    expect(syncs).toHaveLength(1); // the insert is on its way to the disk
    replace(c, counted(1, 0, 1001));
    const compacting = store.compact();
    let done = false;
    void compacting.then(() => (done = true));
    while (!done) {
      syncs.shift()?.();
      await turn();
    }
    const closed = store.close();
    for (let i = 0; i < 3; i += 1) {
      syncs.shift()?.();
      await turn();
    }
    await closed;
    expect(await reopened()).toEqual(new Map([[1, counted(1, 0, 1001)]]));
  });

  it('changes during compaction are whole documents, those after it are not', async () => {
    const store = open();
    const c = store.create('d', 'c');
    const many = Array.from({ length: 300 }, (_, id) => id);
    for (const id of many) c.insert(encode(counted(id, 0, 5000)));
    await store.durable();
    let done = false;
    void store.compact().then(() => (done = true));
    let n = 0;
    for (; !done; n += 1) {
      for (const id of many) replace(c, counted(id, n, 5000 + (n % 3)));
      await turn();
    }
    expect(n).toBeGreaterThan(3);
    await store.durable();
    const before = statSync(join(folder, 'log-2')).size;
    for (const id of many) replace(c, counted(id, 7, 5000));
    await store.close();
    expect(statSync(join(folder, 'log-2')).size - before).toBeLessThan(300 * 100);
    expect(await reopened()).toEqual(new Map(many.map((id) => [id, counted(id, 7, 5000)])));
  });

  it('comes also of changes that are short, since a start makes the whole document of each', async () => {
    const snapshots = (): string[] => readdirSync(folder).filter((name) => /^snapshot-\d+$/.test(name));
    const LARGE = 1024 * 1024;
    let store = open();
    store.create('d', 'c').insert(encode(counted(1, 0, LARGE)));
    for (let n = 1; n <= 100; n += 1) replace(store.collection('d', 'c')!, counted(1, n, LARGE));
    await store.close();
    expect(snapshots()).toEqual([]);
    store = open();
    for (let n = 101; n <= 200; n += 1) replace(store.collection('d', 'c')!, counted(1, n, LARGE));
    await store.close();
    expect(snapshots()).toEqual(['snapshot-2']);
    expect(await reopened()).toEqual(new Map([[1, counted(1, 200, LARGE)]]));
  });
});

interface Change {
  do: 'change';
  id: number;
  field: 'front' | 'list' | 'end';
  size: number;
}
type Write = Change | { do: 'insert'; id: number } | { do: 'remove'; id: number };
type Step = Write | { do: 'turn' } | { do: 'compact' } | { do: 'kill' };

const anyId = fc.integer({ min: 0, max: 5 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('insert' as const), id: anyId }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), id: anyId }) },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      id: anyId,
      field: fc.constantFrom('front' as const, 'list' as const, 'end' as const),
      size: fc.constantFrom(0, 1, 2, 3, 40),
    }),
  },
  { weight: 5, arbitrary: fc.constantFrom<Step>({ do: 'turn' }, { do: 'compact' }, { do: 'kill' }) },
);

describe('any changes with compactions between', () => {
  /** 100 kB, so that a snapshot of some documents takes several turns. */
  const FILL = 'f'.repeat(100_000);
  const fresh = (id: number): Doc => doc({ _id: id, front: '', fill: FILL, list: [], end: '' });
  const VALUES = {
    front: (size: number): Value => 'a'.repeat(size),
    list: (size: number): Value => Array.from({ length: size }, (_, i) => doc({ i })),
    end: (size: number): Value => 'z'.repeat(size),
  };
  function apply(c: Collection, step: Write): void {
    const stored = c.byId(step.id);
    if (!stored) return step.do === 'insert' ? c.insert(encode(fresh(step.id))) : undefined;
    if (step.do === 'remove') c.remove(stored);
    else if (step.do === 'change')
      replace(c, new Map([...decode(stored.bytes), [step.field, VALUES[step.field](step.size)]]));
  }

  it('leave after a kill at any moment what was acknowledged, and after a close what there was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 10, maxLength: 60, size: 'max' }), async (steps) => {
        const [path, copy] = [temporaryFolder(), temporaryFolder()];
        const store = open(path);
        const c = store.create('d', 'c');
        for (const step of steps) {
          if (step.do === 'compact') void store.compact();
          else if (step.do === 'turn') await turn();
          else if (step.do === 'kill') {
            await store.durable();
            rmSync(copy, { recursive: true });
            cpSync(path, copy, { recursive: true });
            expect(await reopened(copy)).toEqual(contents(store));
          } else apply(c, step);
        }
        const expected = contents(store);
        await store.close();
        expect(await reopened(path)).toEqual(expected);
        rmSync(path, { recursive: true });
        rmSync(copy, { recursive: true });
      }),
      { numRuns: 40 },
    );
  });
});
