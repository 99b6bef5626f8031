/** What a command handler gets, and how it reads its arguments. */
import type { Encodable } from '../bson/encode.js';
import { asInteger } from '../bson/arithmetic.js';
import { isNumber } from '../bson/compare.js';
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { MongoError, notImplemented, typeMismatch } from '../errors.js';
import { isTrue } from '../query/parse.js';
import { typeName } from '../query/predicates.js';
import type { Index } from '../storage/index.js';
import type { Collection } from '../storage/collection.js';
import type { Store } from '../storage/store.js';
import type { Cursors } from './cursors.js';

export type Reply = Map<string, Encodable>;

/** What one client connection has told about itself. */
export interface Client {
  readonly id: number;
  user?: string;
  /** A conversation of authentication that has begun. */
  conversation?: (payload: Buffer) => { payload: Buffer; done: boolean };
}

export interface Command {
  readonly name: string;
  readonly body: Doc;
  readonly database: string;
  readonly documents?: readonly Buffer[];
  readonly client: Client;
  readonly store: Store;
  readonly cursors: Cursors;
}
export type Handler = (command: Command) => Reply | Promise<Reply>;

const GENERIC = new Set([
  '$db',
  'lsid',
  '$clusterTime',
  '$readPreference',
  'readConcern',
  'writeConcern',
  'maxTimeMS',
  'comment',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
  'txnNumber',
  'startTransaction',
  'autocommit',
  '$audit',
  '$client',
  '$configServerState',
  '$oplogQueryData',
  'maxTimeMSOpOnly',
  'mayBypassWriteBlocking',
]);

/** Refuses fields that the command does not know, as the server does, with code 40415. */
export function allow(c: Command, fields: readonly string[]): void {
  for (const name of c.body.keys())
    if (name !== c.name && !GENERIC.has(name) && !fields.includes(name)) throw unknownField(c.name, name);
}
export const unknownField = (command: string, name: string): MongoError =>
  new MongoError(40415, `BSON field '${command}.${name}' is an unknown field.`);

/** Refuses, by name, options that would change the answer. */
export function refuse(c: Command, fields: readonly string[]): void {
  for (const name of fields) if (isTrue(c.body.get(name))) throw notImplemented(`the option ${name} of ${c.name}`);
}

/** A collation is refused unless it is the simple one, which is none. */
export function refuseCollation(v: Value | undefined): void {
  if (v === undefined) return;
  if (isDoc(v) && (!v.size || (v.get('locale') === 'simple' && v.size === 1))) return;
  throw notImplemented('collations');
}

const wrong = (c: string, field: string, v: Value | undefined, expected: string): MongoError =>
  typeMismatch(`BSON field '${c}.${field}' is the wrong type '${typeName(v)}', expected type '${expected}'`);

/** The collection that the command names as its first value. */
export function collectionName(c: Command): string {
  const v = c.body.get(c.name);
  if (typeof v !== 'string') throw new MongoError(73, `collection name has invalid type ${typeName(v)}`);
  if (!v) throw new MongoError(73, `Invalid namespace specified '${c.database}.'`);
  return v;
}

export function document(c: Command, field: string): Doc {
  const v = c.body.get(field);
  if (v === undefined || v === null) return new Map();
  if (!isDoc(v)) throw wrong(c.name, field, v, 'object');
  return v;
}

export function list(of: Doc, command: string, field: string): Value[] | undefined {
  const v = of.get(field);
  if (v === undefined) return undefined;
  if (!Array.isArray(v)) throw wrong(command, field, v, 'array');
  return v;
}

export function boolean(of: Doc, command: string, field: string): boolean {
  const v = of.get(field);
  if (v === undefined) return false;
  if (typeof v !== 'boolean' && !isNumber(v)) throw wrong(command, field, v, 'bool');
  return isTrue(v);
}

/** A whole number of any type; fractions are cut off as the server does for longs. */
export function integer(c: Command, field: string): number | undefined {
  const v = c.body.get(field);
  if (v === undefined || v === null) return undefined;
  if (!isNumber(v)) throw wrong(c.name, field, v, 'long');
  const n = asInteger(v);
  if (n === undefined) throw new MongoError(9, `Expected an integer in field '${field}'`);
  return n;
}

export function nonNegative(c: Command, field: string): number | undefined {
  const n = integer(c, field);
  if (n !== undefined && n < 0)
    throw new MongoError(51024, `BSON field '${field}' value must be >= 0, actual value '${n}'`);
  return n;
}

/** Values of `let`, for `$$name` in expressions. */
export function variables(c: Command): Map<string, Value | undefined> {
  return new Map(document(c, 'let'));
}

/** The direction of a `$natural` in a sort or a hint. @throws MongoError 2 for anything but 1 and -1 */
export function naturalDirection(spec: Value | undefined): 1 | -1 | undefined {
  const v = isDoc(spec) ? spec.get('$natural') : undefined;
  if (v === undefined) return undefined;
  const n = isNumber(v) ? asInteger(v) : undefined;
  if (n !== 1 && n !== -1) throw new MongoError(2, '$natural sort must be 1 or -1');
  return n;
}

/** The index that a hint names, by name or by key. @throws MongoError 2 when there is none such. */
export function hintedIndex(collection: Collection | undefined, hint: Value | undefined): Index | undefined {
  if (hint === undefined || (isDoc(hint) && (!hint.size || hint.has('$natural')))) return undefined;
  if (typeof hint !== 'string' && !isDoc(hint)) throw new MongoError(9, 'Hint must be a string or an object');
  if (!collection) return undefined;
  for (const index of collection.indexes.values())
    if (typeof hint === 'string' ? index.name === hint : sameKey(index.key, hint)) return index;
  throw new MongoError(
    2,
    'error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index',
  );
}

export function sameKey(a: Doc, b: Doc): boolean {
  const [x, y] = [[...a], [...b]];
  return (
    x.length === y.length &&
    x.every(
      ([k, v], i) =>
        k === y[i]![0] && isNumber(v) && isNumber(y[i]![1]) && Number(asInteger(v)) === Number(asInteger(y[i]![1])),
    )
  );
}

export const ok = (fields: Record<string, Encodable | undefined>): Reply => {
  const out: Reply = new Map();
  for (const [k, v] of Object.entries(fields)) if (v !== undefined) out.set(k, v);
  return out;
};

export const typeMismatchOf = (c: Command, field: string, expected: string): MongoError =>
  wrong(c.name, field, c.body.get(field), expected);
