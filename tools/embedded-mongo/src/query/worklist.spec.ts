/** Counts and pages as a worklist asks for them, over indexes that begin with the elements of an array. */
import { decode } from '../bson/decode.js';
import { encode } from '../bson/encode.js';
import { Double, doc, type Doc, type Value } from '../bson/values.js';
import { Index } from '../storage/index.js';
import { Store } from '../storage/store.js';
import { countOf, select } from './find.js';
import { parseFilter } from './parse.js';
import { plan } from './planner.js';
import { parseSort } from './sort.js';

const N = 600;
const store = new Store({ onFailure: () => undefined, onRepair: () => undefined });
const bson = (v: unknown): Value =>
  Array.isArray(v)
    ? v.map(bson)
    : v !== null && typeof v === 'object' && Object.getPrototypeOf(v) === Object.prototype
      ? new Map(Object.entries(v).map(([k, x]) => [k, bson(x)]))
      : (v as Value);
const [plain, indexed] = ['plain', 'indexed'].map((name) => store.create('d', name));
const keys = [
  { 's.order': 1, _id: 1 },
  { 's.status': 1, 's.at': 1, _id: 1 },
  { 's.status': 1, 's.order': 1, _id: 1 },
  { 's.flags': 1, 's.order': 1, _id: 1 },
  { 's.lines.kind': 1, 's.lines.weight': 1 },
];
for (const key of keys) indexed!.addIndex(new Index(doc({ v: 2, key: doc(key), name: Object.keys(key).join() })));
for (let i = 0; i < N; i += 1)
  for (const collection of [plain!, indexed!])
    collection.insert(
      encode(
        bson({
          _id: `id-${(i * 7919) % N}`,
          s: {
            ...{
              status: ['new', 'open', 'over'][i % 3]!,
              order: `${i % 9}-${(i * 31) % N}`,
              at: i % 50 ? i : new Double(NaN),
            },
            flags: ['late', 'urgent', 'odd'].filter((_, k) => i % (k + 2) === 0),
            lines: [
              { kind: i % 5, weight: i % 7 },
              { kind: i % 4, weight: 9 },
            ],
          },
        }) as Doc,
      ),
    );

const filterOf = (filter: object): ReturnType<typeof parseFilter> => parseFilter(bson(filter) as Doc);

describe('a count', () => {
  it.each<[string, object]>([
    ['of a state and a range', { 's.status': 'open', 's.order': { $gte: '3' } }],
    ['of some states', { 's.status': { $in: ['open', 'over', 'open'] } }],
    ['of a range with two ends', { 's.order': { $gte: '2', $lte: '5-9' } }],
    ['of a flag and a range', { 's.flags': 'late', 's.order': { $gte: '4' } }],
    ['of any of two flags, which one document may have both', { 's.flags': { $in: ['late', 'urgent'] } }],
    ['of what there is not', { 's.status': 'none' }],
  ])('%s is read from an index alone', (_, filter) => {
    const condition = filterOf(filter);
    const count = plan(indexed!, condition).count;
    expect(count?.()).toBe(countOf(plain!, condition, {}));
    expect(countOf(indexed!, condition, {})).toBe(count!());
  });

  it.each<[string, object]>([
    ['an open end', { 's.order': { $gt: '4-240' } }],
    ['a field beside the index', { 's.status': 'open', 's.at': { $gte: 7 }, 's.flags': 'late' }],
    ['two conditions that different elements may meet', { 's.lines.kind': 3, 's.lines.weight': 9 }],
    ['a range that different elements may meet', { 's.flags': { $gte: 'm', $lte: 'p' } }],
    ['null, which stands for missing as well', { 's.status': null }],
    ['numbers, of which none is below NaN', { 's.status': 'new', 's.at': { $lte: 9 } }],
    ['ends that differ', { $or: [{ 's.order': { $gt: '7' } }, { 's.order': { $gte: '3' }, 's.at': { $lt: 100 } }] }],
    [
      'ends above that differ',
      { $or: [{ 's.order': { $lt: '3' } }, { 's.order': { $lte: '7' }, 's.at': { $lt: 90 } }] },
    ],
  ])('with %s looks at documents', (_, filter) => {
    const condition = filterOf(filter);
    expect(plan(indexed!, condition).count).toBeUndefined();
    expect(countOf(indexed!, condition, {})).toBe(countOf(plain!, condition, {}));
  });

  it('looks at no more than it is asked for', () => {
    expect(countOf(indexed!, filterOf({ 's.at': { $gte: 0 } }), { enough: 7 })).toBe(7);
  });
});

describe('a page', () => {
  const inOrder = (collection: typeof plain, filter: object, limit: number): string[] =>
    [...select(collection, { filter: filterOf(filter), order: parseSort(doc({ 's.order': 1, _id: 1 })), limit })].map(
      (m) => decode(m.bytes).get('_id') as string,
    );

  it('of what has a flag comes in the order of the index, which it begins to read where the last page ended', () => {
    const all = inOrder(plain!, { 's.flags': 'late' }, 0);
    const last = decode(plain!.byId(all[250]!)!.bytes);
    const order = (last.get('s') as Doc).get('order') as string;
    const behind = { $or: [{ 's.order': { $gt: order } }, { 's.order': order, _id: { $gt: all[250]! } }] };
    const filter = { $and: [{ 's.flags': 'late' }, behind] };
    const chosen = plan(indexed!, filterOf(filter), parseSort(doc({ 's.order': 1, _id: 1 })), 5);
    expect(chosen.sorted).toBe(true);
    expect([...chosen.scan()].length).toBeLessThanOrEqual(all.length - 250);
    expect(inOrder(indexed!, filter, 5)).toEqual(all.slice(251, 256));
  });

  it('is sorted by itself where the order is that of elements of an array', () => {
    const order = parseSort(doc({ 's.flags': 1, 's.order': 1, _id: 1 }));
    expect(plan(indexed!, filterOf({ 's.flags': { $gte: 'a' } }), order, 5).sorted).toBe(false);
  });
});
