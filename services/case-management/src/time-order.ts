import { decodeCursor } from '@throughline/shared/http';
import { z } from 'zod';

const position = z.tuple([z.iso.datetime(), z.string().min(1).max(128)]);

/** Where a list that is ordered by a time, then by id, goes on. */
export const timePosition = (time: Date, id: string): [string, string] => [time.toISOString(), id];

/**
 * The filter for what comes after a cursor in a list ordered by `field`, then by `_id`; none for the first page.
 * @throws Refusal `cursor-malformed`
 */
export function after(field: string, cursor: string | undefined): object[] {
  if (cursor === undefined) return [];
  const [text, id] = decodeCursor(cursor, position);
  const time = new Date(text);
  return [{ $or: [{ [field]: { $gt: time } }, { [field]: time, _id: { $gt: id } }] }];
}
