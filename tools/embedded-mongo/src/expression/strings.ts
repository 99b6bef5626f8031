import { asInteger } from '../bson/arithmetic.js';
import { isNumber } from '../bson/compare.js';
import { Decimal } from '../bson/decimal.js';
import { Code, DateTime, Double, Oid, Symbolic, Timestamp, type Value } from '../bson/values.js';
import { MongoError, notImplemented } from '../errors.js';
import { typeName } from '../query/predicates.js';
import { nullish, operands, unary } from './arguments.js';
import type { Operator } from './compile.js';

/** ISO 8601 with milliseconds, as the server writes dates. */
export function isoDate(ms: number): string {
  const d = new Date(ms);
  const year = d.getUTCFullYear();
  if (Number.isNaN(year) || year < 0 || year > 9999)
    throw new MongoError(18535, '$dateToString is only defined on year 0-9999');
  return d.toISOString();
}

/** A double as the server writes it: six or more digits, an exponent only far out. */
export function doubleText(n: number): string {
  if (Number.isNaN(n)) return 'NaN';
  if (!Number.isFinite(n)) return n > 0 ? 'Infinity' : '-Infinity';
  if (Object.is(n, -0)) return '-0';
  const text = String(n);
  return text.includes('e') ? text.replace(/e([+-])(\d)$/, 'e$10$2') : text;
}

function toText(v: Value): string | undefined {
  if (typeof v === 'string') return v;
  if (typeof v === 'number' || typeof v === 'bigint') return String(v);
  if (v instanceof Double) return doubleText(v.value);
  if (v instanceof Decimal) return v.text;
  if (v instanceof DateTime) return isoDate(v.ms);
  return undefined;
}

/** For string operators: null is the empty string, other types have a text or are refused. */
function coerced(v: Value | undefined, name: string): string {
  if (nullish(v)) return '';
  const text = toText(v!);
  if (v instanceof Timestamp || v instanceof Symbolic || v instanceof Code)
    throw notImplemented(`${name} of a ${typeName(v)}`);
  if (text === undefined) throw new MongoError(16007, `can't convert from BSON type ${typeName(v)} to String`);
  return text;
}

const upper = (s: string): string => s.replace(/[a-z]+/g, (m) => m.toUpperCase());
const lower = (s: string): string => s.replace(/[A-Z]+/g, (m) => m.toLowerCase());

const concat: Operator = (operand, compile) => {
  const parts = (Array.isArray(operand) ? operand : [operand]).map((e) => compile(e));
  return (env) => {
    let out: string | null = '';
    for (const part of parts) {
      const v = part(env);
      if (nullish(v)) return null;
      if (typeof v !== 'string') throw new MongoError(16702, `$concat only supports strings, not ${typeName(v)}`);
      out += v;
    }
    return out;
  };
};

const substrCP: Operator = (operand, compile, name) => {
  const [text, from, length] = operands(operand, compile, name, 3);
  return (env) => {
    const s = coerced(text!(env), name);
    const [start, count] = [from!(env), length!(env)];
    if (!isNumber(start))
      throw new MongoError(34450, `$substrCP: starting index must be a numeric type (is BSON type ${typeName(start)})`);
    if (!isNumber(count))
      throw new MongoError(34452, `$substrCP: length must be a numeric type (is BSON type ${typeName(count)})`);
    const [a, n] = [asInteger(start), asInteger(count)];
    if (a === undefined)
      throw new MongoError(34451, '$substrCP: starting index cannot be represented as a 32-bit integral value');
    if (n === undefined)
      throw new MongoError(34453, '$substrCP: length cannot be represented as a 32-bit integral value');
    if (n < 0) throw new MongoError(34454, '$substrCP: length must be a nonnegative integer.');
    if (a < 0) throw new MongoError(34455, '$substrCP: the starting index must be nonnegative integer.');
    return [...s].slice(a, a + n).join('');
  };
};

const toStringValue = unary((v) => {
  if (nullish(v)) return null;
  if (typeof v === 'boolean') return String(v);
  if (v instanceof Oid) return v.hex;
  const text = toText(v!);
  if (text === undefined)
    throw new MongoError(241, `Unsupported conversion from ${typeName(v)} to string in $convert with no onError value`);
  return text;
});

export const STRINGS: Record<string, Operator> = {
  $concat: concat,
  $toLower: unary((v) => lower(coerced(v, '$toLower'))),
  $toUpper: unary((v) => upper(coerced(v, '$toUpper'))),
  $substrCP: substrCP,
  $toString: toStringValue,
  $isNumber: unary((v) => isNumber(v)),
  $type: unary((v) => typeName(v)),
};
