/** Conditions on one value: comparison, membership, type, pattern, remainder, size. */
import { asInteger } from '../bson/arithmetic.js';
import { compare, equal, isNumber, toDouble, typeRank, type Numeric } from '../bson/compare.js';
import { keyOf } from '../bson/key.js';
import {
  BSON_UNDEFINED,
  Bin,
  Code,
  DateTime,
  Double,
  MAX_KEY,
  MIN_KEY,
  Oid,
  Regex,
  Singleton,
  Symbolic,
  Timestamp,
  isNull,
  type Value,
} from '../bson/values.js';
import { Decimal } from '../bson/decimal.js';
import { badValue, failedToParse, MongoError } from '../errors.js';
import type { Single } from './node.js';
import { compilePattern } from './pattern.js';

const isNaNValue = (v: Value | undefined): boolean => isNumber(v) && Number.isNaN(toDouble(v));

const ACCEPTS: Record<string, (c: number) => boolean> = {
  $eq: (c) => c === 0,
  $gt: (c) => c > 0,
  $gte: (c) => c >= 0,
  $lt: (c) => c < 0,
  $lte: (c) => c <= 0,
};

/** Comparison with an operand: within the operand's type only, but null and missing are alike, and MinKey and MaxKey meet all. */
export function comparison(op: string, operand: Value): Single {
  if (operand === BSON_UNDEFINED) throw badValue('cannot compare to undefined');
  const accepts = ACCEPTS[op]!;
  const orEqual = accepts(0);
  if (isNull(operand)) return (v) => isNull(v) && orEqual;
  if (operand === MIN_KEY || operand === MAX_KEY) return (v) => accepts(compare(v, operand));
  if (isNaNValue(operand)) return (v) => isNaNValue(v) && orEqual;
  const rank = typeRank(operand);
  return (v) => typeRank(v) === rank && !isNaNValue(v) && accepts(compare(v, operand));
}

/** Equality with any of the operands, where a pattern also matches strings. */
export function oneOf(operands: readonly Value[]): Single {
  if (operands.includes(BSON_UNDEFINED)) throw badValue('cannot compare to undefined');
  const keys = new Set(operands.map((v) => keyOf(v)));
  const patterns = operands.filter((v) => v instanceof Regex).map((r) => pattern(r.pattern, r.flags));
  const withNull = operands.some((v) => v === null);
  return (v, state) => {
    if (v === undefined) return withNull;
    return keys.has(keyOf(v)) || patterns.some((p) => p(v, state));
  };
}

/** A regular expression on strings; a stored pattern matches the same pattern. */
export function pattern(source: string, flags: string): Single {
  const test = compilePattern(source, flags);
  return (v) => {
    if (typeof v === 'string') return test.test(v);
    if (v instanceof Symbolic && !v.id) return test.test(v.text);
    return v instanceof Regex && v.pattern === source && v.flags === flags;
  };
}

export const TYPE_ALIASES: Record<string, number> = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  dbPointer: 12,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: -1,
  maxKey: 127,
};

/** BSON's number for the type of a value. */
export function typeNumber(v: Value): number {
  if (v === null) return 10;
  if (typeof v === 'string') return 2;
  if (typeof v === 'number') return 16;
  if (typeof v === 'bigint') return 18;
  if (typeof v === 'boolean') return 8;
  if (v instanceof Map) return 3;
  if (Array.isArray(v)) return 4;
  if (v instanceof Double) return 1;
  if (v instanceof Decimal) return 19;
  if (v instanceof DateTime) return 9;
  if (v instanceof Oid) return 7;
  if (v instanceof Bin) return 5;
  if (v instanceof Regex) return 11;
  if (v instanceof Timestamp) return 17;
  if (v instanceof Symbolic) return v.id ? 12 : 14;
  if (v instanceof Code) return v.scope ? 15 : 13;
  return (v as Singleton).type === 0xff ? -1 : (v as Singleton).type;
}

export function typeName(v: Value | undefined): string {
  if (v === undefined) return 'missing';
  const n = typeNumber(v);
  return Object.keys(TYPE_ALIASES).find((k) => TYPE_ALIASES[k] === n)!;
}

/** The type numbers that an operand of `$type` names. */
export function typeSet(operand: Value): Set<number> {
  const list = Array.isArray(operand) ? operand : [operand];
  if (!list.length) throw failedToParse('$type must match at least one type');
  const out = new Set<number>();
  for (const t of list) {
    if (t === 'number') for (const n of [1, 16, 18, 19]) out.add(n);
    else if (typeof t === 'string') {
      const n = TYPE_ALIASES[t];
      if (n === undefined) throw badValue(`Unknown type name alias: ${t}`);
      out.add(n);
    } else if (isNumber(t)) {
      const n = asInteger(t);
      if (n === undefined || !Object.values(TYPE_ALIASES).includes(n)) throw badValue(`Invalid numerical type code`);
      out.add(n);
    } else throw new MongoError(14, 'type must be represented as a number or a string');
  }
  return out;
}

/** `$mod`: remainder of whole parts. */
export function remainder(operand: Value): Single {
  if (!Array.isArray(operand)) throw badValue('malformed mod, needs to be an array');
  if (operand.length < 2) throw badValue('malformed mod, not enough elements');
  if (operand.length > 2) throw badValue('malformed mod, too many elements');
  const [divisor, rest] = operand.map((v, i) => {
    if (!isNumber(v)) throw badValue(`malformed mod, ${i ? 'remainder' : 'divisor'} not a number`);
    return whole(v) ?? fail();
  });
  if (divisor === 0n) throw badValue('divisor cannot be 0');
  return (v) => {
    const n = isNumber(v) ? whole(v) : undefined;
    return n !== undefined && n % divisor! === rest;
  };
}
const fail = (): never => {
  throw badValue('malformed mod, value is not finite or too large');
};
function whole(v: Numeric): bigint | undefined {
  if (typeof v === 'number' || typeof v === 'bigint') return BigInt(v);
  const d = toDouble(v);
  return Number.isFinite(d) && Math.abs(d) < 2 ** 63 ? BigInt(Math.trunc(d)) : undefined;
}

/** `$size`: the number of elements, exactly. */
export function sizeOf(operand: Value): Single {
  if (!isNumber(operand)) throw badValue(`Failed to parse $size. Expected a number`);
  const n = asInteger(operand);
  if (n === undefined) throw badValue(`Failed to parse $size. Expected an integer`);
  if (n < 0) throw badValue(`Failed to parse $size. Expected a non-negative number`);
  return (v) => Array.isArray(v) && v.length === n;
}

export const equals =
  (operand: Value): Single =>
  (v) =>
    v !== undefined && equal(v, operand);
