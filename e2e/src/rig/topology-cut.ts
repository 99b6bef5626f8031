import { connect } from 'amqplib';
import { ARCHIVE_STREAM, EVENTS_EXCHANGE } from '@throughline/shared/messaging';
import { WITNESS_QUEUE } from '../witness/witness.module.js';
import type { CrashRig } from './crash-rig.js';

/** The archive comes last: an event that finds it alone is taken, and the subscriber would miss it. */
const BINDINGS = [
  [WITNESS_QUEUE, 'referral.#'],
  [WITNESS_QUEUE, 'agency.#'],
  [WITNESS_QUEUE, 'officer.#'],
  [ARCHIVE_STREAM, '#'],
] as const;

/** Takes every queue off the exchange while `work` goes on, so that each event comes back unroutable; then mends it. */
export async function withoutSubscribers(rig: CrashRig, work: () => Promise<void>): Promise<void> {
  const connection = await connect(rig.broker.amqpUrl);
  const channel = await connection.createChannel();
  for (const [queue, key] of BINDINGS.toReversed()) await channel.unbindQueue(queue, EVENTS_EXCHANGE, key);
  await work();
  for (const [queue, key] of BINDINGS) await channel.bindQueue(queue, EVENTS_EXCHANGE, key);
  await channel.close();
  await connection.close();
}
