/** Dotted paths: how they lead through documents and arrays for queries, sorting and indexes. */
import { BSON_UNDEFINED, isDoc, type Doc, type Value } from './values.js';

/** Called with a value the path leads to and, where it led through an array, the place in the outermost one. */
export type Visit = (value: Value | undefined, place: number) => boolean;

/**
 * Visits what a query path means, until a visit answers true: fields of documents in arrays, elements by number, and for
 * an array at the end (if `intoLast`) each element, then the array itself. Nested arrays are not entered without a number.
 */
export function walk(from: Doc, path: readonly string[], first: number, intoLast: boolean, visit: Visit): boolean {
  let value: Value | undefined = from;
  for (let i = first; i < path.length; i += 1) {
    value = isDoc(value) ? value.get(path[i]!) : undefined;
    if (value === undefined) return visit(undefined, -1);
    if (Array.isArray(value)) return walkArray(value, path, i + 1, intoLast, visit);
  }
  return visit(value, -1);
}

function walkArray(list: Value[], path: readonly string[], next: number, intoLast: boolean, visit: Visit): boolean {
  if (next === path.length) {
    if (intoLast) for (let k = 0; k < list.length; k += 1) if (visit(list[k], k)) return true;
    return visit(list, -1);
  }
  const name = path[next]!;
  for (let k = 0; k < list.length; k += 1) {
    const element = list[k]!;
    const here: Visit = (v) => visit(v, k);
    if (isDoc(element) && walk(element, path, next, intoLast, here)) return true;
    if (name !== String(k)) continue;
    if (next + 1 === path.length) {
      if (visit(element, k)) return true;
    } else if (isDoc(element) && walk(element, path, next + 1, intoLast, here)) return true;
    else if (Array.isArray(element) && walkArray(element, path, next + 1, intoLast, here)) return true;
  }
  return false;
}

export const isArrayIndex = (name: string): boolean => /^(0|[1-9]\d*)$/.test(name);

interface Step {
  readonly value: Value | undefined;
  readonly path: readonly string[];
  /** How many names of the path have been followed; past the last one the value is taken as it is. */
  readonly next: number;
}

/**
 * The keys of a document for a list of paths, as an index holds them and a sort compares them: one tuple for each element
 * of an array on the way. Missing is null, an empty array at the end of a path is BSON undefined.
 * @returns undefined when two paths lead through different arrays (code 171 in an index)
 */
export function keyTuples(from: Doc, paths: readonly (readonly string[])[]): Value[][] | undefined {
  const single = tupleWithoutArrays(from, paths);
  return single ? [single] : expandTuples(paths.map((path) => ({ value: from, path, next: 0 })));
}

/** The one tuple of a document that has no array on any of the paths, as most have. */
function tupleWithoutArrays(from: Doc, paths: readonly (readonly string[])[]): Value[] | undefined {
  const tuple: Value[] = [];
  for (const path of paths) {
    let value: Value | undefined = from;
    for (let i = 0; i < path.length && value !== undefined; i += 1) {
      value = isDoc(value) ? value.get(path[i]!) : undefined;
      if (Array.isArray(value)) return undefined;
    }
    tuple.push(value ?? null);
  }
  return tuple;
}

function expandTuples(steps: Step[]): Value[][] | undefined {
  let through: Value[] | undefined;
  const here = steps.map((step) => {
    const s = advance(step);
    if (Array.isArray(s.value) && s.next <= s.path.length) through ??= s.value;
    return s;
  });
  if (!through) return [here.map((s) => (s.next < s.path.length ? null : (s.value ?? null)))];
  const list = through;
  if (here.some((s) => Array.isArray(s.value) && s.value !== list && s.next <= s.path.length)) return undefined;
  const enter = (s: Step, element: Value | undefined): Step => {
    if (s.value !== list || s.next > s.path.length) return s;
    if (s.next === s.path.length)
      return { value: element === undefined ? BSON_UNDEFINED : element, path: s.path, next: s.next + 1 };
    return isDoc(element) ? { ...s, value: element } : { value: null, path: s.path, next: s.path.length + 1 };
  };
  const out: Value[][] = [];
  for (const element of list.length ? list : [undefined]) {
    const tuples = expandTuples(here.map((s) => enter(s, element)));
    if (!tuples) return undefined;
    for (const tuple of tuples) out.push(tuple);
  }
  return out;
}

function advance(step: Step): Step {
  let { value, next } = step;
  const { path } = step;
  while (next < path.length) {
    const name = path[next]!;
    if (isDoc(value)) value = value.get(name);
    else if (Array.isArray(value) && isArrayIndex(name) && Number(name) < value.length && !namedInside(value, name))
      value = value[Number(name)];
    else break;
    next += 1;
  }
  return { value, path, next };
}

const namedInside = (list: Value[], name: string): boolean => list.some((v) => isDoc(v) && v.has(name));
