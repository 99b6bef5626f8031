import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { ChannelModel, ConfirmChannel, ConsumeMessage, Message } from 'amqplib';
import {
  nounsBySource,
  readCloudEvent,
  type CloudEvent,
  type DataOf,
  type ReplayRequested,
} from '../contracts/index.js';
import { Refusal } from '../domain/index.js';
import { reach } from '../faults/index.js';
import { traceIdOf } from '../observability/trace-context.js';
import { GapInStream, isDatabaseUnavailable } from '../persistence/index.js';
import { messagesConsumed } from './messaging-metrics.js';
import {
  deadLetterQueue,
  declareExchange,
  declareSubscription,
  queueExists,
  retryQueue,
  type Subscription,
} from './topology.js';

export type EventHandler = (event: CloudEvent) => Promise<void>;
/** Asks the owner of streams to send them again to a queue; resolves when the broker has the request. */
export type ReplayRequest = (
  channel: ConfirmChannel,
  request: Omit<DataOf<typeof ReplayRequested>, 'requestedAt'>,
) => Promise<void>;

/** Own count of attempts: brokers count redeliveries differently from version to version. */
export const ATTEMPT_HEADER = 'x-throughline-attempt';
export const ERROR_HEADER = 'x-throughline-error';

/** An event that overtook its predecessor waits here, in milliseconds, before it takes the way over a retry rung. */
const GAP_WAITS = [20, 50, 100, 200, 400, 800];
/** Longer than a service takes to come back to a broker that has restarted, in milliseconds. */
const ASK_AGAIN_AFTER = 15_000;
const OUTAGE_WAITS = [200, 500, 1_000, 2_000];

type Disposition = { to: 'ack' } | { to: 'give-back' } | { to: 'retry' | 'dead-letter'; code: string; error: unknown };

/**
 * Consumes one queue: many aggregates at once, the events of one aggregate one after the other. A message is
 * acknowledged after its effect is written, or after the broker has confirmed it on a retry rung or as a dead letter.
 */
export class QueueConsumer {
  private readonly logger = new Logger(QueueConsumer.name);
  private readonly chains = new Map<string, Promise<void>>();
  private readonly returned = new Set<string>();
  private readonly inHand = new Set<Promise<void>>();
  private channel?: ConfirmChannel;
  private consumerTag?: string;
  private stopping = false;
  private stop: () => void = () => undefined;
  private readonly stopped = new Promise<void>((resolve) => (this.stop = resolve));

  constructor(
    private readonly subscription: Subscription,
    private readonly prefetch: number,
    private readonly handle: EventHandler,
    private readonly requestReplay: ReplayRequest,
  ) {}

  /**
   * Declares the queue and starts to consume; called again on every new channel. A queue that was not there has missed what
   * was published before: this subscriber is new, or the broker has lost its queue. The owners are asked for all of it,
   * before the queue is declared, and once more when they too had the time to come back from the same loss.
   */
  async attach(channel: ConfirmChannel, connection: ChannelModel): Promise<void> {
    await declareExchange(channel);
    if (!(await queueExists(connection, this.subscription.queue))) {
      await this.requestEverything(channel);
      setTimeout(() => void this.requestEverything(channel).catch(() => undefined), ASK_AGAIN_AFTER).unref();
    }
    await declareSubscription(channel, this.subscription);
    await channel.prefetch(this.prefetch);
    this.channel = channel;
    channel.on('return', (returned: Message) => this.returned.add(String(returned.properties.correlationId)));
    const { consumerTag } = await channel.consume(this.subscription.queue, (message) => {
      // A null message: the broker ended this consumer. A closed channel is opened again, and consumes again.
      if (message === null) return void channel.close().catch(() => undefined);
      const work = this.take(channel, message).finally(() => this.inHand.delete(work));
      this.inHand.add(work);
    });
    this.consumerTag = consumerTag;
  }

  /** Takes no more, waits for what is in hand. What waits for an outage or a gap goes back to the queue. */
  async drain(): Promise<void> {
    this.stopping = true;
    if (this.channel && this.consumerTag) await this.channel.cancel(this.consumerTag).catch(() => undefined);
    this.stop();
    await Promise.allSettled(this.inHand);
  }

  private async take(channel: ConfirmChannel, message: ConsumeMessage): Promise<void> {
    let event: CloudEvent;
    try {
      event = readCloudEvent(message.content);
    } catch (error) {
      return this.dispose(channel, message, { to: 'dead-letter', code: (error as Refusal).code, error });
    }
    const disposition = await this.untilDecided(channel, event, this.attempt(message));
    await this.dispose(channel, message, disposition, event);
  }

  private async untilDecided(channel: ConfirmChannel, event: CloudEvent, attempt: number): Promise<Disposition> {
    let gaps = 0;
    for (let outages = 0; ;) {
      if (this.stopping) return { to: 'give-back' };
      try {
        await this.inTurn(event);
        reach('C7');
        return { to: 'ack' };
      } catch (error) {
        if (error instanceof GapInStream) {
          const wait = GAP_WAITS[gaps];
          if (wait === undefined) {
            // The first rung gave the missing event time to arrive. If it did not, its source is asked for it.
            if (attempt > 0) await this.requestMissing(channel, event, error.lastApplied + 1);
            return { to: 'retry', code: 'gap-in-stream', error };
          }
          gaps += 1;
          await this.pause(wait);
        } else if (isDatabaseUnavailable(error)) {
          // Nothing is wrong with the message. It waits here, unacknowledged, and the prefetch holds the rest back.
          await this.pause(OUTAGE_WAITS[Math.min(outages, OUTAGE_WAITS.length - 1)]!);
          outages += 1;
        } else if (error instanceof Refusal && error.kind !== 'unavailable') {
          return { to: 'dead-letter', code: error.code, error };
        } else {
          return { to: 'retry', code: error instanceof Refusal ? error.code : (error as Error).name, error };
        }
      }
    }
  }

  private async requestEverything(channel: ConfirmChannel): Promise<void> {
    const { queue, bindings } = this.subscription;
    for (const [source, nouns] of nounsBySource(bindings.map((binding) => binding.slice(0, -'.#'.length))))
      await this.requestReplay(channel, { source, queue, nouns, fromSequence: 1 });
  }

  /** A request and no state: if it is lost with its channel, the next attempt of the same event asks again. */
  private async requestMissing(channel: ConfirmChannel, { source, subject }: CloudEvent, from: number): Promise<void> {
    const request = { source, subject, queue: this.subscription.queue, fromSequence: from };
    await this.requestReplay(channel, request).catch(() => undefined);
  }

  /** One event of an aggregate after the other; those of other aggregates do not wait. */
  private inTurn(event: CloudEvent): Promise<void> {
    const key = `${event.source} ${event.subject}`;
    const before = this.chains.get(key) ?? Promise.resolve();
    const turn = before.then(() => this.handle(event));
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.chains.set(key, settled);
    void settled.then(() => {
      if (this.chains.get(key) === settled) this.chains.delete(key);
    });
    return turn;
  }

  private async pause(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([new Promise<void>((resolve) => (timer = setTimeout(resolve, ms))), this.stopped]);
    clearTimeout(timer);
  }

  private attempt(message: ConsumeMessage): number {
    const count = Number(message.properties.headers?.[ATTEMPT_HEADER] ?? 0);
    return Number.isInteger(count) && count > 0 ? count : 0;
  }

  private async dispose(
    channel: ConfirmChannel,
    message: ConsumeMessage,
    disposition: Disposition,
    event?: CloudEvent,
  ): Promise<void> {
    const { queue, rungs } = this.subscription;
    try {
      if (disposition.to === 'ack') channel.ack(message);
      else if (disposition.to === 'give-back') channel.nack(message, false, true);
      else {
        const attempt = this.attempt(message);
        const delay = disposition.to === 'retry' ? rungs[attempt] : undefined;
        const target = delay === undefined ? deadLetterQueue(queue) : retryQueue(queue, delay);
        await this.move(channel, message, target, attempt + 1, disposition.code);
        channel.ack(message);
        this.logger[delay === undefined ? 'error' : 'warn']({
          msg: delay === undefined ? 'message-dead-lettered' : 'message-retried',
          queue,
          attempt: attempt + 1,
          code: disposition.code,
          error: disposition.error,
          ...(event ? { eventType: event.type, aggregateId: event.subject } : {}),
          ...(event?.traceparent ? { correlationId: traceIdOf(event.traceparent) } : {}),
        });
        messagesConsumed.inc({ queue, outcome: delay === undefined ? 'dead-lettered' : 'retried' });
        return;
      }
      messagesConsumed.inc({ queue, outcome: disposition.to === 'ack' ? 'handled' : 'given-back' });
    } catch {
      // The message stays ours or becomes the broker's again, never nobody's: closing the channel gives it back.
      await channel.close().catch(() => undefined);
    }
  }

  /** Resolves when the broker has confirmed the message in its new place, so that it is never in neither. */
  private move(
    channel: ConfirmChannel,
    message: ConsumeMessage,
    target: string,
    attempt: number,
    code: string,
  ): Promise<void> {
    const { contentType, messageId, type } = message.properties;
    const correlationId = randomUUID();
    return new Promise((resolve, reject) => {
      channel.sendToQueue(
        target,
        message.content,
        {
          persistent: true,
          mandatory: true,
          correlationId,
          contentType: contentType as string,
          messageId: messageId as string,
          type: type as string,
          headers: { [ATTEMPT_HEADER]: attempt, [ERROR_HEADER]: code },
        },
        (error: unknown) => {
          const unroutable = this.returned.delete(correlationId);
          if (error || unroutable) reject(new Error(`${target} did not take the message`));
          else resolve();
        },
      );
    });
  }
}
