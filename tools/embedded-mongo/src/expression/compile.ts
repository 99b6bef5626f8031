/** Aggregation expressions: compiled once, evaluated for each document. */
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { DateTime } from '../bson/values.js';
import { MongoError, failedToParse, notImplemented } from '../errors.js';
import { ARITHMETIC } from './arithmetic.js';
import { ARRAYS } from './arrays.js';
import { DATES } from './dates.js';
import { LOGIC } from './logic.js';
import { STRINGS } from './strings.js';
import { LEFT_OUT } from './left-out.js';

/** What an expression sees: the document and the variables bound around it. */
export interface Env {
  readonly root: Doc;
  readonly bound?: Bound;
}
interface Bound {
  readonly name: string;
  readonly value: Value | undefined;
  readonly next?: Bound;
}
export type Evaluate = (env: Env) => Value | undefined;
export type Scope = ReadonlySet<string>;
export interface Compiler {
  (expression: Value, scope?: Scope): Evaluate;
  readonly scope: Scope;
}
/** Makes the evaluation of one operator from its operand. */
export type Operator = (operand: Value, compile: Compiler, name: string) => Evaluate;

const OPERATORS: Record<string, Operator> = { ...ARITHMETIC, ...ARRAYS, ...DATES, ...LOGIC, ...STRINGS };

export const bind = (env: Env, name: string, value: Value | undefined): Env => ({
  root: env.root,
  bound: env.bound ? { name, value, next: env.bound } : { name, value },
});

export function envOf(root: Doc, variables: ReadonlyMap<string, Value | undefined>): Env {
  let env: Env = { root };
  for (const [name, value] of variables) env = bind(env, name, value);
  return env;
}

/** @throws MongoError at once for what can be seen to be wrong without a document */
export function compileExpression(expression: Value, scope: Scope): Evaluate {
  if (typeof expression === 'string')
    return expression.startsWith('$') ? reference(expression, scope) : () => expression;
  if (Array.isArray(expression)) {
    const items = expression.map((e) => compileExpression(e, scope));
    return (env) => items.map((item) => item(env) ?? null);
  }
  if (!isDoc(expression)) return () => expression;
  const first = expression.keys().next().value ?? '';
  return first.startsWith('$') ? operator(expression, first, scope) : object(expression, scope);
}

function operator(expression: Doc, name: string, scope: Scope): Evaluate {
  if (expression.size > 1)
    throw new MongoError(
      15983,
      `an expression specification must contain exactly one field, the name of the expression: ${name}`,
    );
  const make = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (!make) {
    if (LEFT_OUT.has(name)) throw notImplemented(`the expression ${name}`);
    throw new MongoError(168, `Unrecognized expression '${name}'`);
  }
  const compile = Object.assign((e: Value, inner: Scope = scope) => compileExpression(e, inner), { scope });
  return make(expression.get(name)!, compile, name);
}

function object(expression: Doc, scope: Scope): Evaluate {
  const fields: [string, Evaluate][] = [];
  for (const [name, value] of expression) {
    if (name.startsWith('$'))
      throw new MongoError(
        16410,
        `FieldPath field names may not start with '$'. Consider using $getField or $setField: ${name}`,
      );
    if (name.includes('.')) throw new MongoError(16412, `FieldPath field names may not contain '.': ${name}`);
    fields.push([name, compileExpression(value, scope)]);
  }
  return (env) => {
    const out: Doc = new Map();
    for (const [name, evaluate] of fields) {
      const v = evaluate(env);
      if (v !== undefined) out.set(name, v);
    }
    return out;
  };
}

/** @throws MongoError for a path that no field can have */
export function checkPath(path: string): string[] {
  if (path === '') throw new MongoError(40352, 'FieldPath cannot be constructed with empty string');
  if (path.endsWith('.')) throw new MongoError(40353, "FieldPath must not end with a '.'.");
  const parts = path.split('.');
  for (const p of parts) {
    if (p === '') throw new MongoError(15998, 'FieldPath field names may not be empty strings.');
    if (p.startsWith('$')) throw new MongoError(16410, `FieldPath field names may not start with '$': ${path}`);
    if (p.includes('\0')) throw new MongoError(16411, 'FieldPath field names may not contain NUL');
  }
  return parts;
}

function reference(text: string, scope: Scope): Evaluate {
  if (!text.startsWith('$$')) {
    if (text === '$') throw new MongoError(16872, "'$' by itself is not a valid FieldPath");
    const path = checkPath(text.slice(1));
    if (path.length === 1) {
      const name = path[0]!;
      return ({ root }) => root.get(name);
    }
    return ({ root }) => follow(root, path, 0);
  }
  const [name, ...path] = text.slice(2).split('.');
  if (path.length) checkPath(path.join('.'));
  const variable = variableOf(name!, scope);
  return path.length ? (env) => followValue(variable(env), path, 0) : variable;
}

function variableOf(name: string, scope: Scope): Evaluate {
  if (scope.has(name)) {
    return ({ bound }) => {
      for (let b = bound; b; b = b.next) if (b.name === name) return b.value;
      return undefined;
    };
  }
  switch (name) {
    case 'ROOT':
    case 'CURRENT':
      return ({ root }) => root;
    case 'REMOVE':
      return () => undefined;
    case 'NOW': {
      const now = new DateTime(Date.now());
      return () => now;
    }
    case 'CLUSTER_TIME':
    case 'USER_ROLES':
    case 'SEARCH_META':
      throw notImplemented(`the variable $$${name}`);
    case '':
      throw failedToParse('empty variable names are not allowed');
    default:
      if (/^[A-Z]/.test(name) && !['KEEP', 'PRUNE', 'DESCEND'].includes(name))
        throw failedToParse(`'${name}' starts with an invalid character for a user variable name`);
      throw new MongoError(17276, `Use of undefined variable: ${name}`);
  }
}

/** The value of a path, over the documents of arrays as a list of what each has. */
export function follow(from: Doc, path: readonly string[], i: number): Value | undefined {
  const value = from.get(path[i]!);
  return i === path.length - 1 ? value : followValue(value, path, i + 1);
}
function followValue(value: Value | undefined, path: readonly string[], i: number): Value | undefined {
  if (isDoc(value)) return follow(value, path, i);
  if (!Array.isArray(value)) return undefined;
  const out: Value[] = [];
  for (const element of value) {
    const v = isDoc(element) ? follow(element, path, i) : undefined;
    if (v !== undefined) out.push(v);
  }
  return out;
}

/** The names a new variable may have. */
export function checkVariable(name: Value | undefined): string {
  if (typeof name !== 'string' || name === '') throw failedToParse('empty variable names are not allowed');
  if (!/^[a-z\u0080-\uffff]/.test(name) && name !== 'CURRENT')
    throw failedToParse(`'${name}' starts with an invalid character for a user variable name`);
  if (/[^a-zA-Z0-9_\u0080-\uffff]/.test(name))
    throw failedToParse(`'${name}' contains an invalid character for a variable name`);
  return name;
}
