/** What differs between two versions of a record, as HSDS `metadata` tells it: field by field, each value as a text. */

export type ActionType = 'create' | 'update' | 'delete';

export interface FieldChange {
  type: ActionType;
  /** Path of the field by names, as in `phones.number`. Of a record that came or went: `id`. */
  field: string;
  previous: string;
  replacement: string;
  /** The service at a location that the change is one of; absent: the record itself. */
  place?: string;
}

/** Longer values are shortened: a history tells what changed, and is no second copy of the record. In characters. */
export const MAX_VALUE = 200;
/** A change of more fields is told by the top fields alone, so that no change outgrows its document. */
const MAX_FIELDS = 30;

type Json = Record<string, unknown>;
type Item = Json & { id: string };

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isItems = (value: unknown): value is Item[] =>
  Array.isArray(value) && value.every((item) => isObject(item) && typeof item['id'] === 'string');

/** Whether two values say the same, whatever the order of their fields. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((name) => sameValue(a[name], b[name]));
}

/** A value as a text of at most {@link MAX_VALUE} characters; nothing is the empty text. */
export function textOf(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text.length <= MAX_VALUE) return text;
  // never half of a surrogate pair
  return `${text.slice(0, MAX_VALUE - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

export const created = (id: string, place?: string): FieldChange => ({
  type: 'create',
  field: 'id',
  previous: '',
  replacement: id,
  ...(place ? { place } : {}),
});

export const deleted = (id: string, place?: string): FieldChange => ({
  type: 'delete',
  field: 'id',
  previous: id,
  replacement: '',
  ...(place ? { place } : {}),
});

/** The changes that lead from one version of a record to another. What its source says of its history is none of them. */
export function changesBetween(before: object, after: object): FieldChange[] {
  const { service_at_locations: placesBefore, metadata: _told, ...own } = before as Json;
  const { service_at_locations: placesAfter, metadata: _tells, ...ownNow } = after as Json;
  const changes = [
    ...fieldChanges(own, ownNow),
    ...placeChanges((placesBefore ?? []) as Item[], (placesAfter ?? []) as Item[]),
  ];
  return changes.length <= MAX_FIELDS ? changes : topFieldChanges(before as Json, after as Json);
}

function placeChanges(before: readonly Item[], after: readonly Item[]): FieldChange[] {
  const now = new Map(after.map((place) => [place.id, place]));
  const then = new Map(before.map((place) => [place.id, place]));
  return [
    ...before.flatMap(({ id }) => (now.has(id) ? [] : [deleted(id, id)])),
    ...after.flatMap((place) => {
      const was = then.get(place.id);
      if (!was) return [created(place.id, place.id)];
      return fieldChanges(was, place).map((change) => ({ ...change, place: place.id }));
    }),
  ];
}

/** Copies of records whose own history tells how they change. */
const COPIES = ['taxonomy_term', 'taxonomy_detail'];

function fieldChanges(before: Json, after: Json, path = ''): FieldChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => {
    const [then, now] = [before[name], after[name]];
    if (COPIES.includes(name) && isObject(then) && isObject(now) && then['id'] === now['id']) return [];
    return valueChanges(then, now, `${path}${name}`);
  });
}

function valueChanges(before: unknown, after: unknown, field: string): FieldChange[] {
  if (sameValue(before, after)) return [];
  if (isObject(before) && isObject(after) && before['id'] === after['id'])
    return fieldChanges(before, after, `${field}.`);
  const [then, now] = [before ?? [], after ?? []];
  if (!isItems(then) || !isItems(now) || sameIds(then, now) === 'reordered') return [update(field, before, after)];
  const byId = new Map(now.map((item) => [item.id, item]));
  const known = new Set(then.map(({ id }) => id));
  return [
    ...then.flatMap((item) => {
      const left = byId.get(item.id);
      return left ? fieldChanges(item, left, `${field}.`) : [update(field, item, undefined)];
    }),
    ...now.flatMap((item) => (known.has(item.id) ? [] : [update(field, undefined, item)])),
  ];
}

/** `reordered` where the same items stand in another order, or an id stands twice. */
function sameIds(before: readonly Item[], after: readonly Item[]): 'reordered' | 'comparable' {
  const [then, now] = [before, after].map((items) => items.map(({ id }) => id)) as [string[], string[]];
  const twice = new Set(then).size < then.length || new Set(now).size < now.length;
  const inBoth = (ids: string[], others: string[]) => ids.filter((id) => others.includes(id)).join();
  return twice || inBoth(then, now) !== inBoth(now, then) ? 'reordered' : 'comparable';
}

function topFieldChanges(before: Json, after: Json): FieldChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => name !== 'metadata' && !sameValue(before[name], after[name]))
    .map((name) => update(name, before[name], after[name]));
}

const update = (field: string, before: unknown, after: unknown): FieldChange => ({
  type: 'update',
  field,
  previous: textOf(before),
  replacement: textOf(after),
});
