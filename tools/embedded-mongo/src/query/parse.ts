/** From a filter document to a condition. Malformed filters get the real server's errors, unknown shapes are refused. */
import { Regex, isDoc, type Doc, type Value } from '../bson/values.js';
import { isNumber, toDouble } from '../bson/compare.js';
import { badValue, notImplemented } from '../errors.js';
import { exprCondition } from './expr.js';
import { all, any, never, not, onPath, type Node } from './node.js';
import { comparison, oneOf, pattern, remainder, sizeOf, typeNumber, typeSet } from './predicates.js';

const REFUSED = new Set([
  '$where',
  '$text',
  '$jsonSchema',
  '$geoWithin',
  '$geoIntersects',
  '$near',
  '$nearSphere',
  '$within',
  '$sampleRate',
  '$bitsAllSet',
  '$bitsAnySet',
  '$bitsAllClear',
  '$bitsAnyClear',
  '$alwaysTrue',
  '$alwaysFalse',
  '$_internalExprEq',
  '$uniqueDocs',
  '$maxDistance',
  '$minDistance',
  '$geoNear',
]);

export const isTrue = (v: Value | undefined): boolean =>
  isNumber(v) ? toDouble(v) !== 0 : v !== undefined && v !== null && v !== false;

/** `variables` names what `$expr` may refer to as `$$name`. */
export function parseFilter(filter: Doc, variables: ReadonlySet<string> = new Set()): Node {
  const nodes: Node[] = [];
  for (const [name, value] of filter) {
    if (!name.startsWith('$')) nodes.push(...parseField(name, value));
    else if (name === '$and') nodes.push(all(parseList(name, value, variables)));
    else if (name === '$or') nodes.push(any(parseList(name, value, variables)));
    else if (name === '$nor') nodes.push(not(any(parseList(name, value, variables))));
    else if (name === '$expr') nodes.push(exprCondition(value, variables));
    else if (name === '$comment') continue;
    else if (REFUSED.has(name)) throw notImplemented(`the query operator ${name}`);
    else throw badValue(`unknown top level operator: ${name}`);
  }
  return all(nodes);
}

function parseList(name: string, value: Value, variables: ReadonlySet<string>): Node[] {
  if (!Array.isArray(value)) throw badValue(`${name} must be an array`);
  if (!value.length) throw badValue(`${name} must be a nonempty array`);
  return value.map((f) => {
    if (!isDoc(f)) throw badValue(`${name} argument's entries must be objects`);
    return parseFilter(f, variables);
  });
}

const firstKey = (v: Doc): string => v.keys().next().value ?? '';
const isDbRef = (v: Doc): boolean => ['$ref', '$id', '$db'].includes(firstKey(v));
const isOperators = (v: Value): v is Doc => isDoc(v) && firstKey(v).startsWith('$') && !isDbRef(v);

function parseField(path: string, value: Value): Node[] {
  if (isOperators(value)) return parseOperators(path, value);
  if (value instanceof Regex) return [patternNode(path, value.pattern, value.flags, value)];
  return [onPath('$eq', path, value, comparison('$eq', value))];
}

const patternNode = (path: string, source: string, flags: string, operand?: Value): Node =>
  onPath('$regex', path, operand, pattern(source, flags));

function parseOperators(path: string, operators: Doc): Node[] {
  const nodes: Node[] = [];
  for (const [op, operand] of operators) {
    if (op === '$options') {
      if (!operators.has('$regex')) throw badValue('$options needs a $regex');
    } else if (op === '$regex') nodes.push(regexOperator(path, operand, operators.get('$options')));
    else nodes.push(...parseOperator(path, op, operand));
  }
  return nodes;
}

function regexOperator(path: string, operand: Value, options: Value | undefined): Node {
  if (options !== undefined && typeof options !== 'string') throw badValue('$options has to be a string');
  if (typeof operand === 'string') return patternNode(path, operand, options ?? '');
  if (!(operand instanceof Regex)) throw badValue('$regex has to be a string');
  if (operand.flags && options) throw badValue('options set in both $regex and $options');
  return patternNode(path, operand.pattern, options ?? operand.flags);
}

function parseOperator(path: string, op: string, operand: Value): Node[] {
  switch (op) {
    case '$eq':
      return [onPath('$eq', path, operand, comparison('$eq', operand))];
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      if (operand instanceof Regex) throw badValue(`Can't have RegEx as arg to predicate over field '${path}'.`);
      return [onPath(op, path, operand, comparison(op, operand))];
    case '$ne':
      if (operand instanceof Regex) throw badValue("Can't have regex as arg to $ne.");
      return [not(onPath('$eq', path, operand, comparison('$eq', operand)))];
    case '$in':
      return [membership(path, operand)];
    case '$nin':
      return [not(membership(path, operand))];
    case '$exists': {
      const exists = onPath('$exists', path, true, (v) => v !== undefined);
      return [isTrue(operand) ? exists : not(exists)];
    }
    case '$type': {
      const types = typeSet(operand);
      return [onPath('$type', path, operand, (v) => v !== undefined && types.has(typeNumber(v)))];
    }
    case '$mod':
      return [onPath('$mod', path, operand, remainder(operand))];
    case '$size':
      return [onPath('$size', path, operand, sizeOf(operand), false)];
    case '$not':
      return [negation(path, operand)];
    case '$all':
      return allOf(path, operand);
    case '$elemMatch':
      return [elementMatch(path, operand)];
    default:
      if (REFUSED.has(op)) throw notImplemented(`the query operator ${op}`);
      throw badValue(`unknown operator: ${op}`);
  }
}

function negation(path: string, operand: Value): Node {
  if (operand instanceof Regex) return not(patternNode(path, operand.pattern, operand.flags));
  if (!isDoc(operand)) throw badValue('$not needs a regex or a document');
  if (!operand.size) throw badValue('$not cannot be empty');
  return not(all(parseOperators(path, operand)));
}

function membership(path: string, operand: Value): Node {
  if (!Array.isArray(operand)) throw badValue('$in needs an array');
  for (const v of operand) if (isOperators(v)) throw badValue('cannot nest $ under $in');
  return onPath('$in', path, operand, oneOf(operand));
}

function allOf(path: string, operand: Value): Node[] {
  if (!Array.isArray(operand)) throw badValue('$all needs an array');
  if (!operand.length) return [never('$all', path, operand)];
  const isElementMatch = (v: Value): v is Doc => isDoc(v) && firstKey(v) === '$elemMatch';
  if (isElementMatch(operand[0]!)) {
    return operand.map((v) => {
      if (!isElementMatch(v)) throw badValue('$all/$elemMatch has to be consistent');
      return elementMatch(path, v.get('$elemMatch')!);
    });
  }
  return operand.map((v) => {
    if (isOperators(v)) throw badValue('no $ expressions in $all');
    if (v instanceof Regex) return patternNode(path, v.pattern, v.flags);
    return onPath('$eq', path, v, comparison('$eq', v));
  });
}

const LOGICAL = new Set(['$and', '$or', '$nor', '$where', '$expr']);

function elementMatch(path: string, operand: Value): Node {
  if (!isDoc(operand)) throw badValue('$elemMatch needs an Object');
  const first = firstKey(operand);
  const byValue = first.startsWith('$') && !LOGICAL.has(first) && !isDbRef(operand);
  const child = byValue ? all(parseOperators('', operand)) : parseFilter(operand);
  if (!byValue && operand.has('$expr')) throw badValue('$expr can only be applied to the top-level document');
  return onPath(
    '$elemMatch',
    path,
    operand,
    (list, state) => {
      if (!Array.isArray(list)) return false;
      const place = list.findIndex((element) => {
        const inner = { variables: state.variables };
        if (byValue) return child.single(element, inner);
        if (isDoc(element)) return child.test(element, inner);
        return Array.isArray(element) && child.test(new Map(element.map((v, i) => [String(i), v])), inner);
      });
      if (place >= 0) state.position = place;
      return place >= 0;
    },
    false,
  );
}
