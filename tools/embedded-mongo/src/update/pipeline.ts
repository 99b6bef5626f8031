import type { Value } from '../bson/values.js';
import { notImplemented } from '../errors.js';
import type { Update } from './update.js';

/** An update by an aggregation pipeline. */
export function parsePipelineUpdate(
  _stages: readonly Value[],
  _variables: ReadonlyMap<string, Value | undefined>,
): Update {
  throw notImplemented('updates by a pipeline');
}
