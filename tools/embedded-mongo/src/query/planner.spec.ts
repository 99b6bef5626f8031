/** Indexes are used, and what they yield is what a scan yields. */
import { DateTime, Double, doc, type Doc, type Value } from '../bson/values.js';
import { encode } from '../bson/encode.js';
import { decode } from '../bson/decode.js';
import { updateMatching } from '../commands/write.js';
import { Store } from '../storage/store.js';
import type { Collection } from '../storage/collection.js';
import { Index } from '../storage/index.js';
import { countOf, select } from './find.js';
import { parseFilter } from './parse.js';
import { plan } from './planner.js';
import { parseSort } from './sort.js';

const N = 4_000;
const at = (i: number): DateTime => new DateTime(1.7e12 + ((i * 7919) % N) * 1000);
const newCollection = (): Collection => newStore().create('d', 'c');
const newStore = (): Store => new Store({ onFailure: () => undefined, onRepair: () => undefined });
const index = (collection: Collection, key: Record<string, number>, options: Record<string, Value> = {}): void =>
  collection.addIndex(new Index(doc({ v: 2, key: doc(key), name: Object.keys(key).join('_'), ...options })));

/** A document for literals: objects become documents. */
function bson(v: unknown): Value {
  if (Array.isArray(v)) return v.map(bson);
  if (v !== null && typeof v === 'object' && Object.getPrototypeOf(v) === Object.prototype)
    return new Map(Object.entries(v).map(([k, x]) => [k, bson(x)]));
  return v as Value;
}

let big: Collection;
beforeAll(() => {
  big = newCollection();
  index(big, { email: 1 }, { unique: true });
  index(big, { agency: 1, at: -1 });
  index(big, { 'ob.since': 1 }, { sparse: true });
  index(big, { state: 1 }, { partialFilterExpression: bson({ n: { $gte: 10 } }) });
  index(big, { tags: 1 });
  for (let i = 0; i < N; i += 1) {
    const pending = i % 4 ? {} : { ob: { since: at(i), lease: null } };
    big.insert(
      encode(
        bson({
          _id: i,
          email: `${i}@x`,
          agency: i % 100,
          at: at(i),
          n: i % 20,
          state: i % 7,
          tags: [i % 50, 'x', i],
          ...pending,
        }) as Doc,
      ),
    );
  }
});

/** How many documents a query reads, and how many it gives. */
function cost(filter: object, sort?: Record<string, number>, limit = 0): { read: number; given: number; by?: string } {
  const condition = parseFilter(bson(filter) as Doc);
  const order = sort ? parseSort(doc(sort)) : undefined;
  const chosen = plan(big, condition, order, limit || undefined);
  let [read, given] = [0, 0];
  for (const stored of chosen.scan()) {
    read += 1;
    if (condition.test(decode(stored.bytes), { variables: new Map() })) given += 1;
    if (chosen.sorted && limit && given >= limit) break;
  }
  return { read, given, ...(chosen.index ? { by: chosen.index.name } : {}) };
}

describe('a query on indexed fields reads no more than it must', () => {
  it.each<[string, object, Record<string, number> | undefined, number, number]>([
    ['equality on _id', { _id: 77 }, undefined, 0, 1],
    ['equality on a unique field', { email: '55@x' }, undefined, 0, 1],
    ['$in', { email: { $in: ['5@x', '6@x', 'none'] } }, undefined, 0, 2],
    ['$in on _id, sorted by it', { _id: { $in: [5, 3, 4] } }, { _id: 1 }, 0, 3],
    ['a range on _id', { _id: { $gte: 100, $lt: 110 } }, undefined, 0, 11],
    ['a prefix and a range behind it', { agency: 5, at: { $gte: at(5), $lte: at(5) } }, undefined, 0, 1],
    ['a prefix and the order behind it', { agency: 5 }, { at: -1 }, 10, 10],
    ['the reverse order', { agency: 5 }, { at: 1 }, 10, 10],
    ['sort and limit alone', {}, { _id: -1 }, 5, 5],
    [
      'the outbox',
      { 'ob.since': { $gte: new DateTime(0) }, $or: [{ 'ob.lease': null }, { 'ob.lease': { $lt: at(1) } }] },
      { 'ob.since': 1 },
      500,
      500,
    ],
    ['existence in a sparse index', { 'ob.since': { $exists: true } }, { 'ob.since': 1 }, 20, 20],
    ['existence alone in a sparse index', { 'ob.since': { $exists: true } }, undefined, 0, N / 4],
    ['a partial index that the query implies', { state: 3, n: 15 }, undefined, 0, N / 14 + 2],
    ['an element of an array', { tags: 1234 }, undefined, 0, 1],
  ])('%s', (_, filter, sort, limit, most) => {
    const { read, given, by } = cost(filter, sort, limit);
    expect(by).toBeDefined();
    expect(given).toBeGreaterThan(0);
    expect(read).toBeLessThanOrEqual(most);
  });

  it('does not narrow a range by what another element of an array may meet', () => {
    const c = newCollection();
    index(c, { l: 1 });
    c.insert(encode(bson({ _id: 1, l: [1, 9] }) as Doc));
    for (let i = 2; i < 50; i += 1) c.insert(encode(bson({ _id: i, l: [i + 100] }) as Doc));
    const filter = parseFilter(bson({ l: { $gte: 8, $lte: 2 } }) as Doc);
    expect([...select(c, { filter })].map((m) => m.stored.id)).toEqual([1]);
  });

  it('scans when no index serves: a partial one not implied, a sparse one for what is missing', () => {
    expect(cost({ state: 3, n: { $gte: 5 } }).by).toBeUndefined();
    expect(cost({ 'ob.since': null }).by).toBeUndefined();
  });
});

describe('an index yields what a scan yields', () => {
  const values: unknown[] = [
    null,
    1,
    2,
    new Double(2.5),
    -1,
    10n,
    'a',
    'b',
    'b\0',
    '',
    true,
    [1, 2],
    [],
    [[1]],
    [null],
    { x: 1 },
    new DateTime(5),
    undefined,
  ];
  let seed = 7;
  const random = (n: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % n;
  };
  const any = (): unknown => values[random(values.length)];
  const documents = Array.from({ length: 300 }, (_, i) => ({
    _id: i,
    a: any(),
    b: any(),
    m: [{ k: any(), l: random(4) }, { k: random(3) }],
  }));
  function strip(v: unknown): unknown {
    if (Array.isArray(v)) return v.map(strip);
    if (v !== null && typeof v === 'object' && Object.getPrototypeOf(v) === Object.prototype)
      return Object.fromEntries(
        Object.entries(v)
          .filter(([, x]) => x !== undefined)
          .map(([k, x]) => [k, strip(x)]),
      );
    return v;
  }
  const [plainStore, indexedStore] = [newStore(), newStore()];
  const [plain, indexed] = [plainStore.create('d', 'c'), indexedStore.create('d', 'c')];
  index(indexed, { a: 1 });
  index(indexed, { b: -1, _id: 1 });
  index(indexed, { 'm.k': 1, 'm.l': -1 });
  index(indexed, { a: 1, _id: 1 }, { partialFilterExpression: bson({ 'm.l': 1 }) });
  for (const d of documents) for (const c of [plain, indexed]) c.insert(encode(bson(strip(d)) as Doc));

  const condition = (): unknown => {
    const op = ['$eq', '$gt', '$gte', '$lt', '$lte', '$in', '$ne'][random(7)]!;
    const operand = (): unknown => any() ?? null;
    return { [op]: op === '$in' ? [operand(), operand(), operand()] : operand() };
  };
  const run = (c: Collection, filter: Doc, sort: Record<string, number> | undefined, limit: number): number[] =>
    [...select(c, { filter: parseFilter(filter), ...(sort ? { order: parseSort(doc(sort)) } : {}), limit })].map((m) =>
      m.bytes.readInt32LE(9),
    );

  const modifier = (): unknown => {
    const [field, other] = random(2) ? ['a', 'b'] : ['b', 'a'];
    const value = strip([any()]) as unknown[];
    const modifiers: unknown[] = [
      { $set: { [field]: value[0] ?? null } },
      { $unset: { [field]: '' } },
      { $rename: { [field]: other } },
      { $push: { m: { k: value[0] ?? null, l: random(4) } } },
      { $pull: { m: { l: random(4) } } },
      { $set: { 'm.0.k': value[0] ?? null } },
      { $set: { unindexed: i } },
    ];
    return modifiers[random(modifiers.length)];
  };
  let i = 0;

  it.each([0, 500])('for 300 random filters, orders and limits after %d random updates', (updates) => {
    for (i = 0; i < updates; i += 1) {
      const [filter, update] = [doc({ _id: random(300) }), bson(modifier())];
      for (const store of [plainStore, indexedStore])
        updateMatching({ store, database: 'd' } as never, 'c', {
          ...{ filter, update, multi: false, upsert: false, arrayFilters: [], hint: undefined, variables: new Map() },
        });
    }
    const bytes = (c: Collection): string[] => [...c.documents.values()].map((d) => d.bytes.toString('latin1'));
    expect(bytes(indexed)).toEqual(bytes(plain));
    for (i = 0; i < 300; i += 1) {
      const fields = ['a', 'b', 'm.k', 'm.l', '_id'];
      const filter: Record<string, unknown> = {};
      for (let k = 0; k < random(3); k += 1) filter[fields[random(5)]!] = condition();
      const sort = random(2) ? { [fields[random(5)]!]: random(2) ? 1 : -1, _id: 1 } : undefined;
      const limit = sort ? random(6) : 0;
      const [want, got] = [plain, indexed].map((c) => run(c, bson(filter) as Doc, sort, limit));
      if (!sort) [want, got].forEach((l) => l!.sort((x, y) => x - y));
      expect({ i, filter, sort, limit, ids: got }).toEqual({ i, filter, sort, limit, ids: want });
      const [all, counted] = [plain, indexed].map((c) => countOf(c, parseFilter(bson(filter) as Doc), {}));
      expect({ i, filter, counted }).toEqual({ i, filter, counted: all });
    }
  });
});
