/** A pipeline: stages parsed once, each a function from documents to documents. */
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { MongoError, notImplemented, typeMismatch } from '../errors.js';
import { STAGES } from './stages.js';

/** What stages may reach beyond their input. */
export interface StageContext {
  readonly variables: ReadonlyMap<string, Value | undefined>;
  /** The documents of another collection of the same database that match a filter. */
  find(collection: string, filter: Doc): Iterable<Doc>;
  /** Set inside `$facet`, `$lookup` and pipeline updates, where not every stage may stand. */
  readonly inside?: string;
}
export type Stage = (input: Iterable<Doc>) => Iterable<Doc>;
export type MakeStage = (spec: Value, context: StageContext) => Stage;

/** Stages of the real server that are refused by name. */
const LEFT_OUT = new Set(
  `$bucketAuto $changeStream $changeStreamSplitLargeEvent $collStats $currentOp $densify $documents $fill $geoNear
  $graphLookup $indexStats $listLocalSessions $listSampledQueries $listSearchIndexes $listSessions $merge $out
  $planCacheStats $redact $sample $search $searchMeta $setWindowFields $unionWith $queryStats $shardedDataDistribution
  $vectorSearch`.split(/\s+/),
);

/** What can be said about a pipeline without its arguments. @throws MongoError 40323, 40324, or 238 for a stage left out */
export function parsePipelineNames(pipeline: readonly Value[]): [name: string, spec: Value, make: MakeStage][] {
  return pipeline.map((stage) => {
    if (!isDoc(stage)) throw typeMismatch("Each element of the 'pipeline' array must be an object");
    if (stage.size !== 1)
      throw new MongoError(40323, 'A pipeline stage specification object must contain exactly one field.');
    const [name, spec] = stage.entries().next().value!;
    const make = Object.hasOwn(STAGES, name) ? STAGES[name] : undefined;
    if (make) return [name, spec, make];
    if (LEFT_OUT.has(name)) throw notImplemented(`the aggregation stage ${name}`);
    throw new MongoError(40324, `Unrecognized pipeline stage name: '${name}'`);
  });
}

export const parsePipeline = (pipeline: readonly Value[], context: StageContext): Stage[] =>
  parsePipelineNames(pipeline).map(([, spec, make]) => make(spec, context));

export const runStages = (stages: readonly Stage[], input: Iterable<Doc>): Iterable<Doc> =>
  stages.reduce((documents, stage) => stage(documents), input);
