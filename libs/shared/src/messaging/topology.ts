import type { Channel, ChannelModel } from 'amqplib';

/** The one topic exchange. Routing key: `<noun>.<past-verb>.v<N>`. */
export const EVENTS_EXCHANGE = 'throughline.events';
/** A stream that keeps every event for a while. Bound to all, it makes a returned message mean a broken topology. */
export const ARCHIVE_STREAM = 'throughline.archive';
const ARCHIVE_AGE = '14D';
/** Bytes. A broker deletes whole segments alone, so that in a large one a quiet programme would keep events for ever. */
const ARCHIVE_SEGMENT = 1_000_000;

/** Delays of the retry rungs in milliseconds; one queue a rung, since a TTL per message blocks behind the head. */
export const RETRY_RUNGS: readonly number[] = [5_000, 60_000, 600_000];

/** What one purpose of one service listens to. */
export interface Subscription {
  /** `<service>.<purpose>`, for example `reporting.journeys`. */
  queue: string;
  /** Binding keys, a whole noun each (`referral.#`), so that gaps in a stream can be seen. */
  bindings: string[];
  rungs: readonly number[];
}

export const retryQueue = (queue: string, delay: number): string => `${queue}.retry.${delay}ms`;
export const deadLetterQueue = (queue: string): string => `${queue}.dlq`;

const QUEUE_NAME = /^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/;
const QUORUM = { 'x-queue-type': 'quorum' };

/**
 * Checks a subscription when it is defined, not when it first fails.
 * @throws TypeError for a name that is not `<service>.<purpose>`, no binding, or no retry rung
 */
export function checkSubscription({ queue, bindings, rungs }: Subscription): void {
  if (!QUEUE_NAME.test(queue)) throw new TypeError(`a queue is named <service>.<purpose>, not "${queue}"`);
  if (bindings.length === 0) throw new TypeError(`${queue} listens to nothing`);
  if (rungs.length === 0 || rungs.some((delay) => !(delay > 0))) throw new TypeError(`${queue} has no retry rungs`);
}

/** Declares the exchange and the archive. Every service does, so that they may start in any order. */
export async function declareExchange(channel: Channel): Promise<void> {
  await channel.assertExchange(EVENTS_EXCHANGE, 'topic', { durable: true });
  await channel.assertQueue(ARCHIVE_STREAM, {
    durable: true,
    arguments: {
      'x-queue-type': 'stream',
      'x-max-age': ARCHIVE_AGE,
      'x-stream-max-segment-size-bytes': ARCHIVE_SEGMENT,
    },
  });
  await channel.bindQueue(ARCHIVE_STREAM, EVENTS_EXCHANGE, '#');
}

/** Whether the broker has this queue. Asked on a channel of its own, since the broker closes it where the answer is no. */
export async function queueExists(connection: ChannelModel, queue: string): Promise<boolean> {
  const probe = await connection.createChannel();
  probe.on('error', () => undefined);
  try {
    await probe.checkQueue(queue);
  } catch (error) {
    if ((error as { code?: unknown }).code === 404) return false;
    throw error;
  }
  await probe.close();
  return true;
}

/**
 * Declares the queue of a subscription with its dead-letter queue and its retry rungs. A queue cannot be had without
 * them: newer brokers drop what exceeds their delivery limit where there is no dead-letter exchange.
 */
export async function declareSubscription(channel: Channel, subscription: Subscription): Promise<void> {
  checkSubscription(subscription);
  const { queue, bindings, rungs } = subscription;
  await channel.assertQueue(deadLetterQueue(queue), { durable: true, arguments: QUORUM });
  await channel.assertQueue(queue, {
    durable: true,
    arguments: {
      ...QUORUM,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': deadLetterQueue(queue),
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    },
  });
  for (const delay of rungs)
    await channel.assertQueue(retryQueue(queue, delay), {
      durable: true,
      arguments: {
        ...QUORUM,
        'x-message-ttl': delay,
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': queue,
        'x-dead-letter-strategy': 'at-least-once',
        'x-overflow': 'reject-publish',
      },
    });
  for (const binding of bindings) await channel.bindQueue(queue, EVENTS_EXCHANGE, binding);
}
