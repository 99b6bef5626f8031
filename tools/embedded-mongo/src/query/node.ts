import { walk } from '../bson/paths.js';
import type { Doc, Value } from '../bson/values.js';

/** What a match may read and report: variables of `$expr`, the place of the matched array element for a later `$`. */
export interface MatchState {
  readonly variables: ReadonlyMap<string, Value | undefined>;
  position?: number;
}
export type Single = (value: Value | undefined, state: MatchState) => boolean;

/**
 * A condition. Those on a path test one value at a time; the planner reads `op`, `path` and `operand`.
 * `and`, `or`, `nor` and `not` combine others.
 */
export interface Node {
  readonly op: string;
  readonly path?: string;
  readonly operand?: Value;
  readonly children?: readonly Node[];
  readonly single: Single;
  test(doc: Doc, state: MatchState): boolean;
}

/** A condition on the values of a path; `intoLast` says whether an array at its end is entered. */
export function onPath(op: string, path: string, operand: Value | undefined, single: Single, intoLast = true): Node {
  const parts = path.split('.');
  const simple = parts.length === 1 ? parts[0] : undefined;
  return {
    op,
    path,
    operand,
    single,
    test(doc, state) {
      if (simple !== undefined) {
        const value = doc.get(simple);
        if (!Array.isArray(value)) return single(value, state);
      }
      return walk(doc, parts, 0, intoLast, (value, place) => {
        if (!single(value, state)) return false;
        if (place >= 0) state.position = place;
        return true;
      });
    },
  };
}

export function all(children: readonly Node[]): Node {
  if (children.length === 1) return children[0]!;
  return {
    op: 'and',
    children,
    single: (v, state) => children.every((c) => c.single(v, state)),
    test: (doc, state) => children.every((c) => c.test(doc, state)),
  };
}
export function any(children: readonly Node[]): Node {
  return {
    op: 'or',
    children,
    single: (v, state) => children.some((c) => c.single(v, state)),
    test: (doc, state) => children.some((c) => c.test(doc, state)),
  };
}
/** Negation; what it holds reports no position. */
export function not(child: Node): Node {
  return {
    op: 'not',
    children: [child],
    single: (v, state) => !child.single(v, { variables: state.variables }),
    test: (doc, state) => !child.test(doc, { variables: state.variables }),
  };
}
export const never = (op: string, path: string, operand?: Value): Node => onPath(op, path, operand, () => false);

/** Paths that a condition reads; undefined: it may read any. */
export function readsOf({ op, path, children = [] }: Node): (readonly string[])[] | undefined {
  if (path !== undefined) return [path.split('.')];
  const below = children.map(readsOf);
  return op !== '$expr' && below.every((paths) => paths !== undefined) ? below.flat() : undefined;
}
