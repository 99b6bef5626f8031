/** What is read in part is what reading all of it gives; what is opened for a change is written again as it was. */
import { BSON } from 'mongodb';
import { parseUpdate } from '../update/update.js';
import { decode } from './decode.js';
import { encode } from './encode.js';
import { Parts } from './parts.js';
import { pathTree } from './path-tree.js';
import type { Doc, Value } from './values.js';

const partsOf = (...paths: string[]): Parts => new Parts(pathTree(paths.map((path) => path.split('.'))));
const bytesOf = (fields: object): Buffer => Buffer.from(BSON.serialize(fields, { ignoreUndefined: false }));
const doc = (fields: object): Doc => decode(bytesOf(fields));

const { Binary, BSONRegExp, Code, Decimal128, Double, Long, MaxKey, MinKey, ObjectId, Timestamp } = BSON;
const ALL_TYPES = [
  ...[
    1,
    new Double(1.5),
    Long.ONE,
    Decimal128.fromString('1.5'),
    'text',
    'Straße',
    { a: { b: 1 } },
    [1, [2], { c: 3 }],
  ],
  ...[new Binary(Buffer.from([1, 2]), 5), new ObjectId(), true, new Date(5), null, new BSONRegExp('a', 'i')],
  ...[new Code('f'), new Code('f', { s: 1 }), new Timestamp({ t: 1, i: 2 }), new MinKey(), new MaxKey()],
  new BSON.DBRef('c', new ObjectId()),
  new BSON.BSONSymbol('s'),
];
const everything = bytesOf(Object.fromEntries(ALL_TYPES.map((v, i) => [`f${i}`, v])));

describe('a document in parts', () => {
  it('has of each type the field asked for, or its bytes', () => {
    for (const [name, value] of decode(everything)) {
      expect(partsOf(name).read(everything)).toEqual(new Map([[name, value]]));
      expect(encode(partsOf(name).pick(everything))).toEqual(encode(new Map([[name, value]])));
      expect(encode(partsOf(name).open(everything))).toEqual(everything);
    }
  });

  it('has of the documents below, in arrays too, the fields asked for', () => {
    const bytes = bytesOf({ a: { x: 1, y: { z: 2, w: 3 } }, l: [{ x: 1, y: 2 }, 5, [{ x: 1, y: 2 }]], s: 'text' });
    expect(partsOf('a.y.z', 'l.x', 's.t', 'none.at.all').read(bytes)).toEqual(
      doc({ a: { y: { z: 2 } }, l: [{ x: 1 }, 5, [{ x: 1, y: 2 }]], s: 'text' }),
    );
    expect(partsOf('l.0.x').read(bytes)).toEqual(doc({ l: [{ x: 1, y: 2 }, 5, [{ x: 1, y: 2 }]] }));
    expect(partsOf('a.y.z', 'a').read(bytes)).toEqual(doc({ a: { x: 1, y: { z: 2, w: 3 } } }));
  });
});

describe('an update of a document in parts', () => {
  const before = bytesOf({
    _id: 1,
    a: { x: 1, y: { z: 2, w: [1, 2, 3] }, v: 'Straße' },
    between: ALL_TYPES,
    l: [{ seq: 1, data: 'one' }, { seq: 2, data: 'two' }, 7, { data: 'none' }],
    n: 5,
    rest: everything,
  });

  it.each<object>([
    { $set: { n: 6 } },
    { $set: { 'a.y.z': 'longer than before' }, $unset: { n: '' } },
    { $set: { 'a.new.deep': 1, other: 2 } },
    { $unset: { a: '' } },
    { $unset: { 'a.x': '', 'a.v': '' } },
    { $rename: { 'a.x': 'a.y.moved', n: 'm' } },
    { $pull: { l: { seq: { $lte: 1 } } } },
    { $pull: { l: { seq: { $exists: false } } } },
    { $pull: { l: { $or: [{ seq: 2 }, { data: 'none' }] } } },
    { $pull: { l: 7 } },
    { $push: { l: { seq: 3 }, 'a.y.w': 4 } },
    { $set: { 'l.0.seq': 9, 'l.1.more': true } },
    { $set: { 'a.y.w.$[]': 0 } },
    { $inc: { 'a.x': 1, 'a.y.z': -1, n: 1 } },
  ])('%j writes what an update of all of it writes', (given) => {
    const update = parseUpdate(doc(given), [], new Map<string, Value>());
    const options = { inserting: false, now: 0 };
    const parts = new Parts(pathTree([['_id'], ...update.reads!]));
    const whole = update.apply(decode(before), options);
    const inPart = update.apply(parts.open(before), options);
    expect(whole.modified).toBe(true);
    expect(inPart.modified).toBe(true);
    expect(encode(inPart.after)).toEqual(encode(whole.after));
  });
});
