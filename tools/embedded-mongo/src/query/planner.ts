/**
 * Chooses how to reach the documents of a query: over an index, or all in natural order. What an index yields may be
 * more than what matches (each document is tested afterwards), never less.
 */
import { equal, isNumber, toDouble, typeRank, compare } from '../bson/compare.js';
import { keyOf, invert, typePrefix } from '../bson/key.js';
import { isArrayIndex } from '../bson/paths.js';
import { DateTime, MAX_KEY, MIN_KEY, Oid, Regex, isNull, type Value } from '../bson/values.js';
import type { Collection, Stored } from '../storage/collection.js';
import type { Index } from '../storage/index.js';
import { onPath, type Node } from './node.js';
import { comparison } from './predicates.js';
import type { DocumentOrder } from './sort.js';

type Range = readonly [low: string, high: string];
const MAX_RANGES = 20_000;

export interface Plan {
  readonly index?: Index;
  /** True when documents come in the order asked for. */
  readonly sorted: boolean;
  scan(): Iterable<Stored>;
  /** How many documents match, where the index alone tells. */
  readonly count?: () => number;
}

/** The conditions that must all hold: a conjunction taken apart. */
export function conjuncts(node: Node): Node[] {
  return node.op === 'and' ? node.children!.flatMap(conjuncts) : [node];
}

/** Ends that hold for a path whichever condition of an `$or` is met: those that continue a page in two fields, for one. */
function implied(node: Node): Node[] {
  if (node.op !== 'or') return [];
  const [first, ...others] = node.children!.map(conjuncts);
  return [LOWER, UPPER].flatMap(({ ops, end, further }) =>
    first!.flatMap((one) => {
      const meets = (c: Node): boolean => c.path === one.path && ops.includes(c.op) && sameType(c.operand, one.operand);
      const all = [one, ...others.map((branch) => branch.find(meets))];
      if (!all.every((c) => c !== undefined && meets(c))) return [];
      const [operand] = all.map((c) => c!.operand!).sort((a, b) => further * compare(a, b));
      return [onPath(end, one.path!, operand, comparison(end, operand!))];
    }),
  );
}
const LOWER = { ops: ['$gt', '$gte', '$eq'], end: '$gte', further: 1 };
const UPPER = { ops: ['$lt', '$lte', '$eq'], end: '$lte', further: -1 };
const sameType = (a: Value | undefined, b: Value | undefined): boolean =>
  isExact(a) && isExact(b) && typeRank(a) === typeRank(b);

export function plan(collection: Collection, filter: Node, order?: DocumentOrder, limit?: number, hint?: Index): Plan {
  const given = conjuncts(filter);
  const conditions = [...given, ...given.flatMap(implied)];
  let best: (Plan & { cost: number }) | undefined;
  for (const index of hint ? [hint] : collection.indexes.values()) {
    const candidate = overIndex(collection, index, { given, conditions }, order, limit, hint !== undefined);
    if (candidate && (!best || candidate.cost < best.cost)) best = candidate;
  }
  const all = collection.documents.size;
  if (best && (hint || best.cost < scanCost(all, order, limit, given.length))) return best;
  return { sorted: !order, scan: () => collection.documents.values() };
}

const scanCost = (
  all: number,
  order: DocumentOrder | undefined,
  limit: number | undefined,
  conditions: number,
): number => (order ? all * 1.5 + 1 : limit && !conditions ? limit : all + 0.5);

function overIndex(
  collection: Collection,
  index: Index,
  { given, conditions }: { given: readonly Node[]; conditions: readonly Node[] },
  order: DocumentOrder | undefined,
  limit: number | undefined,
  forced: boolean,
): (Plan & { cost: number }) | undefined {
  // As in the server, a hint uses the index even where it lacks documents that match.
  if (!forced && !usable(index, conditions)) return undefined;
  const { ranges, fixed, exact } = bounds(index, conditions);
  const tells = given.every((c) => exact.has(c));
  const direction = order ? sortedBy(index, order, fixed, ranges.length) : 0;
  const whole = ranges.length === 1 && ranges[0]![0] === '';
  // All of a sparse or partial index may still be far less than all documents.
  if (whole && !direction && !forced && !index.sparse && !index.partial) return undefined;
  let entries = 0;
  for (const [low, high] of ranges.length > 50 ? ranges.slice(0, 50) : ranges)
    entries += index.entries.estimate(low, high);
  if (ranges.length > 50) entries = (entries * ranges.length) / 50;
  const sorted = !order || direction !== 0;
  const read = sorted && limit && order ? Math.min(entries, limit * 20) : entries;
  return {
    index,
    sorted,
    cost: read * (sorted ? 1.1 : 1.5) * (tells ? 0.9 : 1) + ranges.length * 0.2 + (whole ? 0.5 : 0),
    scan: () => scanRanges(collection, index, ranges, direction < 0),
    ...(tells && { count: () => countRanges(index, ranges, fixed) }),
  };
}

function* scanRanges(
  collection: Collection,
  index: Index,
  ranges: readonly Range[],
  descending: boolean,
): Generator<Stored> {
  const seen = index.multikey ? new Set<number>() : undefined;
  for (const [low, high] of descending ? [...ranges].reverse() : ranges)
    for (const id of index.entries.scan(low, high, descending)) {
      if (seen?.has(id)) continue;
      seen?.add(id);
      const stored = collection.documents.get(id);
      if (stored) yield stored;
    }
}

function countRanges(index: Index, ranges: readonly Range[], fixed: number): number {
  const once = index.fields.every((_, i) => i < fixed || !index.isMany(i));
  if (once) return ranges.reduce((n, [low, high]) => n + index.entries.count(low, high), 0);
  const seen = new Set<number>();
  for (const [low, high] of ranges) for (const id of index.entries.scan(low, high, false)) seen.add(id);
  return seen.size;
}

/** Whether the order is that of the index (1) or its reverse (-1), after fields that are fixed to one value. */
function sortedBy(index: Index, order: DocumentOrder, fixed: number, ranges: number): number {
  for (let skip = 0; skip <= (ranges === 1 ? fixed : 0); skip += 1) {
    const fields = index.fields.slice(skip, skip + order.fields.length);
    if (fields.length < order.fields.length || fields.some((_, i) => index.isMany(skip + i))) continue;
    const same = fields.every(
      (f, i) => f.path === order.fields[i]!.path && f.descending === order.fields[i]!.descending,
    );
    if (same) return 1;
    const turned = fields.every(
      (f, i) => f.path === order.fields[i]!.path && f.descending !== order.fields[i]!.descending,
    );
    if (turned) return -1;
  }
  return 0;
}

interface Bounds {
  readonly ranges: Range[];
  /** How many leading fields are fixed to a single value. */
  readonly fixed: number;
  /** Conditions that hold for what lies in the ranges, and for nothing else. */
  readonly exact: ReadonlySet<Node>;
}

function bounds(index: Index, conditions: readonly Node[]): Bounds {
  const exact = new Set<Node>();
  let prefixes = [''];
  let fixed = 0;
  for (let i = 0; i < index.fields.length; i += 1) {
    const field = index.fields[i]!;
    const { parts } = field;
    // Elements of one array may meet two conditions apart from each other; a path by number is read in two ways.
    const useful = !index.sharesArray(i) && !parts.some(isArrayIndex);
    const own = useful ? conditions.filter((c) => c.path === field.path) : [];
    const points = pointsOf(own);
    if (points && prefixes.length * points.length <= MAX_RANGES) {
      const keys = [...new Set(points.map((v) => index.encodeField(i, v)))].sort(byUnits);
      prefixes = prefixes.flatMap((p) => keys.map((k) => p + k));
      if (keys.length === 1 && fixed === i) fixed += 1;
      if (own.length === 1 && points.every(isExact)) exact.add(own[0]!);
      continue;
    }
    const range = rangeOf(own, index.isMany(i));
    if (!range) return { ranges: prefixes.map((p) => [p, p + ABOVE] as const), fixed, exact };
    if (own.every(hasExactEnd) && !(own.length > 1 && index.isMany(i))) for (const c of own) exact.add(c);
    const [low, high] = field.descending ? [invert(range[1]), invert(range[0])] : range;
    return { ranges: prefixes.map((p) => [p + low, p + high + ABOVE] as const), fixed, exact };
  }
  return { ranges: prefixes.map((p) => [p, `${p}\u0000`] as const), fixed, exact };
}

/** Above every key that continues from here. */
const ABOVE = '\uffff\uffff\uffff';
const byUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const pointValue = (v: Value | undefined): v is Value =>
  v !== undefined &&
  !isNull(v) &&
  !Array.isArray(v) &&
  !(v instanceof Regex) &&
  v !== MIN_KEY &&
  v !== MAX_KEY &&
  !isNaNNumber(v);
const isNaNNumber = (v: Value): boolean => isNumber(v) && Number.isNaN(toDouble(v));

/** Values whose key stands for them alone, so that no document under it has to be looked at. */
const isExact = (v: Value | undefined): boolean =>
  typeof v === 'string' || typeof v === 'boolean' || typeof v === 'number' || v instanceof DateTime || v instanceof Oid;
/** Not with numbers: among the keys below any number is that of NaN, which is less than none. */
const hasExactEnd = (c: Node): boolean =>
  ['$gte', '$lte'].includes(c.op) && isExact(c.operand) && typeof c.operand !== 'number';

function pointsOf(own: readonly Node[]): Value[] | undefined {
  for (const c of own) if (c.op === '$eq' && pointValue(c.operand)) return [c.operand];
  for (const c of own) if (c.op === '$in' && Array.isArray(c.operand) && c.operand.every(pointValue)) return c.operand;
  return undefined;
}

/** The lower of two ends, of which one may be the type alone and stands for all of it. */
const narrower = (a: string, b: string): string => (a.length === 1 ? b : b.length === 1 ? a : a < b ? a : b);

/** One range within a type, both ends included. Of several conditions only one may count where a document has several entries. */
function rangeOf(own: readonly Node[], multikey: boolean): [string, string] | undefined {
  let out: [string, string] | undefined;
  for (const c of own) {
    const v = c.operand;
    if (!['$gt', '$gte', '$lt', '$lte'].includes(c.op) || !pointValue(v)) continue;
    if (out && multikey) break;
    const whole = typePrefix(v);
    const range: [string, string] = c.op.startsWith('$g') ? [keyOf(v), whole] : [whole, keyOf(v)];
    if (!out) out = range;
    else out = [range[0] > out[0] ? range[0] : out[0], narrower(range[1], out[1])];
  }
  return out;
}

/** Whether every document that can match stands in the index. */
function usable(index: Index, conditions: readonly Node[]): boolean {
  if (index.sparse && !index.fields.some((f) => conditions.some((c) => c.path === f.path && excludesMissing(c))))
    return false;
  return !index.partial || conjuncts(index.partial).every((p) => conditions.some((c) => implies(c, p)));
}

function excludesMissing(c: Node): boolean {
  if (c.op === '$exists') return true;
  if (c.op === '$in') return Array.isArray(c.operand) && c.operand.every(pointValue);
  return ['$eq', '$gt', '$gte', '$lt', '$lte'].includes(c.op) && pointValue(c.operand);
}

const COMPARES: Record<string, (c: number) => boolean> = {
  $eq: (c) => c === 0,
  $gt: (c) => c > 0,
  $gte: (c) => c >= 0,
  $lt: (c) => c < 0,
  $lte: (c) => c <= 0,
};

/** Whether what meets `given` always meets `wanted`, a condition of a partial index. */
function implies(given: Node, wanted: Node): boolean {
  if (given.path === undefined || given.path !== wanted.path) return false;
  if (given.op === wanted.op && equal(given.operand, wanted.operand)) return true;
  if (wanted.op === '$exists') return excludesMissing(given);
  const [a, b] = [given.operand, wanted.operand];
  if (!pointValue(a) || !pointValue(b) || typeRank(a) !== typeRank(b) || !COMPARES[wanted.op]) return false;
  const c = compare(a, b);
  if (given.op === '$eq') return COMPARES[wanted.op]!(c);
  if (given.op === '$gt') return (wanted.op === '$gt' || wanted.op === '$gte') && c >= 0;
  if (given.op === '$gte') return (wanted.op === '$gte' && c >= 0) || (wanted.op === '$gt' && c > 0);
  if (given.op === '$lt') return (wanted.op === '$lt' || wanted.op === '$lte') && c <= 0;
  if (given.op === '$lte') return (wanted.op === '$lte' && c <= 0) || (wanted.op === '$lt' && c < 0);
  return false;
}
