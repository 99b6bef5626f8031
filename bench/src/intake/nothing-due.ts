import { MongoClient } from 'mongodb';

/**
 * Forgets for whom others of the same person are still to be looked for. The service does that beside its requests, as far
 * as they leave time; what was left over would run, on the same machine, while the baseline is measured.
 */
export async function leaveNothingDue(mongodbUrl: string): Promise<void> {
  const client = await MongoClient.connect(mongodbUrl);
  try {
    await client
      .db()
      .collection<{ state: { worklist: { flags: string[] } } }>('referrals')
      .updateMany(
        { 'state.worklist.flags': 'matching-due' },
        { $unset: { 'state.matchingDue': '' }, $pull: { 'state.worklist.flags': 'matching-due' } },
      );
  } finally {
    await client.close();
  }
}
