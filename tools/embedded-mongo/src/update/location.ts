/** Where in a document a path of an update leads: through documents by name, through arrays by number. */
import { isArrayIndex } from '../bson/paths.js';
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { MongoError, badValue, failedToParse } from '../errors.js';
import { parseFilter } from '../query/parse.js';
import type { Node } from '../query/node.js';
import type { Modifier } from './modifiers.js';

const MAX_PADDING = 1_500_000;
export type Container = Doc | Value[];

export const readChild = (from: Container, name: string): Value | undefined =>
  isDoc(from) ? from.get(name) : isArrayIndex(name) ? from[Number(name)] : undefined;

export function writeChild(into: Container, name: string, value: Value): void {
  if (isDoc(into)) {
    into.set(name, value);
    return;
  }
  const place = Number(name);
  if (place - into.length > MAX_PADDING) throw badValue(`Can't backfill more than ${MAX_PADDING} elements`);
  while (into.length < place) into.push(null);
  into[place] = value;
}

export interface Location {
  readonly container: Container;
  readonly name: string;
  /** Names that do not exist yet, below `name`. */
  readonly rest: readonly string[];
  readonly value: Value | undefined;
}

/** Follows a concrete path; undefined when something on the way cannot hold the next name. */
export function locate(root: Doc, path: readonly string[]): Location | undefined {
  let container: Container = root;
  for (let i = 0; i < path.length; i += 1) {
    const name = path[i]!;
    if (Array.isArray(container) && !isArrayIndex(name)) return undefined;
    const value = readChild(container, name);
    if (i === path.length - 1 || value === undefined) return { container, name, rest: path.slice(i + 1), value };
    if (!isDoc(value) && !Array.isArray(value)) return undefined;
    container = value;
  }
  return undefined;
}

export const notViable = (path: readonly string[]): MongoError =>
  new MongoError(28, `Cannot create field '${path.at(-1)}' in element on the path '${path.join('.')}'`);

/** Writes a value at a place that {@link locate} found, making the documents between. */
export function place(at: Location, value: Value): void {
  let whole = value;
  for (const name of [...at.rest].reverse()) whole = new Map([[name, whole]]);
  writeChild(at.container, at.name, whole);
}

/** The `arrayFilters` of an update, by identifier. */
export class ArrayFilters {
  readonly #conditions = new Map<string, Node>();

  constructor(filters: readonly Value[], modifiers: readonly Modifier[]) {
    for (const filter of filters) {
      if (!isDoc(filter)) throw new MongoError(14, 'each array filter must be an object');
      const names = new Set(identifiers(filter));
      if (names.size === 0)
        throw failedToParse('Cannot use an expression without a top-level field name in arrayFilters');
      if (names.size > 1) throw failedToParse('Error parsing array filter: expected a single top-level field name');
      const [name] = names;
      if (!/^[a-z][a-zA-Z0-9]*$/.test(name!))
        throw badValue(
          `Error parsing array filter: the top-level field name must be an alphanumeric string beginning with a lowercase letter, found '${name}'`,
        );
      if (this.#conditions.has(name!))
        throw failedToParse(`Found multiple array filters with the same top-level field name ${name}`);
      this.#conditions.set(name!, parseFilter(filter));
    }
    const used = new Set(
      modifiers.flatMap((m) => m.path.filter((p) => /^\$\[.+\]$/.test(p)).map((p) => p.slice(2, -1))),
    );
    for (const name of used)
      if (!this.#conditions.has(name)) throw badValue(`No array filter found for identifier '${name}' in path`);
    for (const name of this.#conditions.keys())
      if (!used.has(name)) throw failedToParse(`The array filter for identifier '${name}' was not used in the update`);
  }

  matches(identifier: string, element: Value): boolean {
    return this.#conditions.get(identifier)!.test(new Map([[identifier, element]]), { variables: new Map() });
  }
}

function identifiers(filter: Doc): string[] {
  return [...filter].flatMap(([name, value]) =>
    !name.startsWith('$')
      ? [name.split('.')[0]!]
      : Array.isArray(value)
        ? value.flatMap((v) => (isDoc(v) ? identifiers(v) : []))
        : [],
  );
}

/** The concrete paths that `$`, `$[]` and `$[identifier]` stand for in this document. */
export function expand(
  root: Doc,
  path: readonly string[],
  position: number | undefined,
  filters: ArrayFilters,
): (readonly string[])[] {
  const first = path.findIndex((p) => p === '$' || /^\$\[.*\]$/.test(p));
  const part = first < 0 ? '' : path[first]!;
  if (part === '$') {
    if (position === undefined) throw badValue('The positional operator did not find the match needed from the query.');
    return expand(root, path.with(first, String(position)), position, filters);
  }
  if (!/^\$\[.*\]$/.test(part)) return [path];
  const at = locate(root, path.slice(0, first));
  if (!at || at.rest.length || at.value === undefined)
    throw badValue(
      `The path '${path.slice(0, first).join('.')}' must exist in the document in order to apply array updates.`,
    );
  if (!Array.isArray(at.value)) throw badValue(`Cannot apply array updates to non-array element ${at.name}`);
  const identifier = part.slice(2, -1);
  return at.value.flatMap((element, k) =>
    identifier === '' || filters.matches(identifier, element)
      ? expand(root, path.with(first, String(k)), position, filters)
      : [],
  );
}
