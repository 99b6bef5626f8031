/** insert, update, delete: many statements a command, each with its own outcome. */

import { decode } from '../bson/decode.js';
import { encode, type Encodable } from '../bson/encode.js';
import { asInteger } from '../bson/arithmetic.js';
import { isNumber } from '../bson/compare.js';
import { Parts } from '../bson/parts.js';
import { isArrayIndex } from '../bson/paths.js';
import { pathTree } from '../bson/path-tree.js';
import { doc as docOf, isDoc, type Doc, type Value } from '../bson/values.js';
import { MongoError, failedToParse } from '../errors.js';
import { parseFilter } from '../query/parse.js';
import { select, type Match } from '../query/find.js';
import type { DocumentOrder } from '../query/sort.js';
import {
  allow,
  boolean,
  collectionName,
  hintedIndex,
  list,
  ok,
  refuseCollation,
  unknownField,
  variables,
  type Command,
  type Reply,
} from '../server/command.js';
import type { Collection } from '../storage/collection.js';
import type { Index } from '../storage/index.js';
import { checkNamespace } from '../storage/store.js';
import { parsePipelineNames, parseUpdate, type Update } from '../update/update.js';
import { upsertDocument } from '../update/upsert.js';

export const MAX_BATCH = 100_000;

/** Runs the statements in order; an ordered command stops at the first error. */
function eachStatement<T>(
  c: Command,
  statements: readonly T[],
  run: (statement: T, index: number) => void,
): Encodable[] | undefined {
  if (statements.length < 1 || statements.length > MAX_BATCH)
    throw new MongoError(
      16,
      `Write batch sizes must be between 1 and ${MAX_BATCH}. Got ${statements.length} operations.`,
    );
  const ordered = c.body.has('ordered') ? boolean(c.body, c.name, 'ordered') : true;
  const errors: Encodable[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      run(statement, index);
    } catch (error) {
      if (!(error instanceof MongoError) || error.code === 238) throw error;
      errors.push(writeError(index, error));
      if (ordered) break;
    }
  }
  return errors.length ? errors : undefined;
}

function writeError(index: number, error: MongoError): Encodable {
  return docOf({
    index,
    code: error.code,
    errmsg: error.message,
    keyPattern: error.duplicate?.keyPattern,
    keyValue: error.duplicate?.keyValue,
  });
}

export function insert(c: Command): Reply {
  allow(c, ['documents', 'ordered', 'bypassDocumentValidation']);
  const name = collectionName(c);
  if (!c.documents) throw new MongoError(40414, "BSON field 'insert.documents' is missing but a required field");
  let collection = c.store.collection(c.database, name);
  if (!collection) checkNamespace(c.database, name);
  let n = 0;
  const writeErrors = eachStatement(c, c.documents, (bytes) => {
    collection ??= c.store.create(c.database, name);
    collection.insert(bytes);
    n += 1;
  });
  return ok({ n, writeErrors });
}

export function remove(c: Command): Reply {
  allow(c, ['deletes', 'ordered', 'let', 'bypassDocumentValidation']);
  const collection = c.store.collection(c.database, collectionName(c));
  const values = variables(c);
  let n = 0;
  const writeErrors = eachStatement(c, statements(c, 'deletes', ['q', 'limit', 'collation', 'hint']), (s) => {
    refuseCollation(s.get('collation'));
    const limit = s.get('limit');
    const one = isNumber(limit) ? asInteger(limit) : undefined;
    if (one !== 0 && one !== 1)
      throw failedToParse('The limit field in delete objects must be 0 or 1. Got another value');
    const filter = parseFilter(s.get('q') as Doc, new Set(values.keys()));
    const hint = hintedIndex(collection, s.get('hint'));
    for (const m of [...select(collection, { filter, limit: one, hint, variables: values })]) {
      collection!.remove(m.stored);
      n += 1;
    }
  });
  return ok({ n, writeErrors });
}

function statements(c: Command, field: string, known: readonly string[]): Doc[] {
  const out = list(c.body, c.name, field);
  if (!out) throw new MongoError(40414, `BSON field '${c.name}.${field}' is missing but a required field`);
  return out.map((s) => {
    if (!isDoc(s)) throw new MongoError(14, `BSON field '${c.name}.${field}' must hold objects`);
    for (const name of s.keys()) if (!known.includes(name)) throw unknownField(`${c.name}.${field}`, name);
    if (!isDoc(s.get('q')))
      throw new MongoError(s.has('q') ? 14 : 40414, `BSON field '${c.name}.${field}.q' must be an object`);
    return s;
  });
}

export function update(c: Command): Reply {
  allow(c, ['updates', 'ordered', 'let', 'bypassDocumentValidation']);
  const name = collectionName(c);
  const values = variables(c);
  const upserted: Encodable[] = [];
  let [n, nModified] = [0, 0];
  const known = ['q', 'u', 'c', 'upsert', 'multi', 'arrayFilters', 'hint', 'collation', 'upsertSupplied'];
  const given = statements(c, 'updates', known);
  given.forEach(checkUpdateStatement);
  const writeErrors = eachStatement(c, given, (s, index) => {
    refuseCollation(s.get('collation'));
    if (s.has('c')) for (const [k, v] of isDoc(s.get('c')) ? (s.get('c') as Doc) : []) values.set(k, v);
    const outcome = updateMatching(c, name, {
      filter: s.get('q') as Doc,
      update: s.get('u'),
      multi: boolean(s, 'update.updates', 'multi'),
      upsert: boolean(s, 'update.updates', 'upsert'),
      arrayFilters: list(s, 'update.updates', 'arrayFilters') ?? [],
      hint: s.get('hint'),
      variables: values,
    });
    n += outcome.matched + (outcome.upserted ? 1 : 0);
    nModified += outcome.modified;
    if (outcome.upserted) upserted.push(docOf({ index, _id: outcome.upserted.get('_id') }));
  });
  return ok({ n, nModified, upserted: upserted.length ? upserted : undefined, writeErrors });
}

/** What is wrong with the form of a statement fails the whole command. */
function checkUpdateStatement(s: Doc): void {
  const u = s.get('u');
  if (u === undefined) throw new MongoError(40414, "BSON field 'update.updates.u' is missing but a required field");
  if (!isDoc(u) && !Array.isArray(u)) throw failedToParse('Update argument must be either an object or an array');
  if (Array.isArray(u)) parsePipelineNames(u);
  for (const v of list(s, 'update.updates', 'arrayFilters') ?? [])
    if (!isDoc(v)) throw new MongoError(14, "BSON field 'update.updates.arrayFilters' must hold objects");
  boolean(s, 'update.updates', 'multi');
  boolean(s, 'update.updates', 'upsert');
}

export interface UpdateRequest {
  readonly filter: Doc;
  readonly update: Value | undefined;
  readonly multi: boolean;
  readonly upsert: boolean;
  readonly arrayFilters: readonly Value[];
  readonly hint: Value | undefined;
  readonly order?: DocumentOrder;
  readonly variables: ReadonlyMap<string, Value | undefined>;
}
export interface UpdateOutcome {
  matched: number;
  modified: number;
  /** Place of the array element that the filter matched. */
  position?: number;
  before?: Buffer;
  after?: Buffer;
  upserted?: Doc;
}

/** Updates what matches, or inserts what an upsert makes. `before` and `after` are those of the last document. */
export function updateMatching(c: Command, name: string, r: UpdateRequest): UpdateOutcome {
  const parsed = parseUpdate(r.update, r.arrayFilters, r.variables);
  if (r.multi && parsed.isReplacement)
    throw failedToParse('multi update is not supported for replacement-style update');
  const filter = parseFilter(r.filter, new Set(r.variables.keys()));
  let collection = c.store.collection(c.database, name);
  const hint = hintedIndex(collection, r.hint);
  const now = Date.now();
  const outcome: UpdateOutcome = { matched: 0, modified: 0 };
  const limit = r.multi ? 0 : 1;
  const touched = collection && touchedBy(collection, parsed);
  for (const m of [...select(collection, { filter, order: r.order, limit, hint, variables: r.variables })])
    updateOne(collection!, parsed, touched, m, now, outcome);
  if (!outcome.matched && r.upsert) {
    outcome.upserted = upsertDocument(filter, parsed, now);
    collection ??= c.store.create(c.database, name);
    collection.insert(encode(outcome.upserted));
  }
  return outcome;
}

interface Touched {
  readonly indexes: readonly Index[];
  /** Fields that the update or one of these indexes reads; undefined: all. */
  readonly parts?: Parts;
}

/** What an update may touch: the indexes on its fields, with all that those read. */
function touchedBy(collection: Collection, { writes, reads }: Update): Touched {
  const all = [...collection.indexes.values()];
  if (!writes || !reads) return { indexes: all };
  const indexes = all.filter((index) => index.reads.some((read) => writes.some((path) => meet(read, path))));
  return { indexes, parts: new Parts(pathTree([['_id'], ...reads, ...indexes.flatMap((index) => index.reads)])) };
}

/** Whether what is at one path may lie in what is at the other; a number may be the place in an array, or a name. */
function meet(a: readonly string[], b: readonly string[]): boolean {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    if (isArrayIndex(a[i]!) || isArrayIndex(b[i]!)) return true;
    if (a[i] !== b[i]) return false;
  }
  return true;
}

function updateOne(
  collection: Collection,
  parsed: Update,
  touched: Touched | undefined,
  m: Match,
  now: number,
  outcome: UpdateOutcome,
): void {
  const doc = touched?.parts ? touched.parts.open(m.bytes) : decode(m.bytes);
  const keys = collection.keysOf(doc, touched?.indexes);
  const { after, modified } = parsed.apply(doc, {
    inserting: false,
    now,
    ...(m.position === undefined ? {} : { position: m.position }),
  });
  const bytes = modified ? encode(after) : m.bytes;
  if (modified) collection.replace(m.stored, keys, after, bytes);
  outcome.matched += 1;
  outcome.modified += modified ? 1 : 0;
  if (m.position !== undefined) outcome.position = m.position;
  outcome.before = m.bytes;
  outcome.after = bytes;
}
