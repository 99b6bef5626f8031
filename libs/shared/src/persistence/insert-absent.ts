import type { Collection } from 'mongodb';
import { isDuplicateKey } from './database-errors.js';

interface InsertOptions {
  /** False for what may be lost in a crash and made again: nothing waits for the disk. */
  durable: boolean;
}

/**
 * Inserts documents in one statement, each by an atomic write of its own. Answers the places among them of those that
 * were not inserted, because the collection has their key already.
 */
export async function insertAbsent(
  collection: unknown,
  documents: readonly object[],
  { durable }: InsertOptions = { durable: true },
): Promise<number[]> {
  if (documents.length === 0) return [];
  const options = { ordered: false, ...(durable ? {} : { writeConcern: { w: 1, journal: false } }) };
  try {
    await (collection as Collection).insertMany(documents as never[], options);
    return [];
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    const { writeErrors } = error as { writeErrors: { index: number } | { index: number }[] };
    return [writeErrors].flat().map(({ index }) => index);
  }
}
