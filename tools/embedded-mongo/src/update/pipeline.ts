import { isDoc, type Doc, type Value } from '../bson/values.js';
import { identical } from '../bson/compare.js';
import { MongoError } from '../errors.js';
import { parsePipeline, runStages } from '../aggregate/pipeline.js';
import { checkStorable } from './storable.js';
import type { Update } from './update.js';

const ALLOWED = new Set(['$addFields', '$set', '$project', '$unset', '$replaceRoot', '$replaceWith']);

/** An update by an aggregation pipeline. */
export function parsePipelineUpdate(
  pipeline: readonly Value[],
  variables: ReadonlyMap<string, Value | undefined>,
): Update {
  for (const stage of pipeline) {
    const name = isDoc(stage) ? (stage.keys().next().value ?? '') : '';
    if (name.startsWith('$') && !ALLOWED.has(name)) {
      parsePipeline([stage], { variables, find: () => [] });
      throw new MongoError(72, `${name} is not allowed to be used within an update`);
    }
  }
  const stages = parsePipeline(pipeline, { variables, find: () => [], inside: 'an update' });
  return {
    isReplacement: false,
    apply(doc) {
      const id = doc.get('_id');
      const [result] = runStages(stages, [doc]);
      let after: Doc = result!;
      const modified = !identical(doc, after);
      const kept = after.get('_id');
      if (id !== undefined && kept !== undefined && !identical(id, kept))
        throw new MongoError(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
      if (id !== undefined && (kept === undefined || after.keys().next().value !== '_id')) {
        const ordered: Doc = new Map([['_id', id]]);
        for (const [k, v] of after) if (k !== '_id') ordered.set(k, v);
        after = ordered;
      }
      checkStorable(after);
      return { after, modified };
    },
  };
}
