import type { Collection } from 'mongodb';
import { insertAbsent } from '@throughline/shared/persistence';

/** A document that derives from a service at one of its versions. */
interface Derived {
  id: string;
  serviceVersion: number;
  state: object;
}

/** Writes derived documents: new ones, and over those of older versions. Newer ones stay as they are. */
export async function writeNewer(collection: unknown, documents: readonly Derived[]): Promise<void> {
  const there = await insertAbsent(
    collection,
    documents.map(({ id, serviceVersion, state }) => ({ _id: id, serviceVersion, state })),
  );
  if (there.length === 0) return;
  const updates = there.map((index) => {
    const { id, serviceVersion, state } = documents[index]!;
    return {
      updateOne: {
        filter: { _id: id, serviceVersion: { $lte: serviceVersion } },
        update: { $set: { serviceVersion, state } },
      },
    };
  });
  await (collection as Collection).bulkWrite(updates as never, { ordered: false });
}
