/** `$push`, `$addToSet`, `$pull`, `$pullAll`, `$pop`. */
import { asInteger } from '../bson/arithmetic.js';
import { compare, equal, isNumber, toDouble } from '../bson/compare.js';
import { Regex, isDoc, type Doc, type Value } from '../bson/values.js';
import { MongoError, badValue, failedToParse, typeMismatch } from '../errors.js';
import { readsOf } from '../query/node.js';
import { parseFilter } from '../query/parse.js';
import { typeName } from '../query/predicates.js';
import { parseSort, type DocumentOrder } from '../query/sort.js';
import type { Change, MakeChange } from './modifiers.js';

const mustBeArray = (current: Value | undefined, path: string): Value[] => {
  if (current === undefined) return [];
  if (Array.isArray(current)) return current;
  throw badValue(`The field '${path}' must be an array but is of type ${typeName(current)} in document`);
};

function eachOf(op: string, argument: Doc): Value[] {
  const each = argument.get('$each');
  if (!Array.isArray(each))
    throw new MongoError(
      op === '$push' ? 2 : 14,
      `The argument to $each in ${op} must be an array but it was of type: ${typeName(each)}`,
    );
  return each;
}

function push(argument: Value): Change {
  if (!isDoc(argument) || !argument.has('$each'))
    return { op: '$push', creates: true, change: (current, _, path) => [...mustBeArray(current, path), argument] };
  for (const name of argument.keys())
    if (!['$each', '$position', '$slice', '$sort'].includes(name))
      throw badValue(`Unrecognized clause in $push: ${name}`);
  const each = eachOf('$push', argument);
  const position = integerClause('$position', argument.get('$position'));
  const slice = integerClause('$slice', argument.get('$slice'));
  const order = argument.has('$sort') ? pushOrder(argument.get('$sort')!) : undefined;
  return {
    op: '$push',
    creates: true,
    change(current, _, path) {
      let list = [...mustBeArray(current, path)];
      const at = position === undefined ? list.length : position < 0 ? Math.max(0, list.length + position) : position;
      list.splice(Math.min(at, list.length), 0, ...each);
      if (order) list.sort(order);
      const length = list.length;
      if (slice !== undefined) list = slice < 0 ? list.slice(slice) : list.slice(0, slice);
      const changed = current === undefined || each.length > 0 || order !== undefined || list.length < length;
      return changed ? list : undefined;
    },
  };
}

function integerClause(name: string, v: Value | undefined): number | undefined {
  if (v === undefined) return undefined;
  if (!isNumber(v)) throw badValue(`The value for ${name} must be an integer value but was given type: ${typeName(v)}`);
  const n = asInteger(v);
  if (n === undefined) throw badValue(`The value for ${name} must be an integer value`);
  return n;
}

function pushOrder(spec: Value): (a: Value, b: Value) => number {
  if (isNumber(spec)) {
    const d = toDouble(spec);
    if (d !== 1 && d !== -1) throw badValue('The $sort element value must be either 1 or -1');
    return (a, b) => d * compare(a, b);
  }
  if (!isDoc(spec)) throw badValue('The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1}');
  if (!spec.size) throw badValue('The $sort pattern is empty when it should be a set of fields.');
  for (const [name, direction] of spec) {
    if (!isNumber(direction) || ![1, -1].includes(toDouble(direction)))
      throw badValue('The $sort element value must be either 1 or -1');
    if (!name) throw badValue('The $sort field cannot be empty');
    if (name.split('.').includes(''))
      throw badValue(`The $sort field is a dotted field but has an empty part: ${name}`);
  }
  const order: DocumentOrder = parseSort(spec);
  const keyed = (v: Value): Value[] => order.keys(isDoc(v) ? v : new Map());
  return (a, b) => order.compareKeys(keyed(a), keyed(b));
}

function addToSet(argument: Value): Change {
  let each = [argument];
  if (isDoc(argument) && argument.keys().next().value === '$each') {
    each = eachOf('$addToSet', argument);
    if (argument.size > 1)
      throw badValue(`Found unexpected fields after $each in $addToSet: ${[...argument.keys()].slice(1).join()}`);
  }
  return {
    op: '$addToSet',
    creates: true,
    change(current, _, path) {
      if (current !== undefined && !Array.isArray(current))
        throw badValue(
          `Cannot apply $addToSet to non-array field. Field named '${path}' has non-array type ${typeName(current)}`,
        );
      const list = [...(current ?? [])];
      for (const v of each) if (!list.some((x) => equal(x, v))) list.push(v);
      return current !== undefined && list.length === current.length ? undefined : list;
    },
  };
}

function cull(op: string, current: Value | undefined, removes: (v: Value) => boolean): Value | undefined {
  if (current === undefined) return undefined;
  if (!Array.isArray(current)) throw badValue(`Cannot apply ${op} to a non-array value`);
  const rest = current.filter((v) => !removes(v));
  return rest.length === current.length ? undefined : rest;
}

function pull(argument: Value): Change {
  const { removes, ofElements } = pulls(argument);
  return {
    op: '$pull',
    creates: false,
    ...(ofElements && { ofElements }),
    change: (current) => cull('$pull', current, removes),
  };
}

interface Pulled {
  removes(v: Value): boolean;
  readonly ofElements?: readonly (readonly string[])[];
}

/** What `$pull` takes out: a filter on documents, operators or a pattern on any element, else what is equal. */
function pulls(argument: Value): Pulled {
  const state = { variables: new Map<string, Value>() };
  if (isDoc(argument)) {
    const first = argument.keys().next().value ?? '';
    if (first.startsWith('$') && !['$and', '$or', '$nor', '$expr', '$ref', '$id'].includes(first)) {
      const condition = parseFilter(new Map([['', argument]]));
      return { removes: (v) => condition.test(new Map([['', v]]), state) };
    }
    const condition = parseFilter(argument);
    const ofElements = readsOf(condition);
    return { removes: (v) => isDoc(v) && condition.test(v, state), ...(ofElements?.length && { ofElements }) };
  }
  if (argument instanceof Regex) {
    const condition = parseFilter(new Map([['', argument]]));
    return { removes: (v) => condition.test(new Map([['', v]]), state) };
  }
  return { removes: (v) => equal(v, argument) };
}

function pullAll(argument: Value): Change {
  if (!Array.isArray(argument))
    throw badValue(`$pullAll requires an array argument but was given a ${typeName(argument)}`);
  return {
    op: '$pullAll',
    creates: false,
    change: (current) => cull('$pullAll', current, (v) => argument.some((x) => equal(x, v))),
  };
}

function pop(argument: Value, path: string): Change {
  const n = isNumber(argument) ? asInteger(argument) : undefined;
  if (n !== 1 && n !== -1) throw failedToParse(`$pop expects 1 or -1, found another value: ${path}`);
  return {
    op: '$pop',
    creates: false,
    change(current) {
      if (current === undefined) return undefined;
      if (!Array.isArray(current))
        throw typeMismatch(`Path '${path}' contains an element of non-array type '${typeName(current)}'`);
      if (!current.length) return undefined;
      return n === 1 ? current.slice(0, -1) : current.slice(1);
    },
  };
}

export const ARRAY_OPERATORS: Record<string, MakeChange> = {
  $push: push,
  $addToSet: addToSet,
  $pull: pull,
  $pullAll: pullAll,
  $pop: pop,
};
