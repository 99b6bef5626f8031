import type { Value } from '../bson/values.js';
import { notImplemented } from '../errors.js';
import type { Node } from './node.js';

/** `$expr`: an aggregation expression over the whole document. */
export function exprCondition(_expression: Value, _variables: ReadonlySet<string>): Node {
  throw notImplemented('the query operator $expr');
}
