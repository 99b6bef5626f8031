/** From an update document to the list of its modifiers, each with a path and what it does to the value there. */
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { isArrayIndex } from '../bson/paths.js';
import { MongoError, badValue, failedToParse } from '../errors.js';
import { FIELD_OPERATORS } from './field-operators.js';
import { ARRAY_OPERATORS } from './array-operators.js';

/** What the time and the kind of write are, for operators that depend on them. */
export interface UpdateContext {
  readonly now: number;
}
/**
 * One operator applied at one path. `change` gets the value there (undefined: missing) and answers the new one, or
 * undefined for no change.
 */
export interface Change {
  readonly op: string;
  /** False when a missing or unreachable path means that there is nothing to do. */
  readonly creates: boolean;
  /** Set where of the elements of an array these fields alone matter. */
  readonly ofElements?: readonly (readonly string[])[];
  change(current: Value | undefined, context: UpdateContext, path: string): Value | undefined;
}
export type MakeChange = (argument: Value, path: string) => Change;

export interface Modifier extends Change {
  readonly path: readonly string[];
  /** `$rename`: where to, the path above being where from. */
  readonly renameTo?: readonly string[];
  readonly onInsertOnly: boolean;
}

const MAKERS: Record<string, MakeChange> = { ...FIELD_OPERATORS, ...ARRAY_OPERATORS };

const DB_REF = new Set(['$ref', '$id', '$db']);

export function parseModifiers(update: Doc): Modifier[] {
  const out: Modifier[] = [];
  for (const [op, fields] of update) {
    const make = MAKERS[op];
    if (!make && op !== '$rename')
      throw failedToParse(`Unknown modifier: ${op}. Expected a valid update modifier or pipeline-style update`);
    if (!isDoc(fields)) throw failedToParse(`Modifiers operate on fields but we found another type instead for ${op}`);
    for (const [name, argument] of fields) out.push(make ? modifier(op, make, name, argument) : rename(name, argument));
  }
  out.sort((a, b) => comparePaths(a.path, b.path));
  const touched = out.flatMap((m) => (m.renameTo ? [m.path, m.renameTo] : [m.path]));
  refuseConflicts(touched);
  return out;
}

function modifier(op: string, make: MakeChange, name: string, argument: Value): Modifier {
  const path = splitPath(name);
  const change = make(argument, name);
  return {
    op,
    creates: change.creates,
    ...(change.ofElements && { ofElements: change.ofElements }),
    change: (v, c, p) => change.change(v, c, p),
    path,
    onInsertOnly: op === '$setOnInsert',
  };
}

function rename(from: string, to: Value): Modifier {
  if (typeof to !== 'string') throw badValue(`The 'to' field for $rename must be a string: ${from}`);
  const [source, target] = [splitPath(from), splitPath(to)];
  if ([...source, ...target].some((p) => p.startsWith('$')))
    throw badValue(`The source and target field for $rename may not be dynamic: ${from}`);
  const overlap = (a: readonly string[], b: readonly string[]): boolean => a.every((p, i) => p === b[i]);
  if (from !== to && (overlap(source, target) || overlap(target, source)))
    throw badValue(`The source and target field for $rename must not be on the same path: ${from}`);
  if (from === to) throw badValue(`The source and target field for $rename must differ: ${from}`);
  return { op: '$rename', creates: true, change: (v) => v, path: source, renameTo: target, onInsertOnly: false };
}

function splitPath(name: string): string[] {
  if (name === '') throw new MongoError(56, 'An empty update path is not valid.');
  const parts = name.split('.');
  if (parts.includes('')) throw new MongoError(56, `The update path '${name}' contains an empty field name`);
  if (parts[0] === '$' || parts[0] === '$[]')
    throw badValue(`Cannot have positional (i.e. '$') element in the first position in path '${name}'`);
  if (parts[0]!.startsWith('$') && !DB_REF.has(parts[0]!))
    throw new MongoError(52, `The dollar ($) prefixed field '${parts[0]}' in '${name}' is not allowed in an update`);
  if (parts.filter((p) => p === '$').length > 1) throw badValue(`Too many positional (i.e. '$') elements in '${name}'`);
  return parts;
}

/** The order in which modifiers apply: by name, numbers by value. */
export function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const [x, y] = [a[i]!, b[i]!];
    if (x === y) continue;
    if (isArrayIndex(x) && isArrayIndex(y)) return Number(x) - Number(y);
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}

/** Two modifiers may not touch the same path, nor one a part of what the other touches. */
export function refuseConflicts(paths: readonly (readonly string[])[]): void {
  if (paths.length < 2) return;
  const sorted = [...paths].sort(comparePaths);
  for (let i = 1; i < sorted.length; i += 1) {
    const [a, b] = [sorted[i - 1]!, sorted[i]!];
    if (a.length <= b.length && a.every((p, k) => p === b[k]))
      throw new MongoError(40, `Updating the path '${b.join('.')}' would create a conflict at '${a.join('.')}'`);
  }
}
