import { add, fitsInt, fitsLong, isInteger, multiply, toDecimal } from '../bson/arithmetic.js';
import { isNumber, toDouble, type Numeric } from '../bson/compare.js';
import { Decimal, divideDecimals, exactDouble, modDecimals } from '../bson/decimal.js';
import { DateTime, Double, isNull, type Value } from '../bson/values.js';
import { MongoError, badValue, typeMismatch } from '../errors.js';
import { typeName } from '../query/predicates.js';
import { binary, nullish, operands, unary } from './arguments.js';
import type { Operator } from './compile.js';

const asDouble = (v: Numeric | undefined, wide: () => number): Numeric => v ?? new Double(wide());

/** A list of numbers folded by an operator; integers that overflow a long go on as doubles. */
function fold(name: string, start: Numeric, step: (a: Numeric, b: Numeric) => Numeric): Operator {
  return (operand, compile) => {
    const parts = (Array.isArray(operand) ? operand : [operand]).map((e) => compile(e));
    return (env) => {
      let total: Numeric = start;
      let date = false;
      let missing = false;
      for (const part of parts) {
        const v = part(env);
        if (v instanceof DateTime && name === '$add') {
          if (date) throw new MongoError(16612, 'only one date allowed in an $add expression');
          date = true;
          total = step(total, BigInt(v.ms));
        } else if (nullish(v)) missing = true;
        else if (!isNumber(v))
          throw typeMismatch(
            `${name} only supports numeric${name === '$add' ? ' or date' : ''} types, not ${typeName(v)}`,
          );
        else total = step(total, v);
      }
      return missing ? null : date ? new DateTime(Math.round(toDouble(total))) : total;
    };
  };
}

function subtract(a: Value | undefined, b: Value | undefined): Value {
  if (nullish(a) || nullish(b)) return null;
  if (a instanceof DateTime) {
    if (b instanceof DateTime) return BigInt(a.ms) - BigInt(b.ms);
    if (isNumber(b)) return new DateTime(Math.trunc(a.ms - toDouble(b)));
  } else if (isNumber(a) && isNumber(b)) return difference(a, b);
  throw typeMismatch(`can't $subtract ${typeName(b)} from ${typeName(a)}`);
}
export function difference(a: Numeric, b: Numeric): Numeric {
  if (a instanceof Decimal || b instanceof Decimal) return add(a, multiply(b, toDecimal(-1))!)!;
  if (!isInteger(a) || !isInteger(b)) return new Double(toDouble(a) - toDouble(b));
  const n = BigInt(a) - BigInt(b);
  if (typeof a === 'number' && typeof b === 'number' && fitsInt(n)) return Number(n);
  return fitsLong(n) ? n : new Double(Number(n));
}

function divide(a: Value | undefined, b: Value | undefined): Value {
  if (nullish(a) || nullish(b)) return null;
  if (!isNumber(a) || !isNumber(b))
    throw typeMismatch(`$divide only supports numeric types, not ${typeName(a)} and ${typeName(b)}`);
  if (toDouble(b) === 0) throw badValue("can't $divide by zero");
  if (a instanceof Decimal || b instanceof Decimal) return divideDecimals(toDecimal(a), toDecimal(b));
  return new Double(toDouble(a) / toDouble(b));
}

function modulo(a: Value | undefined, b: Value | undefined): Value {
  if (nullish(a) || nullish(b)) return null;
  if (!isNumber(a) || !isNumber(b))
    throw new MongoError(16611, `$mod only supports numeric types, not ${typeName(a)} and ${typeName(b)}`);
  if (toDouble(b) === 0) throw new MongoError(16610, "can't $mod by zero");
  if (a instanceof Decimal || b instanceof Decimal) return modDecimals(toDecimal(a), toDecimal(b));
  if (!isInteger(a) || !isInteger(b)) return new Double(toDouble(a) % toDouble(b));
  const n = BigInt(a) % BigInt(b);
  return typeof a === 'number' && typeof b === 'number' ? Number(n) : n;
}

const onNumber =
  (name: string, apply: (v: Numeric) => Numeric): Operator =>
  (operand, compile, n) =>
    unary((v) => {
      if (isNull(v)) return null;
      if (!isNumber(v)) throw new MongoError(28765, `${name} only supports numeric types, not ${typeName(v)}`);
      return apply(v);
    })(operand, compile, n);

function absolute(v: Numeric): Numeric {
  if (typeof v === 'number') return v === -2147483648 ? 2147483648n : Math.abs(v);
  if (typeof v === 'bigint') {
    if (v === -(2n ** 63n)) throw new MongoError(28680, "can't take $abs of long long min");
    return v < 0n ? -v : v;
  }
  return v instanceof Double ? new Double(Math.abs(v.value)) : v.isNegative ? multiply(v, toDecimal(-1))! : v;
}

type Rounding = 'even' | 'down' | 'up' | 'zero';

/** `coefficient * 10^exponent` rounded to a number of decimal places. */
function roundScaled(coefficient: bigint, exponent: number, place: number, how: Rounding): [bigint, number] {
  const drop = -place - exponent;
  if (drop <= 0) return [coefficient, exponent];
  const unit = 10n ** BigInt(drop);
  let q = coefficient / unit;
  const rest = coefficient % unit;
  const [sign, size] = rest < 0n ? [-1n, -rest] : [1n, rest];
  if (how === 'even') {
    if (size * 2n > unit || (size * 2n === unit && q % 2n !== 0n)) q += sign;
  } else if (how === 'down' && rest < 0n) q -= 1n;
  else if (how === 'up' && rest > 0n) q += 1n;
  return [q, -place];
}

function roundTo(v: Numeric, place: number, how: Rounding): Numeric {
  if (isInteger(v)) {
    if (place >= 0) return v;
    const [c, e] = roundScaled(BigInt(v), 0, place, how);
    const n = c * 10n ** BigInt(e);
    return typeof v === 'number' && fitsInt(n) ? Number(n) : n;
  }
  if (v instanceof Decimal) {
    if (v.isNaN || v.isInfinite) return v;
    const [c, e] = roundScaled(v.parts.coefficient, v.parts.exponent, place, how);
    return Decimal.of(c, e);
  }
  if (!Number.isFinite(v.value)) return v;
  if (place === 0 && how !== 'even')
    return new Double(how === 'down' ? Math.floor(v.value) : how === 'up' ? Math.ceil(v.value) : Math.trunc(v.value));
  const { coefficient, exponent } = exactDouble(v.value);
  const [c, e] = roundScaled(coefficient, exponent, place, how);
  const n = Number(`${c}e${e}`);
  return new Double(n === 0 && v.value < 0 ? -0 : n);
}

const rounding =
  (how: Rounding): Operator =>
  (operand, compile, name) => {
    const [value, place] = operands(operand, compile, name, 1, 2);
    return (env) => {
      const v = value!(env);
      const p = place ? place(env) : 0;
      if (nullish(v) || nullish(p)) return null;
      if (!isNumber(v)) throw new MongoError(51081, `${name} only supports numeric types, not ${typeName(v)}`);
      if (!isNumber(p) || !Number.isInteger(toDouble(p)))
        throw new MongoError(51082, `precision argument to ${name} must be an integral value`);
      if (toDouble(p) < -20 || toDouble(p) > 100)
        throw new MongoError(51083, `cannot apply ${name} with precision value ${toDouble(p)}`);
      return roundTo(v, toDouble(p), how);
    };
  };

export const sumOfTwo = (a: Numeric, b: Numeric): Numeric => asDouble(add(a, b), () => toDouble(a) + toDouble(b));

export const ARITHMETIC: Record<string, Operator> = {
  $add: fold('$add', 0, sumOfTwo),
  $multiply: fold('$multiply', 1, (a, b) => asDouble(multiply(a, b), () => toDouble(a) * toDouble(b))),
  $subtract: binary(subtract),
  $divide: binary(divide),
  $mod: binary(modulo),
  $abs: onNumber('$abs', absolute),
  $ceil: onNumber('$ceil', (v) => roundTo(v, 0, 'up')),
  $floor: onNumber('$floor', (v) => roundTo(v, 0, 'down')),
  $round: rounding('even'),
  $trunc: rounding('zero'),
};
