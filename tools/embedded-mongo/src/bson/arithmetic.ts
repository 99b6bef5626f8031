/** Arithmetic that keeps numeric types as the server does: int32, then long on overflow, double and decimal win. */
import { Decimal, addDecimals, decimalFromDouble, multiplyDecimals } from './decimal.js';
import { toDouble, type Numeric } from './compare.js';
import { Double } from './values.js';

const INT_MIN = -2147483648;
const INT_MAX = 2147483647;
const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

export const fitsLong = (n: bigint): boolean => n >= LONG_MIN && n <= LONG_MAX;
export const fitsInt = (n: bigint | number): boolean => n >= INT_MIN && n <= INT_MAX;
export const isInteger = (v: Numeric): v is number | bigint => typeof v === 'number' || typeof v === 'bigint';

export const toDecimal = (v: Numeric): Decimal =>
  v instanceof Decimal ? v : v instanceof Double ? decimalFromDouble(v.value) : Decimal.parse(String(v));

/** An integer in the narrowest of the types that the operands had: int32 when both were and it fits, else long. */
function integer(n: bigint, a: Numeric, b: Numeric): Numeric | undefined {
  if (typeof a === 'number' && typeof b === 'number' && fitsInt(n)) return Number(n);
  return fitsLong(n) ? n : undefined;
}

/** Sum, or `undefined` when two integers overflow a long. */
export function add(a: Numeric, b: Numeric): Numeric | undefined {
  if (a instanceof Decimal || b instanceof Decimal) return addDecimals(toDecimal(a), toDecimal(b));
  if (a instanceof Double || b instanceof Double) return new Double(toDouble(a) + toDouble(b));
  return integer(BigInt(a) + BigInt(b), a, b);
}

/** Product, or `undefined` when two integers overflow a long. */
export function multiply(a: Numeric, b: Numeric): Numeric | undefined {
  if (a instanceof Decimal || b instanceof Decimal) return multiplyDecimals(toDecimal(a), toDecimal(b));
  if (a instanceof Double || b instanceof Double) return new Double(toDouble(a) * toDouble(b));
  return integer(BigInt(a) * BigInt(b), a, b);
}

/** The number as an integer when it has no fraction and is safe, else `undefined`. */
export function asInteger(v: unknown): number | undefined {
  if (typeof v === 'number') return v;
  if (typeof v === 'bigint') return Number.isSafeInteger(Number(v)) ? Number(v) : undefined;
  const d = v instanceof Double ? v.value : v instanceof Decimal ? v.double : NaN;
  return Number.isSafeInteger(d) ? d : undefined;
}
