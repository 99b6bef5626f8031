/** Projections of find and of `$project`. */
import { asInteger } from '../bson/arithmetic.js';
import { isNumber } from '../bson/compare.js';
import { encode } from '../bson/encode.js';
import { Parts, readParts } from '../bson/parts.js';
import type { Paths } from '../bson/path-tree.js';
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { MongoError, notImplemented } from '../errors.js';
import { checkPath, compileExpression, envOf, type Scope } from '../expression/compile.js';
import { Branch, exclude, include } from '../expression/shape.js';
import type { Node } from './node.js';
import { isTrue, parseFilter } from './parse.js';

/** `position` is the place of the array element that the filter matched, for `path.$`. */
export interface Project {
  (doc: Doc, position?: number): Doc;
  /** Fields that it keeps, and looks at no others; undefined: it may look at any. */
  keeps?: Parts;
  /** Whether it looks into what it keeps. */
  changes?: boolean;
}

interface Parsed {
  readonly tree: Branch;
  kind?: 'include' | 'exclude';
  /** Whether it has expressions, which may read any field. */
  computes?: boolean;
  /** What `_id` was set to, which decides the kind only if nothing else does. */
  id?: boolean;
  /** Find's own operators, applied after the fields are chosen. */
  readonly after: ((out: Doc, original: Doc, position: number | undefined) => void)[];
}

/** A find projection. @throws MongoError with the server's code for a spec that contradicts itself */
export function parseProjection(spec: Doc, filter: Node, variables: ReadonlyMap<string, Value | undefined>): Project {
  return build(spec, variables, filter);
}
/** The specification of `$project`, which has expressions only. */
export function parseProjectStage(spec: Doc, variables: ReadonlyMap<string, Value | undefined>): Project {
  if (!spec.size)
    throw new MongoError(
      51272,
      'Invalid $project :: caused by :: projection specification must have at least one field',
    );
  return build(spec, variables);
}

function build(spec: Doc, variables: ReadonlyMap<string, Value | undefined>, filter?: Node): Project {
  const p: Parsed = { tree: new Branch(), after: [] };
  const scope = new Set(variables.keys());
  for (const [path, value] of spec) entry(p, path, value, scope, filter);
  const included = (p.kind ?? (p.id ? 'include' : 'exclude')) === 'include';
  if (included && p.id !== false && !p.tree.children.has('_id')) p.tree.children.set('_id', 'keep');
  if (!included && p.id === false) p.tree.children.set('_id', 'drop');
  if (included && p.id === false) p.tree.children.delete('_id');
  const { tree, after } = p;
  const project: Project = (doc, position) => {
    const env = envOf(doc, variables);
    const out = included ? include(doc, tree, env) : exclude(doc, tree);
    for (const step of after) step(out, doc, position);
    return out;
  };
  if (included && !p.computes) project.keeps = new Parts(pathsIn(tree));
  project.changes = after.length > 0 || tree.computes;
  return project;
}

const pathsIn = (tree: Branch): Paths =>
  new Map([...tree.children].map(([name, below]) => [name, below instanceof Branch ? pathsIn(below) : null]));

/** Applies a projection to a stored document; what it only keeps is copied as the bytes that it is. */
export function projected(bytes: Buffer, project: Project, position?: number): Buffer {
  const { keeps, changes } = project;
  return encode(project(keeps && !changes ? keeps.pick(bytes) : readParts(keeps, bytes), position));
}

function decide(p: Parsed, kind: 'include' | 'exclude', path: string): void {
  if (p.kind && p.kind !== kind)
    throw kind === 'exclude'
      ? new MongoError(31254, `Cannot do exclusion on field ${path} in inclusion projection`)
      : new MongoError(31253, `Cannot do inclusion on field ${path} in exclusion projection`);
  p.kind = kind;
}

function entry(p: Parsed, path: string, value: Value, scope: Scope, filter: Node | undefined): void {
  if (filter && path.endsWith('.$')) return positional(p, path.slice(0, -2), value);
  if (filter && path.split('.').includes('$'))
    throw new MongoError(31394, "As of 4.4, it's illegal to specify positional operator in the middle of a path.");
  if (isNumber(value) || typeof value === 'boolean') {
    const keep = isTrue(value);
    if (path === '_id') {
      if (p.id !== undefined || p.tree.children.has('_id')) throw new MongoError(31249, 'Path collision at _id');
      p.id = keep;
      return;
    }
    checkPath(path);
    decide(p, keep ? 'include' : 'exclude', path);
    p.tree.set(path, keep ? 'keep' : 'drop');
    return;
  }
  if (!isDoc(value)) return computed(p, path, value, scope, filter);
  const first = value.keys().next().value ?? '';
  if (!value.size)
    throw new MongoError(51270, 'An empty sub-projection is not a valid value. Found empty object at path');
  if (filter && first === '$slice' && !isExpressionSlice(value.get(first)!)) return sliced(p, path, value);
  if (filter && first === '$elemMatch') return matched(p, path, value);
  if (first === '$meta') throw notImplemented('projections by $meta');
  if (first.startsWith('$') && value.size > 1)
    throw new MongoError(16410, `FieldPath field names may not start with '$': ${path}`);
  if (first.startsWith('$')) return computed(p, path, value, scope, filter);
  for (const [name, inner] of value) {
    if (name.includes('.') && !filter) throw notImplemented(`a dotted name inside a nested object: ${name}`);
    entry(p, `${path}.${name}`, inner, scope, filter);
  }
}

function computed(p: Parsed, path: string, value: Value, scope: Scope, filter: Node | undefined): void {
  checkPath(path);
  p.computes = true;
  if (p.kind === 'exclude')
    throw new MongoError(filter ? 31310 : 31252, `Cannot use an expression ${path} in an exclusion projection`);
  if (path !== '_id') p.kind = 'include';
  else p.id = undefined;
  if (path === '_id' && p.kind === undefined) p.kind = 'include';
  p.tree.set(path, compileExpression(value, scope));
}

/** Find's `$slice` takes numbers; with an array expression first it is the operator of aggregation. */
const isExpressionSlice = (v: Value): boolean =>
  Array.isArray(v) && v.length > 0 && !(isNumber(v[0]!) && v.length === 2) && !v.every((x) => isNumber(x));

function sliced(p: Parsed, path: string, value: Doc): void {
  if (value.size > 1) throw new MongoError(15983, 'an expression specification must contain exactly one field');
  const operand = value.get('$slice')!;
  const list = Array.isArray(operand) ? operand : [operand];
  if (!list.every((v) => isNumber(v)))
    throw new MongoError(28667, 'Invalid $slice syntax. The given syntax did not match the find() syntax');
  if (Array.isArray(operand) && list.length !== 2)
    throw new MongoError(
      28667,
      `Expression $slice takes at least 2 arguments, and at most 3, but ${list.length} were passed in.`,
    );
  const [a, b] = list.map((v) => asInteger(v) ?? 0);
  if (b !== undefined && b <= 0) throw new MongoError(28729, 'Third argument to $slice must be positive');
  const parts = checkPath(path);
  const cut = (v: Value[]): Value[] => {
    if (b === undefined) return a! >= 0 ? v.slice(0, a) : v.slice(a);
    const start = a! < 0 ? Math.max(0, v.length + a!) : a!;
    return v.slice(start, start + b);
  };
  reserve(p, path);
  p.after.push((out) => sliceAt(out, parts, 0, cut));
}

/** A path that `$slice` works on is kept in an inclusion and untouched in an exclusion. */
function reserve(p: Parsed, path: string): void {
  p.tree.set(path, 'keep');
}

function sliceAt(doc: Doc, parts: readonly string[], i: number, cut: (v: Value[]) => Value[]): void {
  const name = parts[i]!;
  const value = doc.get(name);
  if (i === parts.length - 1) {
    if (Array.isArray(value)) doc.set(name, cut(value));
    return;
  }
  const inner = (v: Value): Value => {
    if (Array.isArray(v)) return v.map(inner);
    if (!isDoc(v)) return v;
    const copy: Doc = new Map(v);
    sliceAt(copy, parts, i + 1, cut);
    return copy;
  };
  if (value !== undefined) doc.set(name, inner(value));
}

function matched(p: Parsed, path: string, value: Doc): void {
  if (path.includes('.'))
    throw new MongoError(31275, `Cannot use $elemMatch projection on a nested field (currently unsupported).`);
  const condition = value.get('$elemMatch')!;
  if (!isDoc(condition)) throw new MongoError(31274, '$elemMatch: Invalid argument, object required');
  const node = parseFilter(new Map([[path, new Map([['$elemMatch', condition]])]]));
  decide(p, 'include', path);
  p.tree.set(path, ({ root }) => {
    const list = root.get(path);
    const state: { variables: ReadonlyMap<string, Value>; position?: number } = { variables: new Map() };
    if (!Array.isArray(list) || !node.test(root, state)) return undefined;
    return [list[state.position!]!];
  });
}

function positional(p: Parsed, path: string, value: Value): void {
  if (!(isNumber(value) || typeof value === 'boolean') || !isTrue(value))
    throw new MongoError(31395, 'positional projection cannot be used with an expression or an exclusion');
  if (path.split('.').includes('$'))
    throw new MongoError(31394, 'positional operator may appear only once, at the end of a path');
  if (p.after.some((a) => a.length === 3))
    throw new MongoError(31276, 'Cannot specify more than one positional projection per query.');
  decide(p, 'include', path);
  p.tree.set(path, 'keep');
  const parts = checkPath(path);
  p.after.push((out, _original, position) => pick(out, parts, 0, position));
}

function pick(doc: Doc, parts: readonly string[], i: number, position: number | undefined): void {
  const name = parts[i]!;
  const value = doc.get(name);
  if (Array.isArray(value)) {
    if (position === undefined || position >= value.length)
      throw new MongoError(
        51246,
        "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
      );
    doc.set(name, [value[position]!]);
  } else if (isDoc(value) && i < parts.length - 1) {
    const copy: Doc = new Map(value);
    pick(copy, parts, i + 1, position);
    doc.set(name, copy);
  }
}
