import { asInteger } from '../bson/arithmetic.js';
import { isNumber } from '../bson/compare.js';
import { DateTime, Oid, Timestamp, isDoc, type Doc, type Value } from '../bson/values.js';
import { MongoError, failedToParse } from '../errors.js';
import { typeName } from '../query/predicates.js';
import { named, nullish } from './arguments.js';
import {
  UNITS,
  UTC,
  dayOfYear,
  difference,
  isoWeek,
  move,
  toLocal,
  truncate,
  weekday,
  zoneOf,
  type Unit,
  type Zone,
} from './calendar.js';
import type { Compiler, Env, Evaluate, Operator } from './compile.js';

/** Milliseconds of a date, or of an id or timestamp that holds one. @throws MongoError 16006 for anything else */
function instant(v: Value | undefined, code = 16006): number {
  if (v instanceof DateTime) return v.ms;
  if (v instanceof Timestamp) return v.seconds * 1000;
  if (v instanceof Oid) return Buffer.from(v.bytes, 'latin1').readUInt32BE(0) * 1000;
  throw new MongoError(code, `can't convert from BSON type ${typeName(v)} to Date`);
}

/** The zone that an argument names; null when it is null or missing, which makes the whole expression null. */
function zoneArgument(spec: Doc, compile: Compiler): (env: Env) => Zone | null {
  if (!spec.has('timezone')) return () => UTC;
  const evaluate = compile(spec.get('timezone')!);
  return (env) => {
    const v = evaluate(env);
    if (nullish(v)) return null;
    if (typeof v !== 'string') throw new MongoError(40533, `timezone must evaluate to a string, found ${typeName(v)}`);
    return zoneOf(v);
  };
}

const part =
  (read: (local: number) => Value): Operator =>
  (operand, compile, name) => {
    let argument = Array.isArray(operand) && operand.length === 1 ? operand[0]! : operand;
    let zone: (env: Env) => Zone | null = () => UTC;
    if (Array.isArray(argument)) throw new MongoError(40536, `${name} accepts exactly one argument if given an array`);
    if (isDoc(argument) && !(argument.keys().next().value ?? '').startsWith('$')) {
      const spec = named(argument, name, ['date', 'timezone'], ['date'], argument.has('date') ? 40535 : 40539);
      zone = zoneArgument(spec, compile);
      argument = spec.get('date')!;
    }
    const date = compile(argument);
    return (env) => {
      const v = date(env);
      const z = zone(env);
      return nullish(v) || !z ? null : read(toLocal(instant(v), z));
    };
  };

const utc = (local: number): Date => new Date(local);
const pad = (n: number, width: number): string => String(n).padStart(width, '0');
const weekOfYear = (l: number): number => Math.floor((dayOfYear(l) + 6 - utc(l).getUTCDay()) / 7);

const FORMATS: Record<string, (local: number, offset: number) => string> = {
  Y: (l) => pad(utc(l).getUTCFullYear(), 4),
  m: (l) => pad(utc(l).getUTCMonth() + 1, 2),
  d: (l) => pad(utc(l).getUTCDate(), 2),
  H: (l) => pad(utc(l).getUTCHours(), 2),
  M: (l) => pad(utc(l).getUTCMinutes(), 2),
  S: (l) => pad(utc(l).getUTCSeconds(), 2),
  L: (l) => pad(utc(l).getUTCMilliseconds(), 3),
  j: (l) => pad(dayOfYear(l), 3),
  w: (l) => String(utc(l).getUTCDay() + 1),
  u: (l) => String(isoWeek(l).day),
  U: (l) => pad(weekOfYear(l), 2),
  V: (l) => pad(isoWeek(l).week, 2),
  G: (l) => pad(isoWeek(l).year, 4),
  z: (_, o) =>
    `${o < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(o) / 3_600_000), 2)}${pad((Math.abs(o) / 60_000) % 60, 2)}`,
  Z: (_, o) => String(o / 60_000),
  '%': () => '%',
};

function checkFormat(format: string): string {
  for (const [, letter] of format.matchAll(/%(.?)/gs))
    if (!letter || !FORMATS[letter])
      throw new MongoError(letter ? 18536 : 18535, `Invalid format character '%${letter}' in format string`);
  return format;
}

const dateToString: Operator = (operand, compile, name) => {
  const spec = named(
    operand,
    name,
    ['date', 'format', 'timezone', 'onNull'],
    ['date'],
    isDoc(operand) && operand.has('date') ? 18534 : 18628,
  );
  const zone = zoneArgument(spec, compile);
  const [date, format, onNull] = ['date', 'format', 'onNull'].map((k): Evaluate | undefined =>
    spec.has(k) ? compile(spec.get(k)!) : undefined,
  );
  if (typeof spec.get('format') === 'string' && !(spec.get('format') as string).startsWith('$'))
    checkFormat(spec.get('format') as string);
  return (env) => {
    const v = date!(env);
    const f = format ? format(env) : undefined;
    const z = zone(env);
    if (nullish(v) && onNull) return onNull(env);
    if (nullish(v) || !z || (format && nullish(f))) return null;
    if (format && typeof f !== 'string')
      throw new MongoError(18533, `$dateToString requires that 'format' be a string, found: ${typeName(f)}`);
    const ms = instant(v);
    const local = toLocal(ms, z);
    const year = utc(local).getUTCFullYear();
    if (year < 0 || year > 9999)
      throw new MongoError(18537, `$dateToString is only defined on year 0-9999, tried to use year ${year}`);
    const pattern =
      typeof f === 'string'
        ? checkFormat(f)
        : spec.has('timezone') && z !== UTC
          ? '%Y-%m-%dT%H:%M:%S.%L'
          : '%Y-%m-%dT%H:%M:%S.%LZ';
    return pattern.replace(/%(.)/gs, (_, letter: string) => FORMATS[letter]!(local, local - ms));
  };
};

function unitOf(v: Value | undefined): Unit | null {
  if (nullish(v)) return null;
  if (typeof v !== 'string') throw new MongoError(5439013, `unit must be a string, found ${typeName(v)}`);
  if (!(UNITS as readonly string[]).includes(v)) throw failedToParse(`unknown time unit value: ${v}`);
  return v as Unit;
}

function startOf(v: Value | undefined): number | null {
  if (nullish(v)) return null;
  if (typeof v !== 'string') throw new MongoError(5439015, `startOfWeek must be a string, found ${typeName(v)}`);
  return weekday(v);
}

/** Arguments of an operator by name, each evaluated for a document. */
function evaluators(spec: Doc, compile: Compiler, names: readonly string[]): (env: Env) => (Value | undefined)[] {
  const list = names.map((n) => (spec.has(n) ? compile(spec.get(n)!) : () => undefined));
  return (env) => list.map((e) => e(env));
}

const dateTrunc: Operator = (operand, compile, name) => {
  const known = ['date', 'unit', 'binSize', 'timezone', 'startOfWeek'];
  const spec = named(
    operand,
    name,
    known,
    ['date', 'unit'],
    isDoc(operand) && !operand.has('date') ? 5439009 : 5439010,
  );
  const values = evaluators(spec, compile, ['date', 'unit', 'binSize', 'startOfWeek']);
  const zone = zoneArgument(spec, compile);
  return (env) => {
    const [date, unitValue, sizeValue, startValue] = values(env);
    const z = zone(env);
    const unit = unitOf(unitValue);
    if (nullish(date) || !unit || !z || (spec.has('binSize') && nullish(sizeValue))) return null;
    const size = spec.has('binSize') ? (isNumber(sizeValue) ? asInteger(sizeValue) : undefined) : 1;
    if (size === undefined) throw new MongoError(5439017, `$dateTrunc requires 'binSize' to be a 64-bit integer`);
    if (size <= 0)
      throw new MongoError(5439018, `$dateTrunc requires 'binSize' to be greater than 0, but got value ${size}`);
    const start = unit === 'week' && spec.has('startOfWeek') ? startOf(startValue) : 0;
    if (start === null) return null;
    return new DateTime(truncate(instant(date, 5439012), unit, size, z, start));
  };
};

const dateDiff: Operator = (operand, compile, name) => {
  const known = ['startDate', 'endDate', 'unit', 'timezone', 'startOfWeek'];
  const spec = named(operand, name, known, ['startDate', 'endDate', 'unit'], 5166303);
  const values = evaluators(spec, compile, ['startDate', 'endDate', 'unit', 'startOfWeek']);
  const zone = zoneArgument(spec, compile);
  return (env) => {
    const [from, to, unitValue, startValue] = values(env);
    const z = zone(env);
    const unit = unitOf(unitValue);
    const start = unit === 'week' && spec.has('startOfWeek') ? startOf(startValue) : 0;
    if (nullish(from) || nullish(to) || !unit || !z || start === null) return null;
    return BigInt(difference(instant(from, 5166307), instant(to, 5166307), unit, z, start));
  };
};

const dateMove =
  (sign: number): Operator =>
  (operand, compile, name) => {
    const spec = named(
      operand,
      name,
      ['startDate', 'unit', 'amount', 'timezone'],
      ['startDate', 'unit', 'amount'],
      5166402,
    );
    const values = evaluators(spec, compile, ['startDate', 'unit', 'amount']);
    const zone = zoneArgument(spec, compile);
    return (env) => {
      const [date, unitValue, amount] = values(env);
      const z = zone(env);
      const unit = unitOf(unitValue);
      if (nullish(date) || !unit || nullish(amount) || !z) return null;
      const n = isNumber(amount) ? asInteger(amount) : undefined;
      if (n === undefined) throw new MongoError(5166405, `${name} expects integer amount of time units`);
      const ms = move(instant(date, 5166403), unit, sign * n, z);
      if (Math.abs(ms) > 8.64e15) throw new MongoError(5976500, `${name} overflowed`);
      return new DateTime(ms);
    };
  };

export const DATES: Record<string, Operator> = {
  $year: part((l) => utc(l).getUTCFullYear()),
  $month: part((l) => utc(l).getUTCMonth() + 1),
  $dayOfMonth: part((l) => utc(l).getUTCDate()),
  $dayOfWeek: part((l) => utc(l).getUTCDay() + 1),
  $dayOfYear: part((l) => dayOfYear(l)),
  $hour: part((l) => utc(l).getUTCHours()),
  $minute: part((l) => utc(l).getUTCMinutes()),
  $second: part((l) => utc(l).getUTCSeconds()),
  $millisecond: part((l) => utc(l).getUTCMilliseconds()),
  $week: part((l) => weekOfYear(l)),
  $isoWeek: part((l) => isoWeek(l).week),
  $isoDayOfWeek: part((l) => isoWeek(l).day),
  $isoWeekYear: part((l) => BigInt(isoWeek(l).year)),
  $dateToString: dateToString,
  $dateTrunc: dateTrunc,
  $dateDiff: dateDiff,
  $dateAdd: dateMove(1),
  $dateSubtract: dateMove(-1),
};
