import { isNumber, toDouble } from '../bson/compare.js';
import { decode } from '../bson/decode.js';
import { encode } from '../bson/encode.js';
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { MongoError, failedToParse, typeMismatch } from '../errors.js';
import { counting } from '../aggregate/counting.js';
import { parsePipeline, runStages, type StageContext } from '../aggregate/pipeline.js';
import { parseFilter } from '../query/parse.js';
import { countOf, select } from '../query/find.js';
import { parseSort } from '../query/sort.js';
import {
  allow,
  collectionName,
  hintedIndex,
  list,
  refuse,
  refuseCollation,
  variables,
  type Command,
  type Reply,
} from '../server/command.js';
import { cursorReply } from './read.js';

const FIRST_BATCH = 101;

export function aggregate(c: Command): Reply {
  allow(c, [
    'pipeline',
    'explain',
    'allowDiskUse',
    'cursor',
    'hint',
    'collation',
    'bypassDocumentValidation',
    'let',
    'needsMerge',
    'fromMongos',
    'exchange',
  ]);
  refuse(c, ['explain', 'needsMerge', 'fromMongos', 'exchange']);
  refuseCollation(c.body.get('collation'));
  const target = c.body.get('aggregate');
  const pipeline = list(c.body, c.name, 'pipeline');
  if (!pipeline) throw new MongoError(40414, "BSON field 'aggregate.pipeline' is missing but a required field");
  const values = variables(c);
  const context: StageContext = { variables: values, find: (name, filter) => findIn(c, name, filter) };
  const stages = parsePipeline(pipeline, context);
  if (typeof target !== 'string') throw new MongoError(73, 'Invalid namespace: aggregate on a whole database');
  const name = collectionName(c);
  const batchSize = cursorSize(c);
  const { documents, rest } = source(c, name, pipeline, values);
  const results = (function* (): Generator<Buffer> {
    for (const doc of runStages(stages.slice(rest), documents)) yield encode(doc);
  })();
  const namespace = `${c.database}.${name}`;
  const batch = c.cursors.start(namespace, results, batchSize);
  return cursorReply('firstBatch', batch.documents, batch.id, namespace);
}

function cursorSize(c: Command): number {
  const cursor = c.body.get('cursor');
  if (cursor === undefined)
    throw failedToParse("The 'cursor' option is required, except for aggregate with the explain argument");
  if (!isDoc(cursor)) throw typeMismatch('cursor field must be missing or an object');
  for (const k of cursor.keys())
    if (k !== 'batchSize') throw new MongoError(40415, `BSON field 'cursor.${k}' is an unknown field.`);
  const size = cursor.get('batchSize');
  if (size === undefined) return FIRST_BATCH;
  if (!isNumber(size)) throw typeMismatch('cursor.batchSize field must be a number');
  if (toDouble(size) < 0) throw new MongoError(51024, "BSON field 'batchSize' value must be >= 0");
  return toDouble(size);
}

/** The documents a pipeline starts from. A leading `$match`, `$sort` and `$limit` are left to the planner. */
function source(
  c: Command,
  name: string,
  pipeline: readonly Value[],
  values: Map<string, Value | undefined>,
): { documents: Iterable<Doc>; rest: number } {
  const collection = c.store.collection(c.database, name);
  const hint = hintedIndex(collection, c.body.get('hint'));
  const stage = (i: number, op: string): Value | undefined =>
    isDoc(pipeline[i]) ? (pipeline[i] as Doc).get(op) : undefined;
  let rest = 0;
  const match = stage(rest, '$match');
  if (isDoc(match)) rest += 1;
  const filter = parseFilter(isDoc(match) ? match : new Map(), new Set(values.keys()));
  const counted = counting(pipeline[rest]);
  if (counted)
    return {
      documents: counted(collection ? countOf(collection, filter, { hint, variables: values }) : 0),
      rest: rest + 1,
    };
  const sort = stage(rest, '$sort');
  if (isDoc(sort)) rest += 1;
  const limit = stage(rest, '$limit');
  const n = isNumber(limit) ? toDouble(limit) : 0;
  const matches = select(collection, {
    filter,
    order: isDoc(sort) ? parseSort(sort) : undefined,
    limit: n,
    hint,
    variables: values,
  });
  const documents = (function* (): Generator<Doc> {
    for (const m of matches) yield decode(m.bytes);
  })();
  return { documents, rest };
}

function* findIn(c: Command, name: string, filter: Doc): Generator<Doc> {
  const collection = c.store.collection(c.database, name);
  for (const m of select(collection, { filter: parseFilter(filter) })) yield decode(m.bytes);
}
