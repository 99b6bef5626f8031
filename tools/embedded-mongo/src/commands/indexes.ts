/** createIndexes, listIndexes, dropIndexes, and what the server refuses in an index definition. */
import { identical, isNumber, toDouble } from '../bson/compare.js';
import { encode } from '../bson/encode.js';
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { MongoError, notImplemented } from '../errors.js';
import { conjuncts } from '../query/planner.js';
import { isTrue, parseFilter } from '../query/parse.js';
import type { Node } from '../query/node.js';
import {
  allow,
  collectionName,
  document,
  list,
  ok,
  refuseCollation,
  sameKey,
  type Command,
  type Reply,
} from '../server/command.js';
import type { Collection } from '../storage/collection.js';
import { cursorReply } from './read.js';

const KNOWN = new Set([
  'v',
  'key',
  'name',
  'unique',
  'sparse',
  'background',
  'expireAfterSeconds',
  'partialFilterExpression',
  'collation',
  'ns',
  'hidden',
]);
const REFUSED = new Set([
  'weights',
  'default_language',
  'language_override',
  'textIndexVersion',
  '2dsphereIndexVersion',
  'bits',
  'min',
  'max',
  'bucketSize',
  'storageEngine',
  'wildcardProjection',
  'clustered',
  'prepareUnique',
  'dropDups',
]);
const cannot = (why: string): MongoError => new MongoError(67, why);

export function createIndexes(c: Command): Reply {
  allow(c, ['indexes', 'ignoreUnknownIndexOptions', 'commitQuorum']);
  const name = collectionName(c);
  const given = list(c.body, c.name, 'indexes');
  if (!given) throw new MongoError(40414, "BSON field 'createIndexes.indexes' is missing but a required field");
  if (!given.length) throw new MongoError(2, 'Must specify at least one index to create');
  const definitions = given.map((d) => {
    if (!isDoc(d)) throw new MongoError(14, 'The elements of the indexes array must be objects');
    return checkDefinition(d);
  });
  for (const [i, d] of definitions.entries())
    if (
      definitions
        .slice(0, i)
        .some(
          (e) =>
            sameKey(e.get('key') as Doc, d.get('key') as Doc) && e.get('name') === d.get('name') && identical(e, d),
        )
    )
      throw new MongoError(96, 'Identical index already exists in this command');
  const existing = c.store.collection(c.database, name);
  const collection = existing ?? c.store.create(c.database, name);
  const before = collection.indexes.size;
  const added: string[] = [];
  try {
    for (const d of definitions)
      if (isNew(collection, d)) {
        c.store.addIndex(collection, d);
        added.push(d.get('name') as string);
      }
  } catch (error) {
    for (const n of added) c.store.dropIndex(collection, n);
    if (!existing) c.store.drop(collection);
    throw error;
  }
  const same = !added.length;
  return ok({
    numIndexesBefore: before,
    numIndexesAfter: collection.indexes.size,
    createdCollectionAutomatically: same && existing ? undefined : !existing,
    note: same ? 'all indexes already exist' : undefined,
  });
}

/** The definition as it is kept and listed. */
function checkDefinition(d: Doc): Doc {
  const key = d.get('key');
  if (!isDoc(key)) throw new MongoError(9, "The 'key' field is a required property of an index specification");
  const name = d.get('name');
  if (name === undefined) throw new MongoError(9, "The 'name' field is a required property of an index specification");
  if (typeof name !== 'string') throw new MongoError(14, "The field 'name' must be a string");
  for (const option of d.keys()) {
    if (REFUSED.has(option)) throw notImplemented(`the index option ${option}`);
    if (!KNOWN.has(option))
      throw new MongoError(
        197,
        `The field '${option}' is not valid for an index specification. Specification: ${name}`,
      );
  }
  checkKey(key);
  if (!name) throw cannot('index name cannot be empty');
  if (name === '*') throw cannot("The index name '*' is not valid.");
  refuseCollation(d.get('collation'));
  if (isTrue(d.get('hidden'))) throw notImplemented('the index option hidden');
  for (const flag of ['unique', 'sparse', 'background']) {
    const v = d.get(flag);
    if (v !== undefined && typeof v !== 'boolean' && !isNumber(v))
      throw new MongoError(14, `The field '${flag}' must be a bool`);
  }
  checkTtl(key, d.get('expireAfterSeconds'));
  checkPartial(d);
  if (isIdKey(key))
    return new Map<string, Value>([
      ['v', 2],
      ['key', key],
      ['name', '_id_'],
    ]);
  const out: Doc = new Map<string, Value>([
    ['v', 2],
    ['key', key],
    ['name', name],
  ]);
  for (const [option, v] of d)
    if (!['v', 'key', 'name', 'ns', 'collation', 'hidden'].includes(option) && !(option === 'unique' && !isTrue(v)))
      out.set(option, v);
  return out;
}

const isIdKey = (key: Doc): boolean =>
  key.size === 1 && isNumber(key.get('_id')) && toDouble(key.get('_id') as number) === 1;

function checkKey(key: Doc): void {
  if (!key.size) throw cannot('Index keys cannot be an empty object.');
  if (key.size > 32) throw cannot('too many keys in the index');
  for (const [path, direction] of key) {
    if (typeof direction === 'string') {
      if (['text', '2d', '2dsphere', 'hashed', 'wildcard', 'columnstore'].includes(direction))
        throw notImplemented(`${direction} indexes`);
      throw cannot(`Unknown index plugin '${direction}'`);
    }
    if (!isNumber(direction)) throw cannot('Values in v:2 index key pattern must be numbers or strings');
    const n = toDouble(direction);
    if (n === 0 || Number.isNaN(n)) throw cannot('Values in the index key pattern cannot be 0.');
    if (path === '$**' || path.endsWith('.$**')) throw notImplemented('wildcard indexes');
    if (!path || path.split('.').includes('')) throw cannot('Index keys cannot contain an empty field.');
    if (path.split('.').some((p) => p.startsWith('$') && !['$ref', '$id', '$db'].includes(p)))
      throw cannot(`Index key contains an illegal field name: field name starts with '$': ${path}`);
  }
}

function checkTtl(key: Doc, seconds: Value | undefined): void {
  if (seconds === undefined) return;
  if (!isNumber(seconds)) throw new MongoError(14, "The field 'expireAfterSeconds' must be a number");
  const n = toDouble(seconds);
  if (n < 0 || n > 2147483647) throw cannot('TTL index expireAfterSeconds is out of range');
  if (key.size > 1) throw cannot('TTL indexes are single-field indexes, compound indexes do not support TTL');
  if (key.has('_id'))
    throw new MongoError(197, "The field 'expireAfterSeconds' is not valid for an _id index specification");
}

const IN_PARTIAL = new Set(['and', 'or', '$eq', '$gt', '$gte', '$lt', '$lte', '$exists', '$type', '$in']);

function checkPartial(d: Doc): void {
  const filter = d.get('partialFilterExpression');
  if (filter === undefined) return;
  if (!isDoc(filter)) throw new MongoError(14, "The field 'partialFilterExpression' must be an object");
  if (d.has('sparse')) throw cannot('cannot mix "partialFilterExpression" and "sparse" options');
  if (isIdKey(d.get('key') as Doc)) throw cannot('_id index cannot be a partial index');
  const check = (n: Node): void => {
    if (!IN_PARTIAL.has(n.op)) throw cannot(`unsupported expression in partial index: ${n.op}`);
    n.children?.forEach(check);
  };
  conjuncts(parseFilter(filter)).forEach(check);
}

/** False when the same index is there already. @throws MongoError 85 or 86 when a different one is in the way. */
function isNew(collection: Collection, d: Doc): boolean {
  const name = d.get('name') as string;
  const key = d.get('key') as Doc;
  const named = collection.indexes.get(name);
  const sameOptions = (e: Doc): boolean =>
    ['expireAfterSeconds'].every((o) => String(number(e.get(o))) === String(number(d.get(o)))) && sameSignature(e, d);
  if (named) {
    if (sameKey(named.key, key) && sameOptions(named.definition)) return false;
    if (!sameKey(named.key, key) || !sameSignature(named.definition, d))
      throw new MongoError(86, `An existing index has the same name as the requested index: ${name}`);
    throw new MongoError(85, `An equivalent index already exists with the same name but different options: ${name}`);
  }
  for (const other of collection.indexes.values())
    if (sameKey(other.key, key) && sameSignature(other.definition, d))
      throw new MongoError(85, `Index already exists with a different name: ${other.name}`);
  return true;
}

const number = (v: Value | undefined): number | undefined => (isNumber(v) ? toDouble(v) : undefined);

/** What makes two indexes on the same key different ones. */
function sameSignature(a: Doc, b: Doc): boolean {
  return (
    isTrue(a.get('unique')) === isTrue(b.get('unique')) &&
    isTrue(a.get('sparse')) === isTrue(b.get('sparse')) &&
    identical(a.get('partialFilterExpression'), b.get('partialFilterExpression'))
  );
}

const missing = (c: Command, name: string): MongoError =>
  new MongoError(26, `ns does not exist: ${c.database}.${name}`);

export function listIndexes(c: Command): Reply {
  allow(c, ['cursor', 'includeBuildUUIDs', 'includeIndexBuildInfo']);
  const name = collectionName(c);
  const collection = c.store.collection(c.database, name);
  if (!collection) throw missing(c, name);
  const size = document(c, 'cursor').get('batchSize');
  const results = [...collection.indexes.values()].map((i) => encode(i.definition));
  const namespace = `${c.database}.${name}`;
  const batch = c.cursors.start(namespace, results.values(), isNumber(size) ? toDouble(size) : Infinity);
  return cursorReply('firstBatch', batch.documents, batch.id, namespace);
}

export function dropIndexes(c: Command): Reply {
  allow(c, ['index']);
  const name = collectionName(c);
  const collection = c.store.collection(c.database, name);
  if (!collection) throw missing(c, name);
  const nIndexesWas = collection.indexes.size;
  for (const index of namesToDrop(collection, c.body.get('index'))) c.store.dropIndex(collection, index);
  return ok({ nIndexesWas });
}

function namesToDrop(collection: Collection, which: Value | undefined): string[] {
  if (which === '*') return [...collection.indexes.keys()].filter((n) => n !== '_id_');
  if (typeof which === 'string') {
    if (which === '_id_') throw new MongoError(72, 'cannot drop _id index');
    if (!collection.indexes.has(which)) throw new MongoError(27, `index not found with name [${which}]`);
    return [which];
  }
  if (Array.isArray(which))
    return which.flatMap((w) => {
      if (typeof w !== 'string' || w === '*') throw new MongoError(14, 'dropIndexes: index names must be strings');
      return namesToDrop(collection, w);
    });
  if (!isDoc(which))
    throw new MongoError(
      which === undefined ? 40414 : 14,
      "BSON field 'dropIndexes.index' must be a name, a key or names",
    );
  for (const index of collection.indexes.values())
    if (sameKey(index.key, which)) {
      if (index.name === '_id_') throw new MongoError(72, 'cannot drop _id index');
      return [index.name];
    }
  throw new MongoError(27, "can't find index with that key");
}
