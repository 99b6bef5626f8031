/** An update as the server understands it: modifiers, or a whole new document. Parsed once, applied to many documents. */
import { equal, identical } from '../bson/compare.js';
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { MongoError, failedToParse } from '../errors.js';
import { ArrayFilters, expand, locate, notViable, place, writeChild } from './location.js';
import { comparePaths, parseModifiers, refuseConflicts, type Modifier } from './modifiers.js';
import { parsePipelineUpdate } from './pipeline.js';
export { parsePipelineNames } from '../aggregate/pipeline.js';
import { checkStorable, stampZeros } from './storable.js';

export interface ApplyOptions {
  /** Index of the array element that the query matched. */
  readonly position?: number;
  readonly inserting: boolean;
  readonly now: number;
}
export interface Update {
  readonly isReplacement: boolean;
  /** Paths that it writes to, up to where they depend on the document; undefined: it may be any. */
  readonly writes?: readonly (readonly string[])[];
  /** Fields that it looks at besides `_id`; undefined: it may be any. */
  readonly reads?: readonly (readonly string[])[];
  /**
   * Gives the new document; `doc` may be changed in place. What counts as modified is decided operator by operator: a
   * `$push` that leaves an array as it was is a modification, a `$set` of the same value is none.
   */
  apply(doc: Doc, options: ApplyOptions): { after: Doc; modified: boolean };
}

export function parseUpdate(
  update: Value | undefined,
  arrayFilters: readonly Value[],
  variables: ReadonlyMap<string, Value | undefined>,
): Update {
  if (Array.isArray(update)) {
    if (arrayFilters.length) throw failedToParse('arrayFilters may not be specified for pipeline-syle updates');
    return parsePipelineUpdate(update, variables);
  }
  if (!isDoc(update)) throw failedToParse('Update argument must be either an object or an array');
  const isReplacement = !(update.keys().next().value ?? '').startsWith('$');
  return isReplacement ? replacement(update, arrayFilters) : modifiers(update, arrayFilters);
}

function replacement(update: Doc, arrayFilters: readonly Value[]): Update {
  if (arrayFilters.length) throw failedToParse('arrayFilters may not be specified for replacement-style updates');
  return {
    isReplacement: true,
    apply(doc) {
      const id = doc.get('_id');
      const given = update.get('_id');
      if (id !== undefined && given !== undefined && !equal(id, given)) throw immutable();
      const kept = given ?? id;
      const out: Doc = kept === undefined ? new Map() : new Map([['_id', kept]]);
      for (const [name, value] of update) if (name !== '_id') out.set(name, value);
      checkStorable(out);
      stampZeros(out);
      return { after: out, modified: !identical(doc, out) };
    },
  };
}

const immutable = (): MongoError =>
  new MongoError(66, "Performing an update on the path '_id' would modify the immutable field '_id'");

function modifiers(update: Doc, arrayFilters: readonly Value[]): Update {
  const list = parseModifiers(update);
  const filters = new ArrayFilters(arrayFilters, list);
  const dynamic = list.some((m) => m.path.some((p) => p.startsWith('$')));
  return {
    isReplacement: false,
    writes: list.flatMap((m) => [fixed(m.path), ...(m.renameTo ? [fixed(m.renameTo)] : [])]),
    reads: list.flatMap((m) => [...readBy(m), ...(m.renameTo ? [m.renameTo] : [])]),
    apply(doc, options) {
      const id = doc.get('_id');
      let steps = options.inserting ? list : list.filter((m) => !m.onInsertOnly);
      if (dynamic) steps = expandAll(doc, steps, options.position, filters);
      let modified = false;
      for (const step of steps) if (applyOne(doc, step, options.now)) modified = true;
      const after = doc.get('_id');
      if (id !== undefined && (after === undefined || !identical(id, after))) throw immutable();
      checkStorable(doc);
      return { after: doc, modified };
    },
  };
}

/** The part of a path that is the same in every document. */
function fixed(path: readonly string[]): readonly string[] {
  const end = path.findIndex((name) => name.startsWith('$'));
  return end < 0 ? path : path.slice(0, end);
}

/** What a modifier looks at: the value at its path or, where that is enough, some fields of its elements. */
const readBy = ({ path, ofElements }: Modifier): (readonly string[])[] =>
  ofElements && fixed(path) === path ? ofElements.map((inner) => [...path, ...inner]) : [fixed(path)];

function expandAll(
  doc: Doc,
  list: readonly Modifier[],
  position: number | undefined,
  filters: ArrayFilters,
): Modifier[] {
  const out = list.flatMap((m) => expand(doc, m.path, position, filters).map((path) => ({ ...m, path })));
  refuseConflicts(out.map((m) => m.path));
  return out.sort((a, b) => comparePaths(a.path, b.path));
}

/** Applies one modifier and says whether it changed something. */
function applyOne(doc: Doc, m: Modifier, now: number): boolean {
  if (m.renameTo) return rename(doc, m.path, m.renameTo);
  const at = locate(doc, m.path);
  if (!at) {
    if (m.creates) throw notViable(m.path);
    return false;
  }
  const current = at.rest.length ? undefined : at.value;
  if (current === undefined && !m.creates) return false;
  if (m.op === '$unset') {
    if (isDoc(at.container)) at.container.delete(at.name);
    else writeChild(at.container, at.name, null);
    return true;
  }
  const next = m.change(current, { now }, m.path.join('.'));
  if (next === undefined) return false;
  place(at, next);
  return true;
}

function rename(doc: Doc, from: readonly string[], to: readonly string[]): boolean {
  refuseArrays(doc, from, 'source');
  const source = locate(doc, from);
  if (!source || source.rest.length || source.value === undefined) return false;
  refuseArrays(doc, to, 'destination');
  if (to[0] === '_id') throw immutable();
  const target = locate(doc, to);
  if (!target) throw notViable(to);
  place(target, source.value);
  (source.container as Doc).delete(source.name);
  return true;
}

function refuseArrays(doc: Doc, path: readonly string[], which: string): void {
  for (let i = 1; i < path.length; i += 1) {
    const at = locate(doc, path.slice(0, i));
    if (at && !at.rest.length && Array.isArray(at.value))
      throw new MongoError(2, `The ${which} field cannot be an array element, '${path.join('.')}'`);
  }
}
