import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';

/**
 * Empties what earlier rounds have filled, so that each round meets the same database. It also forgets for whom others of
 * the same person are still to be looked for: the service does that beside its requests, as far as they leave time, and
 * what was left over would run, on the same machine, while the baseline is measured.
 */
export async function emptyBook(mongodbUrls: readonly string[]): Promise<void> {
  for (const url of mongodbUrls) {
    const client = await MongoClient.connect(url);
    try {
      // the round before ended with every event at the broker; the outboxes are empty a moment later
      const referrals = client.db().collection<{ outbox: unknown[] }>('referrals');
      while ((await referrals.countDocuments({ 'outbox.0': { $exists: true } })) > 0) await sleep(20);
      for (const name of ['referrals', 'event_log']) await client.db().collection(name).deleteMany({});
    } finally {
      await client.close();
    }
  }
}
