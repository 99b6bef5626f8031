/**
 * A value as a string whose order, code unit by code unit, is the BSON order: equal values give equal keys. Indexes are
 * sorted by these, groups and sets look up by them.
 */
import { Decimal } from './decimal.js';
import { compareNumbers, isNumber, toDouble, typeRank, type Numeric } from './compare.js';
import { Bin, Code, DateTime, Double, Oid, Regex, Symbolic, Timestamp, type Doc, type Value } from './values.js';

const view = new DataView(new ArrayBuffer(8));
const char = String.fromCharCode;

function word(n: number): string {
  return char((n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255);
}

/** The eight bytes of a double, turned so that they sort: positive numbers above negative ones. */
function doubleKey(n: number): string {
  view.setFloat64(0, n === 0 ? 0 : n);
  const high = view.getUint32(0);
  const low = view.getUint32(4);
  return high >>> 31 ? word(~high) + word(~low) : word(high | 0x80000000) + word(low);
}

/** The greatest double that is not above the number. */
function floorDouble(v: Numeric): number {
  const d = toDouble(v);
  if (d === Infinity) return v instanceof Decimal && v.isInfinite ? d : Number.MAX_VALUE;
  if (d === -Infinity || compareNumbers(new Double(d), v) <= 0) return d;
  view.setFloat64(0, d === 0 ? 0 : d);
  if (d === 0) return -Number.MIN_VALUE;
  view.setBigInt64(0, view.getBigInt64(0) + (d > 0 ? -1n : 1n));
  return view.getFloat64(0);
}

/** What tells numbers apart that share a floor: decimal exponent and digits, turned for negative numbers. */
function tailKey(v: Numeric): string {
  const { coefficient, exponent } = v instanceof Decimal ? v.parts : { coefficient: BigInt(toInt(v)), exponent: 0 };
  const digits = (coefficient < 0n ? -coefficient : coefficient).toString();
  const trimmed = digits.replace(/0+$/, '');
  const key = char(exponent + digits.length + 20000) + trimmed + '\u0001';
  return coefficient < 0n ? invert(key) : key;
}
const toInt = (v: Exclude<Numeric, Decimal>): bigint | number => (v instanceof Double ? v.value : v);

export function numberKey(v: Numeric): string {
  if (typeof v === 'number') return `${doubleKey(v)}\u0000`;
  const d = toDouble(v);
  if (Number.isNaN(d)) return '\u0000'.repeat(9);
  if (v instanceof Double) return `${doubleKey(d)}\u0000`;
  const floor = floorDouble(v);
  return compareNumbers(new Double(floor), v) === 0
    ? `${doubleKey(floor)}\u0000`
    : `${doubleKey(floor)}\u0001${tailKey(v)}`;
}

const AWKWARD = /[\u0000\ud800-\uffff]/;
function textKey(s: string): string {
  if (!AWKWARD.test(s)) return `${s}\u0000\u0000`;
  let out = '';
  for (let i = 0; i < s.length; i += 1) {
    const unit = s.charCodeAt(i);
    out += unit === 0 ? '\u0000\u0001' : unit < 0xd800 ? s[i] : char(unit < 0xe000 ? unit + 0x2000 : unit - 0x800);
  }
  return `${out}\u0000\u0000`;
}

/** Reverses the order of keys: for descending fields of an index. */
export function invert(key: string): string {
  let out = '';
  for (let i = 0; i < key.length; i += 1) out += char(0xffff - key.charCodeAt(i));
  return out;
}

/** The key of a value; a missing value has the key of null, as in an index. */
export function keyOf(v: Value | undefined): string {
  if (v === undefined) return char(5);
  const rank = char(typeRank(v));
  if (typeof v === 'string') return rank + textKey(v);
  if (isNumber(v)) return rank + numberKey(v);
  if (v instanceof Oid) return rank + v.bytes;
  if (v instanceof DateTime) return rank + doubleKey(v.ms);
  if (typeof v === 'boolean') return rank + (v ? '\u0001' : '\u0000');
  if (v instanceof Map) return rank + documentKey(v);
  if (Array.isArray(v)) return `${rank}${v.map((x) => `\u0001${keyOf(x)}`).join('')}\u0000`;
  if (v instanceof Bin) return rank + word(v.bytes.length) + char(v.subType) + v.bytes.toString('latin1');
  if (v instanceof Timestamp) return rank + word(v.seconds) + word(v.increment);
  if (v instanceof Regex) return rank + textKey(v.pattern) + textKey(v.flags);
  if (v instanceof Symbolic)
    return v.id ? rank + word(v.text.length) + textKey(v.text) + v.id.bytes : rank + textKey(v.text);
  if (v instanceof Code) return rank + textKey(v.code) + (v.scope ? documentKey(v.scope) : '');
  return rank;
}

function documentKey(doc: Doc): string {
  let out = '';
  for (const [name, value] of doc) out += `\u0001${char(typeRank(value))}${textKey(name)}${keyOf(value)}`;
  return `${out}\u0000`;
}

/** What all keys of the type of `v` begin with. */
export const typePrefix = (v: Value): string => char(typeRank(v));
