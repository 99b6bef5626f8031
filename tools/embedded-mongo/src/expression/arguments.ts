/** How operators take their operands apart. */
import { isDoc, isNull, type Doc, type Value } from '../bson/values.js';
import { MongoError } from '../errors.js';
import type { Compiler, Env, Evaluate, Operator } from './compile.js';

export const nullish = isNull;

/** The operands of an operator: a list, or one that needs no list. @throws MongoError 16020 for a wrong number */
export function operands(operand: Value, compile: Compiler, name: string, least: number, most = least): Evaluate[] {
  const list = Array.isArray(operand) ? operand : [operand];
  if (list.length < least || list.length > most)
    throw new MongoError(
      least === most ? 16020 : 28667,
      `Expression ${name} takes ${least} to ${most} arguments. ${list.length} were passed in.`,
    );
  return list.map((e) => compile(e));
}

export const unary =
  (apply: (v: Value | undefined, env: Env) => Value | undefined): Operator =>
  (operand, compile, name) => {
    const [a] = operands(operand, compile, name, 1);
    return (env) => apply(a!(env), env);
  };

export const binary =
  (apply: (a: Value | undefined, b: Value | undefined) => Value | undefined): Operator =>
  (operand, compile, name) => {
    const [a, b] = operands(operand, compile, name, 2);
    return (env) => apply(a!(env), b!(env));
  };

/** The named arguments of an operator. @throws MongoError with `code` when one is unknown or missing */
export function named(
  operand: Value,
  name: string,
  known: readonly string[],
  needed: readonly string[],
  code: number,
): Doc {
  if (!isDoc(operand)) throw new MongoError(code, `${name} only supports an object as its argument`);
  for (const k of operand.keys())
    if (!known.includes(k)) throw new MongoError(code, `Unrecognized argument to ${name}: ${k}`);
  for (const k of needed) if (!operand.has(k)) throw new MongoError(code, `Missing '${k}' argument to ${name}`);
  return operand;
}

/** True in the sense of aggregation: everything but false, null, missing and zero. */
export { isTrue as truthy } from '../query/parse.js';
