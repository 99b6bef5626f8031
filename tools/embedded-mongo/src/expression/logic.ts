import { compare } from '../bson/compare.js';
import { isDoc, type Value } from '../bson/values.js';
import { MongoError } from '../errors.js';
import { binary, named, nullish, operands, truthy, unary } from './arguments.js';
import { bind, checkVariable, type Evaluate, type Operator } from './compile.js';

const comparing = (accepts: (c: number) => boolean): Operator => binary((a, b) => accepts(compare(a, b)));

const cond: Operator = (operand, compile, name) => {
  let parts: Evaluate[];
  if (isDoc(operand)) {
    for (const k of operand.keys())
      if (!['if', 'then', 'else'].includes(k)) throw new MongoError(17083, `Unrecognized parameter to $cond: ${k}`);
    parts = ['if', 'then', 'else'].map((k, i) => {
      if (!operand.has(k)) throw new MongoError(17080 + i, `Missing '${k}' parameter to $cond`);
      return compile(operand.get(k)!);
    });
  } else parts = operands(operand, compile, name, 3);
  return (env) => (truthy(parts[0]!(env)) ? parts[1]!(env) : parts[2]!(env));
};

const choose: Operator = (operand, compile) => {
  if (!isDoc(operand)) throw new MongoError(40060, '$switch requires an object as an argument');
  const branches = operand.get('branches');
  if (!Array.isArray(branches)) throw new MongoError(40061, "$switch expected an array for 'branches'");
  for (const k of operand.keys())
    if (k !== 'branches' && k !== 'default') throw new MongoError(40067, `$switch found an unknown argument: ${k}`);
  const cases = branches.map((b) => {
    if (!isDoc(b)) throw new MongoError(40062, '$switch expected each branch to be an object');
    for (const k of b.keys())
      if (k !== 'case' && k !== 'then')
        throw new MongoError(40063, `$switch found an unknown argument to a branch: ${k}`);
    if (!b.has('case')) throw new MongoError(40064, "$switch requires each branch have a 'case' expression");
    if (!b.has('then')) throw new MongoError(40065, "$switch requires each branch have a 'then' expression");
    return { when: compile(b.get('case')!), then: compile(b.get('then')!) };
  });
  const otherwise = operand.has('default') ? compile(operand.get('default')!) : undefined;
  if (!cases.length) throw new MongoError(40068, '$switch requires at least one branch.');
  return (env) => {
    for (const c of cases) if (truthy(c.when(env))) return c.then(env);
    if (!otherwise)
      throw new MongoError(
        40066,
        '$switch could not find a matching branch for an input, and no default was specified.',
      );
    return otherwise(env);
  };
};

const letIn: Operator = (operand, compile, name) => {
  const spec = named(operand, name, ['vars', 'in'], ['vars', 'in'], 16875);
  const vars = spec.get('vars');
  if (!isDoc(vars)) throw new MongoError(10065, 'invalid parameter: expected an object (vars)');
  const bindings = [...vars].map(([k, e]) => [checkVariable(k), compile(e)] as const);
  const body = compile(spec.get('in')!, new Set([...compile.scope, ...bindings.map(([k]) => k)]));
  return (env) => {
    let inner = env;
    for (const [k, evaluate] of bindings) inner = bind(inner, k, evaluate(env));
    return body(inner);
  };
};

const ifNull: Operator = (operand, compile) => {
  if (!Array.isArray(operand) || operand.length < 2)
    throw new MongoError(
      1257300,
      `$ifNull needs at least two arguments, had: ${Array.isArray(operand) ? operand.length : 1}`,
    );
  const parts = operand.map((e) => compile(e));
  return (env) => {
    let v: Value | undefined;
    for (const part of parts) if (!nullish((v = part(env)))) return v;
    return v;
  };
};

const connective =
  (stop: boolean): Operator =>
  (operand, compile) => {
    const parts = (Array.isArray(operand) ? operand : [operand]).map((e) => compile(e));
    return (env) => (parts.some((p) => truthy(p(env)) === stop) ? stop : !stop);
  };

export const LOGIC: Record<string, Operator> = {
  $eq: comparing((c) => c === 0),
  $ne: comparing((c) => c !== 0),
  $gt: comparing((c) => c > 0),
  $gte: comparing((c) => c >= 0),
  $lt: comparing((c) => c < 0),
  $lte: comparing((c) => c <= 0),
  $cmp: binary((a, b) => compare(a, b)),
  $and: connective(false),
  $or: connective(true),
  $not: unary((v) => !truthy(v)),
  $cond: cond,
  $switch: choose,
  $let: letIn,
  $ifNull: ifNull,
  $literal: (operand) => () => operand,
};
