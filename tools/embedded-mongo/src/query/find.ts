import { decode } from '../bson/decode.js';
import { Parts, readParts } from '../bson/parts.js';
import { pathTree } from '../bson/path-tree.js';
import type { Doc, Value } from '../bson/values.js';
import type { Collection, Stored } from '../storage/collection.js';
import type { Index } from '../storage/index.js';
import { readsOf, type MatchState, type Node } from './node.js';
import { plan, type Plan } from './planner.js';
import type { DocumentOrder } from './sort.js';

export interface Selection {
  readonly filter: Node;
  readonly order?: DocumentOrder;
  readonly skip?: number;
  /** 0 or undefined: all. */
  readonly limit?: number;
  readonly hint?: Index;
  /** Natural order asked for, forwards (1) or backwards (-1): no index is used. */
  readonly natural?: 1 | -1;
  readonly variables?: ReadonlyMap<string, Value | undefined>;
}

/** A document that matched, as its bytes were then. */
export interface Match {
  readonly stored: Stored;
  readonly bytes: Buffer;
  readonly position?: number;
}

/** The documents that match, in order, from `skip` on. Reads on only as far as it is asked to. */
export function* select(collection: Collection | undefined, s: Selection): Generator<Match> {
  if (!collection) return;
  const { skip = 0, limit = 0 } = s;
  const chosen = s.natural
    ? naturalOrder(collection, s.natural, !s.order)
    : plan(collection, s.filter, s.order, limit ? limit + skip : undefined, s.hint);
  const matches = matching(chosen.scan(), s);
  let skipped = 0;
  let given = 0;
  for (const m of chosen.sorted || !s.order ? matches : sorted(matches, s.order)) {
    if (skipped < skip) {
      skipped += 1;
      continue;
    }
    yield m;
    given += 1;
    if (limit && given >= limit) return;
  }
}

/** How many documents match; looks at none of them where an index tells, and at no more once there are `enough`. */
export function countOf(
  collection: Collection,
  filter: Node,
  { hint, variables, enough }: Pick<Selection, 'hint' | 'variables'> & { readonly enough?: number | undefined },
): number {
  if (!hint && matchesAll(filter)) return collection.documents.size;
  const chosen = plan(collection, filter, undefined, enough, hint);
  if (chosen.count) return chosen.count();
  const matches = matching(chosen.scan(), { filter, variables });
  let n = 0;
  while (n !== enough && !matches.next().done) n += 1;
  return n;
}

const matchesAll = (filter: Node): boolean => filter.op === 'and' && !filter.children!.length;

const naturalOrder = (collection: Collection, direction: 1 | -1, sorted: boolean): Plan => ({
  sorted,
  scan: () => (direction === 1 ? collection.documents.values() : [...collection.documents.values()].reverse()),
});

function* matching(candidates: Iterable<Stored>, s: Selection): Generator<Match> {
  const variables = s.variables ?? new Map<string, Value>();
  const needed = partsOf(s.filter);
  const all = matchesAll(s.filter);
  for (const stored of candidates) {
    if (all) {
      yield { stored, bytes: stored.bytes };
      continue;
    }
    const state: MatchState = { variables };
    if (s.filter.test(readParts(needed, stored.bytes), state))
      yield { stored, bytes: stored.bytes, ...(state.position === undefined ? {} : { position: state.position }) };
  }
}

/** Fields that a filter reads; undefined: it may read any. */
function partsOf(filter: Node): Parts | undefined {
  const reads = readsOf(filter);
  return reads && new Parts(pathTree(reads));
}

function sorted(matches: Iterable<Match>, order: DocumentOrder): Match[] {
  const parts = new Parts(pathTree(order.fields.map((f) => f.path.split('.'))));
  const keyed: { m: Match; keys: Value[] }[] = [];
  for (const m of matches) keyed.push({ m, keys: order.keys(parts.read(m.bytes)) });
  return keyed.sort((a, b) => order.compareKeys(a.keys, b.keys)).map((k) => k.m);
}

export const read = (m: Match): Doc => decode(m.bytes);
