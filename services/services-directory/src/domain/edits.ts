import { Refusal } from '@throughline/shared/domain';
import { sameValue } from './history/field-changes.js';

/**
 * What has to be known of a record that a person has changed, so that no import undoes that.
 *
 * The rule, field by field, and item by item in lists whose items have ids: where a dataset brings what it brought
 * before, the edit stays; where nobody edited, the dataset is followed; where both changed, the edit stays and the import
 * reports it, at every import, until the two say the same. What a person has withdrawn, no import brings back.
 */
export interface Edits {
  /** A person has changed the record, and it is not what its dataset brought. */
  changed?: true;
  /** What the dataset brought when the fields were last equal; absent for what a person has made. */
  brought?: Json;
  /** A person has withdrawn it. */
  withdrawn?: true;
}

type Json = Readonly<Record<string, unknown>>;
type Item = Json & { readonly id: string };

/** What becomes of a value that a person may have edited and that a dataset brings again. */
interface Merged<Value> {
  value: Value;
  /** What the dataset brought, to be compared with what it brings next time. */
  brought: unknown;
}

/** A record after a dataset has brought it again. */
export interface TakenIn<Content> {
  content: Content;
  /** Undefined where no edit is left. */
  edits: Edits | undefined;
  /** Paths of the fields in which both changed, as in `phones.number`. */
  kept: string[];
}

/** The edits of a record after a change by hand; undefined where it is again what its dataset brought. */
export function editedByHand(edits: Edits | undefined, before: object, after: object): Edits | undefined {
  const brought = edits?.changed ? edits.brought : (before as Json);
  if (brought === undefined) return { changed: true };
  return sameValue(brought, after) ? undefined : { changed: true, brought };
}

/** Who changes a record: a person, by a role; a dataset; or neither, where what it shows has changed. */
export interface Author {
  by?: string | undefined;
  dataset?: string | undefined;
  /** What a dataset that has looked at the edits leaves of them; null for none. */
  edits?: Edits | null | undefined;
}

/** The edits of a record after a change. @throws Refusal `edited-by-hand` where a dataset would undo them unseen */
export function editsAfter(
  current: Edits | undefined,
  { by, dataset, edits }: Author,
  before: object,
  after: object,
): { edits?: Edits } {
  if (by === undefined && dataset !== undefined && current && edits === undefined)
    throw new Refusal('conflict', 'edited-by-hand', 'somebody has edited this record by hand meanwhile');
  const left = by !== undefined ? editedByHand(current, before, after) : dataset !== undefined ? edits : current;
  return left ? { edits: left } : {};
}

/** What an edited record becomes with what its dataset brings. */
export function takenIn<Content extends object>(edits: Edits, current: Content, brings: Content): TakenIn<Content> {
  const kept: string[] = [];
  // what a person has withdrawn without changing it is followed, withdrawn as it is
  const before = edits.changed ? (edits.brought ?? {}) : current;
  const { value, brought } = mergedValue(before, brings, current, '', kept);
  const content = value as Content;
  const changed = sameValue(content, brings) ? {} : { changed: true as const, brought: brought as Json };
  const withdrawn = edits.withdrawn ? { withdrawn: true as const } : {};
  const left = { ...changed, ...withdrawn };
  return { content, edits: Object.keys(left).length > 0 ? left : undefined, kept };
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isItems = (value: unknown): value is readonly Item[] =>
  Array.isArray(value) &&
  value.every((item) => isObject(item) && typeof item['id'] === 'string') &&
  new Set(value.map(({ id }: Item) => id)).size === value.length;

function mergedValue(
  before: unknown,
  brings: unknown,
  current: unknown,
  path: string,
  kept: string[],
): Merged<unknown> {
  if (sameValue(brings, current)) return { value: current, brought: brings };
  if (sameValue(before, current)) return { value: brings, brought: brings };
  if (sameValue(before, brings)) return { value: current, brought: brings };
  if (isObject(brings) && isObject(current) && brings['id'] === current['id'])
    return mergedFields(isObject(before) ? before : {}, brings, current, path, kept);
  const lists = [before ?? [], brings ?? [], current ?? []];
  if (lists.every(isItems)) return mergedItems(...(lists as [Item[], Item[], Item[]]), path, kept);
  kept.push(path);
  return { value: current, brought: before };
}

function mergedFields(before: Json, brings: Json, current: Json, path: string, kept: string[]): Merged<Json> {
  const value: Record<string, unknown> = {};
  const brought: Record<string, unknown> = {};
  // in the order of the dataset, so that a record without an edit left is what the dataset brings, to the byte
  for (const name of new Set([...Object.keys(brings), ...Object.keys(current), ...Object.keys(before)])) {
    const field = mergedValue(before[name], brings[name], current[name], path ? `${path}.${name}` : name, kept);
    if (field.value !== undefined) value[name] = field.value;
    if (field.brought !== undefined) brought[name] = field.brought;
  }
  return { value, brought };
}

/** Items are matched by their ids; they keep the order in which they stand, and new ones come after them. */
function mergedItems(
  before: readonly Item[],
  brings: readonly Item[],
  current: readonly Item[],
  path: string,
  kept: string[],
): Merged<readonly Item[] | undefined> {
  const [then, source, now] = [before, brings, current].map((items) => new Map(items.map((item) => [item.id, item])));
  const value: Item[] = [];
  const brought = new Map<string, Item>();
  for (const id of new Set([...now!.keys(), ...source!.keys(), ...then!.keys()])) {
    const item = mergedValue(then!.get(id), source!.get(id), now!.get(id), path, kept);
    if (item.value !== undefined) value.push(item.value as Item);
    if (item.brought !== undefined) brought.set(id, item.brought as Item);
  }
  // in an order of the dataset's own, so that the same again is the same
  const inOrder = [...new Set([...source!.keys(), ...then!.keys()])].flatMap((id) => brought.get(id) ?? []);
  return { value: value.length > 0 ? value : undefined, brought: inOrder.length > 0 ? inOrder : undefined };
}
