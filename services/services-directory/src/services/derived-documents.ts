import type { Collection } from 'mongodb';
import { isDuplicateKey } from '@throughline/shared/persistence';

/** A document that derives from a service at one of its versions. */
interface Derived {
  id: string;
  serviceVersion: number;
  state: object;
}

/**
 * Writes derived documents over those of older versions and leaves newer ones alone: these stand in the way as a
 * duplicate key, which is how a process learns that another one was faster.
 */
export async function writeNewer(collection: unknown, documents: readonly Derived[]): Promise<void> {
  if (documents.length === 0) return;
  const writes = documents.map(({ id, serviceVersion, state }) => ({
    updateOne: {
      filter: { _id: id, serviceVersion: { $lte: serviceVersion } },
      update: { $set: { serviceVersion, state } },
      upsert: true,
    },
  }));
  try {
    await (collection as Collection).bulkWrite(writes as never, { ordered: false });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
}
