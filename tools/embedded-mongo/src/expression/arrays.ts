import { asInteger } from '../bson/arithmetic.js';
import { equal, isNumber } from '../bson/compare.js';
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { MongoError } from '../errors.js';
import { typeName } from '../query/predicates.js';
import { ACCUMULATORS } from '../aggregate/accumulators.js';
import { binary, named, nullish, operands, truthy, unary } from './arguments.js';
import { bind, checkVariable, type Evaluate, type Operator } from './compile.js';

function elementAt(list: Value | undefined, place: Value | undefined, name: string): Value | undefined {
  if (nullish(list) || nullish(place)) return null;
  if (!Array.isArray(list))
    throw new MongoError(28689, `${name}'s first argument must be an array, but is ${typeName(list)}`);
  const i = isNumber(place) ? asInteger(place) : undefined;
  if (!isNumber(place))
    throw new MongoError(28690, `${name}'s second argument must be a numeric value, but is ${typeName(place)}`);
  if (i === undefined)
    throw new MongoError(28691, `${name}'s second argument must be representable as a 32-bit integer`);
  return list.at(i);
}

const slice: Operator = (operand, compile, name) => {
  const [list, a, b] = operands(operand, compile, name, 2, 3);
  return (env) => {
    const [values, first, second] = [list!(env), a!(env), b?.(env)];
    if (nullish(values) || nullish(first) || (b && nullish(second))) return null;
    if (!Array.isArray(values))
      throw new MongoError(28724, `First argument to $slice must be an array, but is of type: ${typeName(values)}`);
    const n = isNumber(first) ? asInteger(first) : undefined;
    if (!isNumber(first)) throw new MongoError(28725, 'Second argument to $slice must be a numeric value');
    if (n === undefined)
      throw new MongoError(28726, "Second argument to $slice can't be represented as a 32-bit integer");
    if (!b) return n >= 0 ? values.slice(0, n) : values.slice(n);
    const count = isNumber(second) ? asInteger(second) : undefined;
    if (!isNumber(second)) throw new MongoError(28727, 'Third argument to $slice must be numeric');
    if (count === undefined)
      throw new MongoError(28728, "Third argument to $slice can't be represented as a 32-bit integer");
    if (count <= 0) throw new MongoError(28729, `Third argument to $slice must be positive: ${count}`);
    const start = n < 0 ? Math.max(0, values.length + n) : n;
    return values.slice(start, start + count);
  };
};

/** `$map` and `$filter` go over an array with a variable for its element. */
function over(operand: Doc, compile: Parameters<Operator>[1], body: string, code: number, name: string) {
  const as = operand.has('as') ? checkVariable(operand.get('as')) : 'this';
  const input = compile(operand.get('input')!);
  const evaluate = compile(operand.get(body)!, new Set([...compile.scope, as]));
  return {
    evaluate: (env: Parameters<Evaluate>[0], element: Value) => evaluate(bind(env, as, element)),
    input(env: Parameters<Evaluate>[0]): Value[] | null {
      const list = input(env);
      if (nullish(list)) return null;
      if (!Array.isArray(list)) throw new MongoError(code, `input to ${name} must be an array not ${typeName(list)}`);
      return list;
    },
  };
}

const map: Operator = (operand, compile, name) => {
  const each = over(named(operand, name, ['input', 'as', 'in'], ['input', 'in'], 16879), compile, 'in', 16883, name);
  return (env) => each.input(env)?.map((v) => each.evaluate(env, v) ?? null) ?? null;
};

const filter: Operator = (operand, compile, name) => {
  const spec = named(operand, name, ['input', 'as', 'cond', 'limit'], ['input', 'cond'], 28647);
  const each = over(spec, compile, 'cond', 28651, name);
  const limit = spec.has('limit') ? compile(spec.get('limit')!) : undefined;
  return (env) => {
    const list = each.input(env);
    const most = limit?.(env);
    const n = nullish(most) ? Infinity : isNumber(most) ? (asInteger(most) ?? 0) : 0;
    if (n < 1) throw new MongoError(327391, '$filter: limit must be represented as a 32-bit integral value above 0');
    if (list === null) return null;
    const out: Value[] = [];
    for (const v of list) {
      if (out.length >= n) break;
      if (truthy(each.evaluate(env, v))) out.push(v);
    }
    return out;
  };
};

const reduce: Operator = (operand, compile, name) => {
  const spec = named(operand, name, ['input', 'initialValue', 'in'], ['input', 'initialValue', 'in'], 40075);
  const input = compile(spec.get('input')!);
  const initial = compile(spec.get('initialValue')!);
  const body = compile(spec.get('in')!, new Set([...compile.scope, 'value', 'this']));
  return (env) => {
    const list = input(env);
    if (nullish(list)) return null;
    if (!Array.isArray(list))
      throw new MongoError(40080, `$reduce requires that 'input' be an array, found: ${typeName(list)}`);
    let value = initial(env);
    for (const element of list) value = body(bind(bind(env, 'value', value), 'this', element));
    return value;
  };
};

const concatArrays: Operator = (operand, compile) => {
  const parts = (Array.isArray(operand) ? operand : [operand]).map((e) => compile(e));
  return (env) => {
    const out: Value[] = [];
    for (const part of parts) {
      const v = part(env);
      if (nullish(v)) return null;
      if (!Array.isArray(v)) throw new MongoError(28664, `$concatArrays only supports arrays, not ${typeName(v)}`);
      for (const x of v) out.push(x);
    }
    return out;
  };
};

export function mergeInto(out: Doc, v: Value | undefined): void {
  if (nullish(v)) return;
  if (!isDoc(v))
    throw new MongoError(40400, `$mergeObjects requires object inputs, but input is of type ${typeName(v)}`);
  for (const [name, value] of v) out.set(name, value);
}

const mergeObjects: Operator = (operand, compile) => {
  const parts = (Array.isArray(operand) ? operand : [operand]).map((e) => compile(e));
  return (env) => {
    const out: Doc = new Map();
    for (const part of parts) {
      const v = part(env);
      if (parts.length === 1 && Array.isArray(v)) for (const x of v) mergeInto(out, x);
      else mergeInto(out, v);
    }
    return out;
  };
};

/** `$sum`, `$avg`, `$min`, `$max` outside a group: over the operands, or over the one array that there is. */
const accumulating: Operator = (operand, compile, name) => {
  const parts = (Array.isArray(operand) ? operand : [operand]).map((e) => compile(e));
  return (env) => {
    const state = ACCUMULATORS[name]!();
    const single = parts.length === 1 ? parts[0]!(env) : undefined;
    const values = Array.isArray(single) ? single : parts.length === 1 ? [single] : parts.map((p) => p(env));
    for (const v of values) state.add(v);
    return state.result();
  };
};

export const ARRAYS: Record<string, Operator> = {
  $arrayElemAt: binary((list, place) => elementAt(list, place, '$arrayElemAt')),
  $first: unary((list) => elementAt(list, 0, '$first')),
  $last: unary((list) => elementAt(list, -1, '$last')),
  $slice: slice,
  $map: map,
  $filter: filter,
  $reduce: reduce,
  $concatArrays: concatArrays,
  $mergeObjects: mergeObjects,
  $isArray: unary((v) => Array.isArray(v)),
  $size: unary((v) => {
    if (!Array.isArray(v))
      throw new MongoError(17124, `The argument to $size must be an array, but was of type: ${typeName(v)}`);
    return v.length;
  }),
  $in: binary((v, list) => {
    if (!Array.isArray(list))
      throw new MongoError(40081, `$in requires an array as a second argument, found: ${typeName(list)}`);
    return list.some((x) => equal(x, v));
  }),
  $sum: accumulating,
  $avg: accumulating,
  $min: accumulating,
  $max: accumulating,
  $stdDevPop: accumulating,
  $stdDevSamp: accumulating,
};
