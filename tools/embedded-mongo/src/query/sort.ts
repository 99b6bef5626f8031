import { compare, isNumber, toDouble } from '../bson/compare.js';
import { keyTuples } from '../bson/paths.js';
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { MongoError, badValue, notImplemented } from '../errors.js';

/** The order that a sort specification asks for. */
export interface DocumentOrder {
  readonly fields: readonly { path: string; descending: boolean }[];
  keys(doc: Doc): Value[];
  compareKeys(a: readonly Value[], b: readonly Value[]): number;
}

/** @throws MongoError 2 or 15975 for a direction that is not 1 or -1; 238 for `$meta`. */
export function parseSort(spec: Doc): DocumentOrder {
  const fields = [...spec].map(([path, direction]) => {
    if (isDoc(direction)) {
      if (direction.has('$meta')) throw notImplemented('sort by $meta');
      throw new MongoError(17312, 'the sort key may only be 1, -1 or $meta');
    }
    if (!isNumber(direction)) throw new MongoError(15974, `Illegal key in $sort specification: ${path}`);
    const n = isNumber(direction) ? toDouble(direction) : NaN;
    if (n !== 1 && n !== -1)
      throw new MongoError(15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
    if (path === '') throw new MongoError(40352, 'FieldPath cannot be constructed with empty string');
    if (path.split('.').includes('')) throw new MongoError(15998, 'FieldPath field names may not be empty strings.');
    if (path.startsWith('$')) throw new MongoError(16410, `FieldPath field names may not start with '$': ${path}`);
    return { path, parts: path.split('.'), descending: n < 0 };
  });
  if (fields.length > 32) throw badValue('too many keys in the sort');
  const paths = fields.map((f) => f.parts);
  const compareKeys = (a: readonly Value[], b: readonly Value[]): number => {
    for (let i = 0; i < fields.length; i += 1) {
      const c = compare(a[i], b[i]);
      if (c) return fields[i]!.descending ? -c : c;
    }
    return 0;
  };
  return {
    fields,
    compareKeys,
    keys(doc) {
      const tuples = keyTuples(doc, paths);
      if (!tuples) throw badValue('cannot sort with keys that are parallel arrays');
      let best = tuples[0]!;
      for (const tuple of tuples) if (compareKeys(tuple, best) < 0) best = tuple;
      return best;
    },
  };
}

/** A new array in that order; equal documents keep theirs. */
export function sortBy<T>(items: readonly T[], order: DocumentOrder, docOf: (item: T) => Doc): T[] {
  return items
    .map((item) => ({ item, keys: order.keys(docOf(item)) }))
    .sort((a, b) => order.compareKeys(a.keys, b.keys))
    .map((x) => x.item);
}
