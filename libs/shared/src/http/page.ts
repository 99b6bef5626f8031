import { z, type ZodType } from 'zod';
import { Refusal } from '../domain/index.js';

export const DEFAULT_PAGE_SIZE = 25;
export const MAX_PAGE_SIZE = 100;

/** The query of every list; extend it with filters: `z.strictObject({ ...pageQuery.shape, state: ... })`. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
  cursor: z.string().min(1).max(1000).optional(),
});

export interface Page<Item> {
  items: Item[];
  /** Where the next page begins; absent on the last one. */
  nextCursor?: string;
}

/** Hides the sort key of the last item in an opaque text. */
export function encodeCursor(sortKey: unknown): string {
  return Buffer.from(JSON.stringify(sortKey)).toString('base64url');
}

/**
 * The sort key of a cursor, checked against its schema, for it comes from outside and goes into a query.
 * Throws Refusal `cursor-malformed` (400).
 */
export function decodeCursor<Key>(cursor: string, schema: ZodType<Key>): Key {
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new Refusal('malformed', 'cursor-malformed', 'The cursor is none that this list gave out.');
  }
}

/**
 * The page of a list that was read with one item more than the limit.
 * @param found at most `limit + 1` items in order
 */
export function pageOf<Item>(found: readonly Item[], limit: number, sortKeyOf: (item: Item) => unknown): Page<Item> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return found.length > limit && last !== undefined ? { items, nextCursor: encodeCursor(sortKeyOf(last)) } : { items };
}
