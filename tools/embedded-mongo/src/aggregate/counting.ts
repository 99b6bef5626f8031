/** Stages that ask how many documents there are and look at none. */
import { isDoc, type Doc, type Value } from '../bson/values.js';

/**
 * What a `$count`, or a `$group` under one constant of nothing but `{$sum: 1}`, gives for so many documents; undefined for any
 * other stage. The second is what drivers send for `countDocuments`.
 */
export function counting(stage: Value | undefined): ((n: number) => Doc[]) | undefined {
  if (!isDoc(stage) || stage.size !== 1) return undefined;
  const field = stage.get('$count');
  if (typeof field === 'string') return (n) => (n ? [new Map([[field, n]])] : []);
  const group = stage.get('$group');
  const id = isDoc(group) ? group.get('_id') : undefined;
  if (!isDoc(group) || !(id === null || typeof id === 'number')) return undefined;
  const names = [...group.keys()].filter((name) => name !== '_id');
  const counts = (v: Value): boolean => isDoc(v) && v.size === 1 && v.get('$sum') === 1;
  if (!names.every((name) => counts(group.get(name)!))) return undefined;
  return (n) => (n ? [new Map<string, Value>([['_id', id], ...names.map((name): [string, Value] => [name, n])])] : []);
}
