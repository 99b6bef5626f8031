/**
 * The shape that a projection or `$addFields` gives a document: a tree by path whose leaves keep, drop or compute.
 * Find and aggregation share it.
 */
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { MongoError } from '../errors.js';
import { checkPath, type Env, type Evaluate } from './compile.js';

export type Leaf = 'keep' | 'drop' | Evaluate;
export class Branch {
  readonly children = new Map<string, Leaf | Branch>();
  /** Whether something below computes, so that a missing document has to be made. */
  computes = false;

  /** @throws MongoError 31249 or 31250 when a path meets one that is there */
  set(path: string, leaf: Leaf): void {
    this.#set(checkPath(path), path, leaf);
  }

  #set([name, ...rest]: string[], path: string, leaf: Leaf): void {
    if (typeof leaf === 'function') this.computes = true;
    const there = this.children.get(name!);
    if (!rest.length) {
      if (there) throw collision(there instanceof Branch ? 31250 : 31249, path);
      this.children.set(name!, leaf);
      return;
    }
    if (there && !(there instanceof Branch)) throw collision(31249, path);
    const next = there ?? new Branch();
    this.children.set(name!, next);
    next.#set(rest, path, leaf);
  }
}
const collision = (code: number, path: string): MongoError => new MongoError(code, `Path collision at ${path}`);

/** Keeps what the tree names and computes what it computes. */
export function include(doc: Doc, tree: Branch, env: Env): Doc {
  const out: Doc = new Map();
  for (const [name, value] of doc) {
    const leaf = tree.children.get(name);
    if (leaf === 'keep') out.set(name, value);
    else if (leaf instanceof Branch) {
      const inner = includeValue(value, leaf, env);
      if (inner !== undefined) out.set(name, inner);
    }
  }
  compute(out, tree, env);
  return out;
}

function includeValue(value: Value, tree: Branch, env: Env): Value | undefined {
  if (isDoc(value)) return include(value, tree, env);
  if (Array.isArray(value)) return value.map((v) => includeValue(v, tree, env)).filter((v) => v !== undefined);
  return tree.computes ? include(new Map(), tree, env) : undefined;
}

/** Adds the computed fields, those of branches that the document lacks included. */
function compute(out: Doc, tree: Branch, env: Env): void {
  if (!tree.computes) return;
  for (const [name, leaf] of tree.children) {
    if (typeof leaf === 'function') {
      const v = leaf(env);
      if (v !== undefined) out.set(name, v);
      else out.delete(name);
    } else if (leaf instanceof Branch && leaf.computes && !out.has(name)) out.set(name, include(new Map(), leaf, env));
  }
}

/** Keeps all but what the tree drops. */
export function exclude(doc: Doc, tree: Branch): Doc {
  const out: Doc = new Map();
  for (const [name, value] of doc) {
    const leaf = tree.children.get(name);
    if (leaf === undefined || leaf === 'keep') out.set(name, value);
    else if (leaf instanceof Branch) out.set(name, excludeValue(value, leaf));
  }
  return out;
}
const excludeValue = (value: Value, tree: Branch): Value =>
  isDoc(value) ? exclude(value, tree) : Array.isArray(value) ? value.map((v) => excludeValue(v, tree)) : value;

/** Keeps all and sets what the tree computes: in place where the field was, else at the end. */
export function addFields(doc: Doc, tree: Branch, env: Env): Doc {
  const out: Doc = new Map(doc);
  for (const [name, leaf] of tree.children) {
    if (leaf instanceof Branch) out.set(name, addInto(out.get(name), leaf, env));
    else if (typeof leaf === 'function') {
      const v = leaf(env);
      if (v === undefined) out.delete(name);
      else out.set(name, v);
    }
  }
  return out;
}
const addInto = (value: Value | undefined, tree: Branch, env: Env): Value =>
  Array.isArray(value)
    ? value.map((v) => addInto(v, tree, env))
    : addFields(isDoc(value) ? value : new Map(), tree, env);
