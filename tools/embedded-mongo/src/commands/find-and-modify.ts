import { decode } from '../bson/decode.js';
import { isDoc, doc as docOf } from '../bson/values.js';
import { MongoError, failedToParse } from '../errors.js';
import { parseFilter } from '../query/parse.js';
import { read, select } from '../query/find.js';
import { parseProjection } from '../query/projection.js';
import { parseSort } from '../query/sort.js';
import {
  allow,
  boolean,
  collectionName,
  document,
  hintedIndex,
  list,
  ok,
  refuseCollation,
  variables,
  type Command,
  type Reply,
} from '../server/command.js';
import { updateMatching } from './write.js';

/** findAndModify: changes or removes one document and answers it, as it was or as it is. */
export function findAndModify(c: Command): Reply {
  allow(c, [
    'query',
    'sort',
    'remove',
    'update',
    'new',
    'fields',
    'upsert',
    'bypassDocumentValidation',
    'collation',
    'arrayFilters',
    'hint',
    'let',
  ]);
  refuseCollation(c.body.get('collation'));
  const name = collectionName(c);
  const flag = (field: string): boolean => boolean(c.body, c.name, field);
  const [isRemove, isNew, upsert, update] = [flag('remove'), flag('new'), flag('upsert'), c.body.get('update')];
  if (isRemove && update !== undefined) throw failedToParse('Cannot specify both an update and remove=true');
  if (isRemove && upsert) throw failedToParse('Cannot specify both upsert=true and remove=true');
  if (isRemove && isNew)
    throw failedToParse("Cannot specify both new=true and remove=true; 'remove' always returns the deleted document");
  if (!isRemove && update === undefined) throw failedToParse('Either an update or remove=true must be specified');
  const values = variables(c);
  const filter = document(c, 'query');
  const sort = document(c, 'sort');
  const order = sort.size ? parseSort(sort) : undefined;
  const fields = document(c, 'fields');
  const condition = parseFilter(filter, new Set(values.keys()));
  const project = fields.size ? parseProjection(fields, condition, values) : undefined;
  const shown = (d: ReturnType<typeof read> | undefined, position?: number) =>
    d ? (project ? project(d, position) : d) : null;

  if (isRemove) {
    if (list(c.body, c.name, 'arrayFilters')) throw failedToParse('Cannot specify arrayFilters and remove=true');
    const collection = c.store.collection(c.database, name);
    const hint = hintedIndex(collection, c.body.get('hint'));
    const [m] = select(collection, { filter: condition, order, limit: 1, hint, variables: values });
    if (!m) return ok({ lastErrorObject: docOf({ n: 0 }), value: null });
    collection!.remove(m.stored);
    return ok({ lastErrorObject: docOf({ n: 1 }), value: shown(read(m), m.position) });
  }
  if (!isDoc(update) && !Array.isArray(update))
    throw new MongoError(9, 'Update argument must be either an object or an array');
  const outcome = updateMatching(c, name, {
    filter,
    update,
    multi: false,
    upsert,
    arrayFilters: list(c.body, c.name, 'arrayFilters') ?? [],
    hint: c.body.get('hint'),
    order,
    variables: values,
  });
  if (outcome.upserted)
    return ok({
      lastErrorObject: docOf({ n: 1, updatedExisting: false, upserted: outcome.upserted.get('_id') }),
      value: isNew ? shown(outcome.upserted) : null,
    });
  const changed = isNew ? outcome.after : outcome.before;
  return ok({
    lastErrorObject: docOf({ n: outcome.matched, updatedExisting: outcome.matched > 0 }),
    value: shown(changed && decode(changed), outcome.position),
  });
}
