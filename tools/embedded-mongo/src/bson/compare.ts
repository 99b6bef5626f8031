/**
 * The one order and the one equality of BSON values; query, sort, update, index and group all use these.
 * Order of types: MongoDB manual, "Comparison/Sort Order". Numbers compare by value whatever their type; documents
 * compare field by field (type, name, value); binaries by length first.
 */
import { Decimal, compareScaled, exactDouble } from './decimal.js';
import {
  Bin,
  Code,
  DateTime,
  Double,
  Oid,
  Regex,
  Singleton,
  Symbolic,
  Timestamp,
  type Doc,
  type Value,
} from './values.js';

type MaybeValue = Value | undefined;
export type Numeric = number | bigint | Double | Decimal;

export const isNumber = (v: MaybeValue): v is Numeric =>
  typeof v === 'number' || typeof v === 'bigint' || v instanceof Double || v instanceof Decimal;

/** Rank of a value's type in the order of types. Missing and BSON undefined share the place before null. */
export function typeRank(v: MaybeValue): number {
  switch (typeof v) {
    case 'undefined':
      return 1;
    case 'number':
    case 'bigint':
      return 10;
    case 'string':
      return 15;
    case 'boolean':
      return 40;
  }
  if (v === null) return 5;
  if (v instanceof Map) return 20;
  if (Array.isArray(v)) return 25;
  if (v instanceof Double || v instanceof Decimal) return 10;
  if (v instanceof Oid) return 35;
  if (v instanceof DateTime) return 45;
  if (v instanceof Bin) return 30;
  if (v instanceof Timestamp) return 47;
  if (v instanceof Regex) return 50;
  if (v instanceof Symbolic) return v.id ? 55 : 15;
  if (v instanceof Code) return v.scope ? 65 : 60;
  return v.type === 6 ? 1 : v.type === 0xff ? 0 : 127;
}

const sign = (a: number | bigint, b: number | bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** Byte order of the UTF-8 forms, which differs from UTF-16 order beyond the basic plane. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return sign(utf8Rank(x), utf8Rank(y));
  }
  return sign(a.length, b.length);
}
const utf8Rank = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);

/** The double of a number, possibly rounded. */
export const toDouble = (v: Numeric): number =>
  typeof v === 'number' ? v : typeof v === 'bigint' ? Number(v) : v instanceof Double ? v.value : v.double;

const scaled = (v: Numeric): { coefficient: bigint; exponent: number } =>
  v instanceof Decimal ? v.parts : v instanceof Double ? exactDouble(v.value) : { coefficient: BigInt(v), exponent: 0 };

const isFiniteNumber = (v: Numeric): boolean =>
  v instanceof Double ? Number.isFinite(v.value) : v instanceof Decimal ? !v.isNaN && !v.isInfinite : true;

/** Exact comparison across numeric types; NaN is equal to itself and below all other numbers. */
export function compareNumbers(a: Numeric, b: Numeric): number {
  if (typeof a === 'number' && typeof b === 'number') return sign(a, b);
  if (typeof a === 'bigint' && typeof b === 'bigint') return sign(a, b);
  const x = toDouble(a);
  const y = toDouble(b);
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) ? (Number.isNaN(y) ? 0 : -1) : 1;
  const exact = (v: Numeric): boolean => typeof v === 'number' || v instanceof Double;
  if (x !== y || (exact(a) && exact(b))) return sign(x, y);
  if (isFiniteNumber(a) && isFiniteNumber(b)) return compareScaled(scaled(a), scaled(b));
  return isFiniteNumber(a) ? (y > 0 ? -1 : 1) : isFiniteNumber(b) ? (x > 0 ? 1 : -1) : sign(x, y);
}

/** -1, 0 or 1 in BSON order. */
export function compare(a: MaybeValue, b: MaybeValue): number {
  if (a === b) return 0;
  const ra = typeRank(a);
  const rb = typeRank(b);
  if (ra !== rb) return ra < rb ? -1 : 1;
  switch (ra) {
    case 10:
      return compareNumbers(a as Numeric, b as Numeric);
    case 15:
      return compareStrings(stringOf(a), stringOf(b));
    case 20:
      return compareDocuments(a as Doc, b as Doc);
    case 25:
      return compareArrays(a as Value[], b as Value[]);
    case 30: {
      const [x, y] = [a as Bin, b as Bin];
      return sign(x.bytes.length, y.bytes.length) || sign(x.subType, y.subType) || Buffer.compare(x.bytes, y.bytes);
    }
    case 35:
      return sign2((a as Oid).bytes, (b as Oid).bytes);
    case 40:
      return a === false ? -1 : 1;
    case 45:
      return sign((a as DateTime).ms, (b as DateTime).ms);
    case 47: {
      const [x, y] = [a as Timestamp, b as Timestamp];
      return sign(x.seconds, y.seconds) || sign(x.increment, y.increment);
    }
    case 50: {
      const [x, y] = [a as Regex, b as Regex];
      return compareStrings(x.pattern, y.pattern) || compareStrings(x.flags, y.flags);
    }
    case 55: {
      const [x, y] = [a as Symbolic, b as Symbolic];
      return sign(x.text.length, y.text.length) || compareStrings(x.text, y.text) || compare(x.id, y.id);
    }
    case 60:
    case 65:
      return compareStrings((a as Code).code, (b as Code).code) || compare((a as Code).scope, (b as Code).scope);
    default:
      return 0;
  }
}

const sign2 = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const stringOf = (v: MaybeValue): string => (typeof v === 'string' ? v : (v as Symbolic).text);

function compareDocuments(a: Doc, b: Doc): number {
  const y = b.entries();
  for (const [name, value] of a) {
    const next = y.next();
    if (next.done) return 1;
    const [otherName, otherValue] = next.value;
    const c =
      sign(typeRank(value), typeRank(otherValue)) || compareStrings(name, otherName) || compare(value, otherValue);
    if (c) return c;
  }
  return y.next().done ? 0 : -1;
}

function compareArrays(a: Value[], b: Value[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const c = compare(a[i], b[i]);
    if (c) return c;
  }
  return sign(a.length, b.length);
}

export const equal = (a: MaybeValue, b: MaybeValue): boolean => compare(a, b) === 0;

/** Equal to the last bit: same type, same number, same order of fields. What an update compares to see a change. */
export function identical(a: MaybeValue, b: MaybeValue): boolean {
  if (a === b) return typeof a !== 'number' || Object.is(a, b);
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((x, i) => identical(x, b[i]));
  if (a instanceof Map) {
    if (!(b instanceof Map) || a.size !== b.size) return false;
    const other = b.entries();
    for (const [k, v] of a) {
      const [k2, v2] = other.next().value!;
      if (k !== k2 || !identical(v, v2)) return false;
    }
    return true;
  }
  if (a instanceof Double) return b instanceof Double && Object.is(a.value, b.value);
  if (a instanceof Decimal) return b instanceof Decimal && a.text === b.text;
  if (typeof a === 'string' || a instanceof Singleton || a === null || a === undefined) return false;
  return typeof a === typeof b && a.constructor === (b as object | null)?.constructor && compare(a, b) === 0;
}
