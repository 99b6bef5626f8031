/** `$group` and the stages made of it. */
import { compare, typeRank } from '../bson/compare.js';
import { keyOf } from '../bson/key.js';
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { MongoError, notImplemented } from '../errors.js';
import { compileExpression, envOf, type Evaluate, type Scope } from '../expression/compile.js';
import { ACCUMULATORS, type Accumulator } from './accumulators.js';
import type { MakeStage, StageContext } from './pipeline.js';

const LEFT_OUT = new Set([
  '$accumulator',
  '$bottom',
  '$bottomN',
  '$firstN',
  '$lastN',
  '$maxN',
  '$minN',
  '$median',
  '$percentile',
  '$top',
  '$topN',
]);

interface Output {
  readonly name: string;
  readonly start: () => Accumulator;
  readonly value: Evaluate;
}

function output(name: string, spec: Value, scope: Scope): Output {
  if (name.includes('.')) throw new MongoError(40235, `The field name '${name}' cannot contain '.'`);
  if (name.startsWith('$')) throw new MongoError(40236, `The field name '${name}' cannot be an operator name`);
  if (!isDoc(spec)) throw new MongoError(40234, `The field '${name}' must be an accumulator object`);
  if (spec.size !== 1) throw new MongoError(40238, `The field '${name}' must specify one accumulator`);
  const [operator, operand] = spec.entries().next().value!;
  if (operator === '$count') {
    if (!isDoc(operand) || operand.size) throw new MongoError(40239, '$count takes no arguments, i.e. $count:{}');
    return { name, start: ACCUMULATORS.$sum!, value: () => 1 };
  }
  if (!Object.hasOwn(ACCUMULATORS, operator)) {
    if (LEFT_OUT.has(operator)) throw notImplemented(`the accumulator ${operator}`);
    throw new MongoError(15952, `unknown group operator '${operator}'`);
  }
  if (Array.isArray(operand) && operand.length !== 1)
    throw new MongoError(40237, `The ${operator} accumulator is a unary operator`);
  return {
    name,
    start: ACCUMULATORS[operator]!,
    value: compileExpression(Array.isArray(operand) ? operand[0]! : operand, scope),
  };
}

function* collect(
  input: Iterable<Doc>,
  context: StageContext,
  idOf: (doc: Doc) => Value,
  outputs: readonly Output[],
): Generator<Doc> {
  const groups = new Map<string, { id: Value; states: Accumulator[] }>();
  for (const doc of input) {
    const id = idOf(doc);
    const key = keyOf(id);
    let g = groups.get(key);
    if (!g) groups.set(key, (g = { id, states: outputs.map((o) => o.start()) }));
    const env = envOf(doc, context.variables);
    for (let i = 0; i < outputs.length; i += 1) g.states[i]!.add(outputs[i]!.value(env));
  }
  for (const g of groups.values()) {
    const out: Doc = new Map([['_id', g.id]]);
    for (const [i, o] of outputs.entries()) out.set(o.name, g.states[i]!.result());
    yield out;
  }
}

export const group: MakeStage = (spec, context) => {
  if (!isDoc(spec)) throw new MongoError(15947, "a group's fields must be specified in an object");
  if (!spec.has('_id')) throw new MongoError(15955, 'a group specification must include an _id');
  const scope = new Set(context.variables.keys());
  const id = compileExpression(spec.get('_id')!, scope);
  const outputs = [...spec].filter(([name]) => name !== '_id').map(([name, s]) => output(name, s, scope));
  return (input) => collect(input, context, (doc) => id(envOf(doc, context.variables)) ?? null, outputs);
};

export const sortByCount: MakeStage = (spec, context) => {
  const isExpression = isDoc(spec)
    ? (spec.keys().next().value ?? '').startsWith('$') && spec.size === 1
    : typeof spec === 'string' && spec.startsWith('$');
  if (!isExpression)
    throw new MongoError(
      isDoc(spec) ? 40147 : typeof spec === 'string' ? 40148 : 40149,
      'the sortByCount field must be defined as a $-prefixed path or an expression',
    );
  const grouped = group(
    new Map<string, Value>([
      ['_id', spec],
      ['count', new Map([['$sum', 1]])],
    ]),
    context,
  );
  return (input) => [...grouped(input)].sort((a, b) => compare(b.get('count'), a.get('count')));
};

export const bucket: MakeStage = (spec, context) => {
  if (!isDoc(spec)) throw new MongoError(40201, 'Argument to $bucket stage must be an object');
  for (const k of spec.keys())
    if (!['groupBy', 'boundaries', 'default', 'output'].includes(k))
      throw new MongoError(40197, `Unrecognized option to $bucket: ${k}`);
  const [groupBy, boundaries, fallback, shape] = ['groupBy', 'boundaries', 'default', 'output'].map((k) => spec.get(k));
  if (groupBy === undefined || boundaries === undefined)
    throw new MongoError(40198, "$bucket requires 'groupBy' and 'boundaries' to be specified.");
  if (
    !(typeof groupBy === 'string' && groupBy.startsWith('$')) &&
    !(isDoc(groupBy) && (groupBy.keys().next().value ?? '').startsWith('$'))
  )
    throw new MongoError(40202, "The $bucket 'groupBy' field must be defined as a $-prefixed path or an expression");
  if (!Array.isArray(boundaries)) throw new MongoError(40200, "The $bucket 'boundaries' field must be an array");
  const scope = new Set(context.variables.keys());
  const constant = (e: Value): Value => {
    const evaluate = compileExpression(e, new Set());
    return evaluate({ root: new Map() }) ?? null;
  };
  const limits = boundaries.map(constant);
  if (limits.length < 2) throw new MongoError(40192, "The $bucket 'boundaries' field must have at least 2 values");
  for (let i = 1; i < limits.length; i += 1) {
    if (typeRank(limits[i]) !== typeRank(limits[0]))
      throw new MongoError(40193, "All values in the the 'boundaries' option to $bucket must have the same type");
    if (compare(limits[i - 1], limits[i]) >= 0)
      throw new MongoError(40194, "The 'boundaries' option to $bucket must be sorted in ascending order");
  }
  const other = fallback === undefined ? undefined : constant(fallback);
  if (other !== undefined && compare(other, limits[0]) >= 0 && compare(other, limits.at(-1)) < 0)
    throw new MongoError(
      40199,
      "The $bucket 'default' field must be less than the lowest boundary or greater than or equal to the highest boundary.",
    );
  if (shape !== undefined && !isDoc(shape)) throw new MongoError(40196, "The $bucket 'output' field must be an object");
  const outputs = [...(shape ?? new Map([['count', new Map([['$sum', 1]])]]))].map(([name, s]) =>
    output(name, s as Value, scope),
  );
  const value = compileExpression(groupBy, scope);
  const place = (doc: Doc): Value => {
    const v = value(envOf(doc, context.variables));
    for (let i = limits.length - 2; i >= 0; i -= 1)
      if (compare(v, limits[i]) >= 0) {
        if (compare(v, limits[i + 1]) < 0) return limits[i]!;
        break;
      }
    if (other === undefined)
      throw new MongoError(
        7158303,
        '$bucket could not find a matching branch for an input, and no default was specified.',
      );
    return other;
  };
  return (input) => [...collect(input, context, place, outputs)].sort((a, b) => compare(a.get('_id'), b.get('_id')));
};
