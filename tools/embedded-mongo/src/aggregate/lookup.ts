/** `$lookup`: by equality of two fields, by a pipeline, or by both. */
import { isDoc, Regex, type Doc, type Value } from '../bson/values.js';
import { walk } from '../bson/paths.js';
import { MongoError, failedToParse } from '../errors.js';
import { checkPath, checkVariable, compileExpression, envOf } from '../expression/compile.js';
import { parsePipeline, runStages, type MakeStage } from './pipeline.js';
import { setPath } from './stages.js';

const KNOWN = new Set(['from', 'as', 'localField', 'foreignField', 'let', 'pipeline']);

export const lookup: MakeStage = (spec, context) => {
  if (!isDoc(spec)) throw failedToParse('the $lookup stage specification must be an object');
  for (const k of spec.keys()) if (!KNOWN.has(k)) throw failedToParse(`unknown argument to $lookup: ${k}`);
  const text = (k: string): string | undefined => {
    const v = spec.get(k);
    if (v !== undefined && typeof v !== 'string') throw failedToParse(`$lookup argument '${k}' must be a string`);
    return v as string | undefined;
  };
  const [from, as, local, foreign] = ['from', 'as', 'localField', 'foreignField'].map(text);
  const pipeline = spec.get('pipeline');
  const lets = spec.get('let') ?? new Map<string, Value>();
  if (as === undefined) throw failedToParse("must specify 'as' field for a $lookup");
  if (from === undefined) throw failedToParse("missing 'from' option to $lookup stage specification");
  if ((local === undefined) !== (foreign === undefined))
    throw failedToParse('$lookup requires both or neither of localField and foreignField');
  if (local === undefined && pipeline === undefined)
    throw failedToParse("$lookup requires either 'pipeline' or both 'localField' and 'foreignField'");
  if (!isDoc(lets)) throw failedToParse("$lookup argument 'let' must be an object");
  if (pipeline !== undefined && !Array.isArray(pipeline))
    throw failedToParse("$lookup argument 'pipeline' must be an array");
  if (lets.size && pipeline === undefined)
    throw failedToParse("$lookup with a 'let' argument must also have 'pipeline'");
  const scope = new Set(context.variables.keys());
  const bindings = [...lets].map(([name, e]) => [checkVariable(name), compileExpression(e, scope)] as const);
  const asParts = checkPath(as);
  const localParts = local === undefined ? undefined : checkPath(local);
  if (foreign !== undefined) checkPath(foreign);
  const build = (variables: ReadonlyMap<string, Value | undefined>) =>
    parsePipeline(pipeline ?? [], { ...context, variables, inside: '$lookup' });
  build(new Map([...context.variables, ...bindings.map(([name]) => [name, null] as const)]));
  return function* (input) {
    for (const doc of input) {
      const env = envOf(doc, context.variables);
      const filter = localParts ? equality(doc, localParts, foreign!) : new Map<string, Value>();
      const candidates = context.find(from, filter);
      let found: Iterable<Doc> = candidates;
      if (pipeline) {
        const variables = new Map([...context.variables, ...bindings.map(([name, e]) => [name, e(env)] as const)]);
        found = runStages(build(variables), candidates);
      }
      yield setPath(doc, asParts, [...found]);
    }
  };
};

/** The filter on the other collection: any of the local values, where missing means null. */
function equality(doc: Doc, local: readonly string[], foreign: string): Doc {
  const values: Value[] = [];
  walk(doc, local, 0, false, (v) => {
    if (Array.isArray(v)) for (const x of v) values.push(x);
    else values.push(v ?? null);
    return false;
  });
  if (!values.length) values.push(null);
  if (values.some((v) => v instanceof Regex))
    throw new MongoError(238, 'The Throughline embedded engine does not implement $lookup by a stored pattern');
  return new Map([[foreign, new Map([['$in', values]])]]);
}
