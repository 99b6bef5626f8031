import { setTimeout as sleep } from 'node:timers/promises';
import { toMessage, type RecordedEvent } from '@throughline/shared/contracts';
import { BSON, MongoClient } from 'mongodb';

/** What the service keeps of one referral when its events have left, and the event that tells of it. */
export interface Sample {
  document: Record<string, unknown>;
  event: Record<string, unknown>;
}

/** Takes the sample from the database of a service that has taken one referral; as extended JSON, for an environment. */
export async function takeSample(mongodbUrl: string): Promise<string> {
  const client = await MongoClient.connect(mongodbUrl);
  try {
    const referrals = client.db().collection('referrals');
    let document = await referrals.findOne({ outbox: { $size: 0 } });
    for (; !document; document = await referrals.findOne({ outbox: { $size: 0 } })) await sleep(20);
    const subject = String(document._id);
    const logged = await client.db().collection('event_log').findOne({ subject, seq: 1 });
    if (!logged) throw new Error('the event log holds nothing of a referral whose events have left');
    const { content } = toMessage('/referral', subject, logged as unknown as RecordedEvent);
    const event = JSON.parse(content) as Sample['event'];
    return BSON.EJSON.stringify({ document, event });
  } finally {
    await client.close();
  }
}
