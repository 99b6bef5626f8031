/** What an upsert starts from: the equalities of its filter. */
import { Regex, newOid, type Doc, type Value } from '../bson/values.js';
import { MongoError } from '../errors.js';
import type { Node } from '../query/node.js';
import { locate, notViable, place } from './location.js';
import type { Update } from './update.js';
import { checkId } from './storable.js';

/** The document that an upsert inserts. */
export function upsertDocument(filter: Node, update: Update, now: number): Doc {
  const equalities = new Map<string, Value>();
  collect(filter, equalities);
  refuseOverlaps(equalities);
  const start: Doc = new Map();
  for (const [path, value] of equalities) {
    if (update.isReplacement && path !== '_id') continue;
    const at = locate(start, path.split('.'));
    if (!at) throw notViable(path.split('.'));
    place(at, value);
  }
  const { after: doc } = update.apply(start, { inserting: true, now });
  const id = doc.get('_id') ?? newOid();
  checkId(id);
  const out: Doc = new Map([['_id', id]]);
  for (const [name, value] of doc) if (name !== '_id') out.set(name, value);
  return out;
}

function collect(node: Node, into: Map<string, Value>): void {
  // An `$or` of one condition is that condition.
  if (node.op === 'and' || (node.op === 'or' && node.children!.length === 1))
    for (const child of node.children!) collect(child, into);
  else if (node.path !== undefined && (node.op === '$eq' || isSingle(node))) {
    const value = node.op === '$eq' ? node.operand! : (node.operand as Value[])[0]!;
    if (into.has(node.path))
      throw new MongoError(54, `cannot infer query fields to set, path '${node.path}' is matched twice`);
    into.set(node.path, value);
  }
}

function refuseOverlaps(equalities: ReadonlyMap<string, Value>): void {
  const paths = [...equalities.keys()];
  for (const a of paths)
    for (const b of paths)
      if (b.startsWith(`${a}.`))
        throw new MongoError(54, `cannot infer query fields to set, both paths '${a}' and '${b}' are matched`);
}

/** `$in` with one value is an equality. */
const isSingle = (n: Node): boolean =>
  n.op === '$in' && Array.isArray(n.operand) && n.operand.length === 1 && !(n.operand[0] instanceof Regex);
