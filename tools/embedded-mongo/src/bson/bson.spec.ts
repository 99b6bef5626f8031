/** Bytes in are bytes out, and one order holds for comparison and for keys. */
import { BSON } from 'mongodb';
import { compare, equal } from './compare.js';
import { decode } from './decode.js';
import { encode } from './encode.js';
import { keyOf } from './key.js';
import type { Value } from './values.js';

const { Binary, BSONRegExp, Code, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } = BSON;

/** In BSON order; an inner list holds values that are equal. */
const ORDER: unknown[][] = [
  [new MinKey()],
  [null],
  [NaN, Decimal128.fromString('NaN')],
  [-Infinity, Decimal128.fromString('-Infinity')],
  [Decimal128.fromString('-1E+400')],
  [Long.MIN_VALUE],
  [new Double(-1.5), Decimal128.fromString('-1.50')],
  [0, new Double(-0), Long.ZERO, Decimal128.fromString('0E+3')],
  [new Double(5e-324)],
  [Decimal128.fromString('0.1')],
  [new Double(0.1)],
  [Decimal128.fromString('0.1000000000000000055511151231257828')],
  [new Int32(1), new Double(1), Long.ONE, Decimal128.fromString('1.0')],
  [Long.fromString('9007199254740992'), new Double(2 ** 53)],
  [Long.fromString('9007199254740993'), Decimal128.fromString('9007199254740993')],
  [Long.MAX_VALUE],
  [new Double(2 ** 63)],
  [Infinity],
  [''],
  ['A'],
  ['a'],
  ['a\0'],
  ['ab'],
  ['\uffff'],
  ['😀'],
  [{}],
  [{ a: 1 }],
  [{ a: 1, b: 1 }],
  [{ b: 1 }],
  [{ a: 'x' }],
  [[]],
  [[1]],
  [[1, 2]],
  [[2]],
  [new Binary(Buffer.from([9]), 0)],
  [new Binary(Buffer.from([1, 1]), 0)],
  [new ObjectId('000000000000000000000001')],
  [new ObjectId('ff0000000000000000000000')],
  [false],
  [true],
  [new Date(-5)],
  [new Date(0)],
  [new Timestamp({ t: 1, i: 5 })],
  [new BSONRegExp('a', '')],
  [new BSONRegExp('a', 'i')],
  [new Code('x')],
  [new MaxKey()],
];
const read = (v: unknown): Value => decode(Buffer.from(BSON.serialize({ v }))).get('v')!;
const ranked = ORDER.flatMap((same, rank) => same.map((v) => ({ rank, value: read(v) })));
const sign = (a: number | string, b: number | string): number => (a < b ? -1 : a > b ? 1 : 0);

describe('the order of BSON values', () => {
  it('is the same for comparison and for keys, for every pair of types', () => {
    for (const a of ranked)
      for (const b of ranked) {
        const pair = JSON.stringify(ORDER[a.rank]) + JSON.stringify(ORDER[b.rank]);
        expect({ pair, c: compare(a.value, b.value) }).toEqual({ pair, c: sign(a.rank, b.rank) });
        expect({ pair, c: sign(keyOf(a.value), keyOf(b.value)) }).toEqual({ pair, c: sign(a.rank, b.rank) });
        expect(equal([a.value], [b.value])).toBe(a.rank === b.rank);
      }
  });
});

describe('documents', () => {
  it('come out byte for byte as they went in, field names that are numbers included', () => {
    const values = Object.fromEntries(ORDER.flat().map((v, i) => [`field ${i}`, v]));
    const bytes = Buffer.from(BSON.serialize({ z: 1, ...values, nested: { b: [values], a: new Code('f', { s: 1 }) } }));
    expect(encode(decode(bytes)).equals(bytes)).toBe(true);
    const numbered = encode(
      new Map<string, Value>([
        ['b', 1],
        ['10', 2],
        ['2', 3],
      ]),
    );
    expect([...decode(numbered).keys()]).toEqual(['b', '10', '2']);
  });

  it('are read in part when only some fields are asked for', () => {
    const bytes = Buffer.from(BSON.serialize({ a: ORDER.flat(), b: { c: 1 }, r: /x/i, d: 2 }));
    expect(decode(bytes, new Set(['d']))).toEqual(new Map([['d', 2]]));
  });
});
