/** `$set` and its kin: operators on one value. */
import { add, isInteger, multiply } from '../bson/arithmetic.js';
import { compare, identical, isNumber, type Numeric } from '../bson/compare.js';
import { Decimal } from '../bson/decimal.js';
import { DateTime, Double, isDoc, type Value } from '../bson/values.js';
import { badValue, typeMismatch } from '../errors.js';
import { typeName } from '../query/predicates.js';
import { newTimestamp } from './storable.js';
import type { Change, MakeChange } from './modifiers.js';

/** Writing what is there already, type and all, is no modification. */
const unlessSame = (current: Value | undefined, next: Value): Value | undefined =>
  identical(current, next) ? undefined : next;

const set =
  (op: string): MakeChange =>
  (argument) => ({ op, creates: true, change: (current) => unlessSame(current, argument) });

const arithmetic =
  (
    op: string,
    compute: (a: Numeric, b: Numeric) => Numeric | undefined,
    ofMissing: (b: Numeric) => Numeric,
  ): MakeChange =>
  (argument, path) => {
    if (!isNumber(argument)) throw typeMismatch(`Cannot apply ${op} with non-numeric argument: {${path}}`);
    return {
      op,
      creates: true,
      change(current) {
        if (current === undefined) return ofMissing(argument);
        if (!isNumber(current))
          throw typeMismatch(
            `Cannot apply ${op} to a value of non-numeric type. The field '${path}' is of type ${typeName(current)}`,
          );
        const result = compute(current, argument);
        if (result === undefined) throw badValue(`Failed to apply ${op} operations to current value`);
        return unlessSame(current, result);
      },
    };
  };

const zeroOf = (v: Numeric): Numeric =>
  v instanceof Decimal ? multiply(v, 0)! : v instanceof Double ? new Double(0) : typeof v === 'bigint' ? 0n : 0;

const extreme =
  (op: string, wins: (c: number) => boolean): MakeChange =>
  (argument) => ({
    op,
    creates: true,
    change: (current) => (current === undefined || wins(compare(argument, current)) ? argument : undefined),
  });

function currentDate(argument: Value): Change {
  let type: Value | undefined = 'date';
  if (isDoc(argument)) {
    type = argument.get('$type');
    if (argument.size !== 1 || (type !== 'date' && type !== 'timestamp'))
      throw badValue("The '$type' string field is required to be 'date' or 'timestamp'");
  } else if (typeof argument !== 'boolean') {
    throw badValue(`${typeName(argument)} is not valid type for $currentDate`);
  }
  return {
    op: '$currentDate',
    creates: true,
    change: (_, { now }) => (type === 'date' ? new DateTime(now) : newTimestamp(now)),
  };
}

const BITS: Record<string, (a: bigint, b: bigint) => bigint> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};

function bit(argument: Value, path: string): Change {
  if (!isDoc(argument)) throw badValue(`The $bit modifier is not compatible with a ${typeName(argument)}`);
  if (!argument.size) throw badValue(`You must pass in at least one bitwise operation: ${path}`);
  for (const [name, v] of argument) {
    if (!BITS[name]) throw badValue(`The $bit modifier only supports 'and', 'or', and 'xor', not '${name}'`);
    if (typeof v !== 'number' && typeof v !== 'bigint')
      throw badValue(`The $bit modifier field must be an Integer(32/64 bit); a '${typeName(v)}' is not supported`);
  }
  return {
    op: '$bit',
    creates: true,
    change(current) {
      let value: Value = current ?? 0;
      for (const [name, v] of argument) {
        if (!isNumber(value) || !isInteger(value))
          throw badValue(`Cannot apply $bit to a value of non-integral type: '${path}' has type ${typeName(value)}`);
        const wide: boolean = typeof value === 'bigint' || typeof v === 'bigint';
        const result = BITS[name]!(BigInt(value), BigInt(v as number | bigint));
        value = wide ? BigInt.asIntN(64, result) : Number(BigInt.asIntN(32, result));
      }
      return unlessSame(current, value);
    },
  };
}

export const FIELD_OPERATORS: Record<string, MakeChange> = {
  $set: set('$set'),
  $setOnInsert: set('$setOnInsert'),
  $unset: () => ({ op: '$unset', creates: false, change: (current) => current }),
  $inc: arithmetic('$inc', add, (v) => v),
  $mul: arithmetic('$mul', multiply, zeroOf),
  $min: extreme('$min', (c) => c < 0),
  $max: extreme('$max', (c) => c > 0),
  $currentDate: currentDate,
  $bit: bit,
};
