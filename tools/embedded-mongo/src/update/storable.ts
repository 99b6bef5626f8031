/** What a document must be for the server to store it after an update. */
import { BSON_UNDEFINED, Regex, Timestamp, isDoc, type Doc, type Value } from '../bson/values.js';
import { MongoError } from '../errors.js';

const DB_REF = new Set(['$ref', '$id', '$db']);

/** @throws MongoError 52 for a field name with a leading `$` where none is allowed. */
export function checkStorable(doc: Doc): void {
  const id = doc.get('_id');
  if (id !== undefined) checkId(id);
}

let increment = 0;

/** The time now, told apart from others of the same second. */
export function newTimestamp(now: number): Timestamp {
  increment = (increment % 0x7fffffff) + 1;
  return new Timestamp(Math.floor(now / 1000), increment);
}

/** An empty timestamp on the top level of a whole document stands for the time now. Answers whether there was one. */
export function stampZeros(doc: Doc): boolean {
  let any = false;
  for (const [name, v] of doc)
    if (v instanceof Timestamp && v.seconds === 0 && v.increment === 0 && name !== '_id') {
      doc.set(name, newTimestamp(Date.now()));
      any = true;
    }
  return any;
}

/** @throws MongoError 53 when the value may not be an `_id`. */
export function checkId(id: Value): void {
  if (Array.isArray(id)) throw new MongoError(53, "The '_id' value cannot be of type array");
  if (id instanceof Regex) throw new MongoError(53, "The '_id' value cannot be of type regex");
  if (id === BSON_UNDEFINED) throw new MongoError(53, "The '_id' value cannot be of type undefined");
  if (isDoc(id))
    for (const name of id.keys())
      if (name.startsWith('$') && !DB_REF.has(name))
        throw new MongoError(52, `The dollar ($) prefixed field '${name}' in '_id' is not valid for storage.`);
}
