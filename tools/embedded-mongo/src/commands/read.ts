/** find, getMore, killCursors, count, distinct. */
import type { Encodable } from '../bson/encode.js';
import { keyOf } from '../bson/key.js';
import { asInteger } from '../bson/arithmetic.js';
import { Parts } from '../bson/parts.js';
import { pathTree } from '../bson/path-tree.js';
import { compare, isNumber } from '../bson/compare.js';
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { MongoError, badValue } from '../errors.js';
import { parseFilter } from '../query/parse.js';
import { countOf, select } from '../query/find.js';
import { parseProjection, projected } from '../query/projection.js';
import { parseSort } from '../query/sort.js';
import {
  allow,
  boolean,
  collectionName,
  document,
  hintedIndex,
  integer,
  naturalDirection,
  nonNegative,
  ok,
  refuse,
  refuseCollation,
  typeMismatchOf,
  variables,
  type Command,
  type Reply,
} from '../server/command.js';

const FIRST_BATCH = 101;

export function find(c: Command): Reply {
  allow(c, [
    'filter',
    'projection',
    'sort',
    'hint',
    'skip',
    'limit',
    'batchSize',
    'singleBatch',
    'max',
    'min',
    'returnKey',
    'showRecordId',
    'tailable',
    'oplogReplay',
    'noCursorTimeout',
    'awaitData',
    'allowPartialResults',
    'collation',
    'allowDiskUse',
    'let',
    'ntoreturn',
  ]);
  refuse(c, ['returnKey', 'showRecordId', 'tailable', 'awaitData', 'ntoreturn']);
  for (const name of ['min', 'max']) if (document(c, name).size) refuse(c, [name]);
  refuseCollation(c.body.get('collation'));
  const name = collectionName(c);
  const values = variables(c);
  const filter = parseFilter(document(c, 'filter'), new Set(values.keys()));
  const sort = document(c, 'sort');
  const natural = naturalDirection(sort) ?? naturalDirection(c.body.get('hint'));
  const order = sort.size && !sort.has('$natural') ? parseSort(sort) : undefined;
  const spec = document(c, 'projection');
  const project = spec.size ? parseProjection(spec, filter, values) : undefined;
  const skip = nonNegative(c, 'skip') ?? 0;
  const limit = nonNegative(c, 'limit') ?? 0;
  const batchSize = nonNegative(c, 'batchSize') ?? FIRST_BATCH;
  const single = boolean(c.body, c.name, 'singleBatch');
  const collection = c.store.collection(c.database, name);
  const hint = hintedIndex(collection, c.body.get('hint'));
  const namespace = `${c.database}.${name}`;
  const matches = select(collection, { filter, order, skip, limit, hint, natural, variables: values });
  const results = (function* (): Generator<Buffer> {
    for (const m of matches) yield project ? projected(m.bytes, project, m.position) : m.bytes;
  })();
  const batch = c.cursors.start(namespace, results, batchSize, {
    single,
    limit,
    keep: boolean(c.body, c.name, 'noCursorTimeout'),
  });
  return cursorReply('firstBatch', batch.documents, batch.id, namespace);
}

export const cursorReply = (batch: 'firstBatch' | 'nextBatch', documents: Encodable[], id: bigint, ns: string): Reply =>
  ok({
    cursor: new Map<string, Encodable>([
      [batch, documents],
      ['id', id],
      ['ns', ns],
    ]),
  });

export function getMore(c: Command): Reply {
  allow(c, ['collection', 'batchSize', 'term', 'lastKnownCommittedOpTime']);
  const id = c.body.get('getMore');
  if (!isNumber(id)) throw typeMismatchOf(c, 'getMore', 'long');
  const name = c.body.get('collection');
  if (typeof name !== 'string') throw typeMismatchOf(c, 'collection', 'string');
  const namespace = `${c.database}.${name}`;
  const batchSize = nonNegative(c, 'batchSize') || Infinity;
  const batch = c.cursors.more(BigInt(asInteger(id) ?? 0), namespace, batchSize);
  return cursorReply('nextBatch', batch.documents, batch.id, namespace);
}

export function killCursors(c: Command): Reply {
  allow(c, ['cursors']);
  const namespace = `${c.database}.${collectionName(c)}`;
  const ids = c.body.get('cursors');
  if (!Array.isArray(ids)) throw typeMismatchOf(c, 'cursors', 'array');
  const [killed, missing]: [Value[], Value[]] = [[], []];
  for (const id of ids)
    (c.cursors.kill(BigInt(isNumber(id) ? (asInteger(id) ?? 0) : 0), namespace) ? killed : missing).push(id);
  return ok({ cursorsKilled: killed, cursorsNotFound: missing, cursorsAlive: [], cursorsUnknown: [] });
}

export function count(c: Command): Reply {
  allow(c, ['query', 'limit', 'skip', 'hint', 'collation', 'fields']);
  refuseCollation(c.body.get('collation'));
  const collection = c.store.collection(c.database, collectionName(c));
  const filter = document(c, 'query');
  const limit = Math.abs(integer(c, 'limit') ?? 0);
  const skip = nonNegative(c, 'skip') ?? 0;
  const hint = hintedIndex(collection, c.body.get('hint'));
  const condition = parseFilter(filter);
  const all = collection ? countOf(collection, condition, { hint, enough: limit ? skip + limit : undefined }) : 0;
  const n = Math.max(0, all - skip);
  return ok({ n: limit ? Math.min(n, limit) : n });
}

export function distinct(c: Command): Reply {
  allow(c, ['key', 'query', 'collation', 'hint']);
  refuseCollation(c.body.get('collation'));
  const key = c.body.get('key');
  if (typeof key !== 'string') throw typeMismatchOf(c, 'key', 'string');
  if (!key) throw new MongoError(40352, 'FieldPath cannot be constructed with empty string');
  if (key.includes('\0')) throw badValue('Key field cannot contain an embedded null byte');
  const path = key.split('.');
  const collection = c.store.collection(c.database, collectionName(c));
  const filter = document(c, 'query');
  const hint = hintedIndex(collection, c.body.get('hint'));
  const parts = new Parts(pathTree([path]));
  const found = new Map<string, Value>();
  const keep = (v: Value): void => {
    const k = keyOf(v);
    if (!found.has(k)) found.set(k, v);
  };
  for (const m of select(collection, { filter: parseFilter(filter), hint }))
    collectAlong(parts.read(m.bytes), path, 0, keep);
  return ok({ values: [...found.values()].sort(compare) });
}

/** Every value along a path for `distinct`: arrays on the way by element or by number, one at the end by its elements. */
function collectAlong(from: Doc, path: readonly string[], i: number, keep: (v: Value) => void): void {
  const value = from.get(path[i]!);
  if (value === undefined) return;
  if (i === path.length - 1) {
    if (Array.isArray(value)) value.forEach(keep);
    else keep(value);
    return;
  }
  const asDoc = (list: Value[]): Doc => new Map(list.map((v, k) => [String(k), v]));
  if (isDoc(value)) collectAlong(value, path, i + 1, keep);
  else if (Array.isArray(value)) {
    if (/^\d+$/.test(path[i + 1]!)) collectAlong(asDoc(value), path, i + 1, keep);
    else
      for (const v of value)
        if (isDoc(v)) collectAlong(v, path, i + 1, keep);
        else if (Array.isArray(v)) collectAlong(asDoc(v), path, i + 1, keep);
  }
}
