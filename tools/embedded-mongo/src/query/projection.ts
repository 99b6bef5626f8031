import type { Doc, Value } from '../bson/values.js';
import { notImplemented } from '../errors.js';
import type { Node } from './node.js';

export type Project = (doc: Doc, position?: number) => Doc;

export function parseProjection(
  _spec: Doc,
  _filter: Node,
  _variables: ReadonlyMap<string, Value | undefined>,
): Project {
  throw notImplemented('projections');
}
