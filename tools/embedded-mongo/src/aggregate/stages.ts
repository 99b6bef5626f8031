import { asInteger } from '../bson/arithmetic.js';
import { isNumber } from '../bson/compare.js';
import { isDoc, isNull, type Doc, type Value } from '../bson/values.js';
import { MongoError, failedToParse, notImplemented } from '../errors.js';
import { checkPath, compileExpression, envOf } from '../expression/compile.js';
import { Branch, addFields, exclude } from '../expression/shape.js';
import { parseFilter } from '../query/parse.js';
import { parseProjectStage } from '../query/projection.js';
import { parseSort, sortBy } from '../query/sort.js';
import { typeName } from '../query/predicates.js';
import { bucket, group, sortByCount } from './group.js';
import { lookup } from './lookup.js';
import { parsePipeline, runStages, type MakeStage, type StageContext } from './pipeline.js';

const needDoc = (spec: Value, code: number, what: string): Doc => {
  if (!isDoc(spec)) throw new MongoError(code, `${what} specification must be an object`);
  return spec;
};
const scopeOf = (c: StageContext): ReadonlySet<string> => new Set(c.variables.keys());

const match: MakeStage = (spec, context) => {
  const filter = parseFilter(needDoc(spec, 15959, 'the match filter'), scopeOf(context));
  return function* (input) {
    for (const doc of input) if (filter.test(doc, { variables: context.variables })) yield doc;
  };
};

const project: MakeStage = (spec, context) => {
  const apply = parseProjectStage(needDoc(spec, 15969, '$project'), context.variables);
  return function* (input) {
    for (const doc of input) yield apply(doc);
  };
};

const addFieldsStage: MakeStage = (spec, context) => {
  const fields = needDoc(spec, 40272, '$addFields');
  if (!fields.size) throw new MongoError(40177, '$addFields specification must have at least one field');
  const tree = new Branch();
  const fill = (path: string, v: Value): void => {
    if (isDoc(v) && v.size && !(v.keys().next().value as string).startsWith('$'))
      for (const [name, inner] of v) {
        if (name.includes('.')) throw notImplemented(`a dotted name inside a nested object: ${name}`);
        fill(`${path}.${name}`, inner);
      }
    else tree.set(path, compileExpression(v, scopeOf(context)));
  };
  for (const [path, v] of fields) fill(path, v);
  return function* (input) {
    for (const doc of input) yield addFields(doc, tree, envOf(doc, context.variables));
  };
};

const unset: MakeStage = (spec) => {
  const names = Array.isArray(spec) ? spec : [spec];
  if (!names.length)
    throw new MongoError(31119, '$unset specification must be a string or an array with at least one field');
  const tree = new Branch();
  for (const name of names) {
    if (typeof name !== 'string')
      throw new MongoError(
        Array.isArray(spec) ? 31120 : 31002,
        '$unset specification must be a string or an array of strings',
      );
    tree.set(name, 'drop');
  }
  return function* (input) {
    for (const doc of input) yield exclude(doc, tree);
  };
};

const sort: MakeStage = (spec) => {
  const fields = needDoc(spec, 15973, 'the $sort key');
  if (!fields.size) throw new MongoError(15976, '$sort stage must have at least one sort key');
  const order = parseSort(fields);
  return (input) => sortBy([...input], order, (doc) => doc);
};

function count(spec: Value, least: number, code: number, stage: string): number {
  if (!isNumber(spec)) throw new MongoError(code, `invalid argument to ${stage} stage: Expected a number`);
  const n = asInteger(spec);
  if (n === undefined || n < 0)
    throw new MongoError(code, `invalid argument to ${stage} stage: Expected a non-negative integer`);
  if (n < least) throw new MongoError(15958, 'the limit must be positive');
  return n;
}

const limit: MakeStage = (spec) => {
  const n = count(spec, 1, 5107201, '$limit');
  return function* (input) {
    let given = 0;
    for (const doc of input) {
      yield doc;
      given += 1;
      if (given >= n) return;
    }
  };
};

const skip: MakeStage = (spec) => {
  const n = count(spec, 0, 5107200, '$skip');
  return function* (input) {
    let seen = 0;
    for (const doc of input) {
      seen += 1;
      if (seen > n) yield doc;
    }
  };
};

const countStage: MakeStage = (spec) => {
  if (typeof spec !== 'string') throw new MongoError(40156, 'the count field must be a non-empty string');
  if (!spec) throw new MongoError(40157, 'the count field must be a non-empty string');
  if (spec.startsWith('$')) throw new MongoError(40158, 'the count field cannot be a $-prefixed path');
  if (spec.includes('.') || spec.includes('\0')) throw new MongoError(40160, "the count field cannot contain '.'");
  return function* (input) {
    const n = [...input].length;
    if (n) yield new Map([[spec, n]]);
  };
};

const unwind: MakeStage = (spec) => {
  const options: Doc = isDoc(spec) ? spec : new Map([['path', spec]]);
  for (const k of options.keys())
    if (!['path', 'includeArrayIndex', 'preserveNullAndEmptyArrays'].includes(k))
      throw new MongoError(28811, `unrecognized option to $unwind stage: ${k}`);
  if (!isDoc(spec) && typeof spec !== 'string')
    throw new MongoError(15981, 'expected either a string or an object as specification for $unwind stage');
  const [path, index, preserve = false] = ['path', 'includeArrayIndex', 'preserveNullAndEmptyArrays'].map((k) =>
    options.get(k),
  );
  if (path === undefined) throw new MongoError(28812, 'no path specified to $unwind stage');
  if (typeof path !== 'string') throw new MongoError(28808, 'expected a string as the path for $unwind stage');
  if (typeof preserve !== 'boolean')
    throw new MongoError(28809, 'expected a boolean for the preserveNullAndEmptyArrays option');
  if (index !== undefined && (typeof index !== 'string' || !index))
    throw new MongoError(28810, 'expected a non-empty string for the includeArrayIndex option');
  if (typeof index === 'string' && index.startsWith('$'))
    throw new MongoError(28822, 'includeArrayIndex option should not be prefixed with a $');
  if (!path.startsWith('$'))
    throw new MongoError(28818, `path option to $unwind stage should be prefixed with a '$': ${path}`);
  const parts = checkPath(path.slice(1));
  const indexParts = index === undefined ? undefined : checkPath(index as string);
  const out = (doc: Doc, v: Value | undefined, i: bigint | null): Doc => {
    const with_ = v === undefined ? doc : setPath(doc, parts, v);
    return indexParts ? setPath(with_, indexParts, i) : with_;
  };
  return function* (input) {
    for (const doc of input) {
      const v = valueAt(doc, parts);
      if (Array.isArray(v)) {
        if (v.length) for (const [i, element] of v.entries()) yield out(doc, element, BigInt(i));
        else if (preserve) yield out(removePath(doc, parts), undefined, null);
      } else if (!isNull(v)) yield out(doc, undefined, null);
      else if (preserve) yield out(doc, undefined, null);
    }
  };
};

/** A path through documents alone. */
function valueAt(doc: Doc, parts: readonly string[]): Value | undefined {
  let v: Value | undefined = doc;
  for (const name of parts) v = isDoc(v) ? v.get(name) : undefined;
  return v;
}
export function setPath(doc: Doc, parts: readonly string[], value: Value): Doc {
  const [name, ...rest] = parts;
  const inner = doc.get(name!);
  return new Map(doc).set(name!, rest.length ? setPath(isDoc(inner) ? inner : new Map(), rest, value) : value);
}
function removePath(doc: Doc, parts: readonly string[]): Doc {
  const [name, ...rest] = parts;
  const out: Doc = new Map(doc);
  const inner = doc.get(name!);
  if (!rest.length) out.delete(name!);
  else if (isDoc(inner)) out.set(name!, removePath(inner, rest));
  return out;
}

const replaceWith =
  (stage: string): MakeStage =>
  (spec, context) => {
    let expression = spec;
    if (stage === '$replaceRoot') {
      const options = needDoc(spec, 40229, '$replaceRoot');
      for (const k of options.keys())
        if (k !== 'newRoot') throw new MongoError(40415, `BSON field '$replaceRoot.${k}' is an unknown field.`);
      if (!options.has('newRoot'))
        throw new MongoError(40414, "BSON field '$replaceRoot.newRoot' is missing but a required field");
      expression = options.get('newRoot')!;
    }
    const evaluate = compileExpression(expression, scopeOf(context));
    return function* (input) {
      for (const doc of input) {
        const v = evaluate(envOf(doc, context.variables));
        if (!isDoc(v))
          throw new MongoError(
            40228,
            `'newRoot' expression must evaluate to an object, but resulting value was of type: ${typeName(v)}`,
          );
        yield v;
      }
    };
  };

const facet: MakeStage = (spec, context) => {
  const facets = needDoc(spec, 40169, 'the $facet');
  if (!facets.size) throw new MongoError(40169, 'the $facet specification must be a non-empty object');
  const parts = [...facets].map(([name, pipeline]) => {
    if (name.startsWith('$')) throw failedToParse(`$facet: field names may not start with $: ${name}`);
    if (name.includes('.')) throw failedToParse(`$facet: field names may not contain '.': ${name}`);
    if (!Array.isArray(pipeline))
      throw new MongoError(40170, `arguments to $facet must be arrays, ${name} is type ${typeName(pipeline)}`);
    for (const stage of pipeline)
      if (
        isDoc(stage) &&
        ['$facet', '$out', '$merge', '$geoNear', '$indexStats', '$collStats', '$planCacheStats'].some((k) =>
          stage.has(k),
        )
      )
        throw new MongoError(40600, 'this stage is not allowed to be used within a $facet stage');
    return [name, parsePipeline(pipeline, { ...context, inside: '$facet' })] as const;
  });
  return function* (input) {
    const documents = [...input];
    const out: Doc = new Map();
    for (const [name, stages] of parts) out.set(name, [...runStages(stages, documents)]);
    yield out;
  };
};

export const STAGES: Record<string, MakeStage> = {
  $match: match,
  $project: project,
  $addFields: addFieldsStage,
  $set: addFieldsStage,
  $unset: unset,
  $sort: sort,
  $limit: limit,
  $skip: skip,
  $count: countStage,
  $unwind: unwind,
  $replaceRoot: replaceWith('$replaceRoot'),
  $replaceWith: replaceWith('$replaceWith'),
  $group: group,
  $bucket: bucket,
  $sortByCount: sortByCount,
  $facet: facet,
  $lookup: lookup,
};
