import { randomUUID } from 'node:crypto';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { CLOUD_EVENT_MEDIA_TYPE, ReplayRequested, toMessage, type CloudEvent } from '../contracts/index.js';
import type { BrokerConnection } from './broker-connection.js';
import { EventContext } from './event-context.js';
import { QueueConsumer, type EventHandler, type ReplayRequest } from './queue-consumer.js';
import type { Replayer } from './replayer.js';
import { EVENTS_TRANSPORT, type SubscriptionMetadata } from './subscribe.js';
import { checkSubscription, EVENTS_EXCHANGE, RETRY_RUNGS, type Subscription } from './topology.js';

interface QueueHandlers {
  prefetch: number;
  byNoun: Map<string, MessageHandler>;
}

/**
 * The Nest transport of this platform: handlers marked with `Subscribe` consume durable quorum queues.
 *
 * Nest's own RabbitMQ transport loses or sticks the message of a handler that throws, has no confirms and no
 * `mandatory`, and cuts handlers off at shutdown. This one acknowledges after the write, retries over rungs, keeps dead
 * letters, and drains before it closes.
 */
export class EventsTransport extends Server implements CustomTransportStrategy {
  override readonly transportId = EVENTS_TRANSPORT;
  private readonly queues = new Map<string, QueueHandlers>();
  private readonly consumers: QueueConsumer[] = [];

  /** @param rungs delays of the retry rungs in milliseconds */
  constructor(
    private readonly connection: BrokerConnection,
    private readonly replayer: Replayer,
    private readonly rungs: readonly number[] = RETRY_RUNGS,
  ) {
    super();
  }

  /** The queues that this service consumes, replays included. */
  get queueNames(): string[] {
    return [...this.queues.keys(), this.replayer.queue];
  }

  /** @throws TypeError for two handlers of one noun on one queue, of which one would never be called */
  override addHandler(
    pattern: string,
    handler: MessageHandler,
    _isEvent = true,
    extras?: Record<string, unknown>,
  ): void {
    const { queue, prefetch } = extras as unknown as SubscriptionMetadata;
    const noun = pattern.slice(0, -'.#'.length);
    checkSubscription({ queue, bindings: [pattern], rungs: this.rungs });
    const handlers = this.queues.get(queue) ?? { prefetch, byNoun: new Map() };
    if (handlers.byNoun.has(noun)) throw new TypeError(`${queue} has two handlers for ${pattern}`);
    handlers.byNoun.set(noun, handler);
    this.queues.set(queue, handlers);
  }

  /** Calls back at once: a service listens to HTTP while the broker is away, and consumes when it comes. */
  async listen(callback: (error?: unknown) => void): Promise<void> {
    for (const [queue, { prefetch, byNoun }] of this.queues) {
      const bindings = [...byNoun.keys()].map((noun) => `${noun}.#`);
      this.consume({ queue, bindings, rungs: this.rungs }, prefetch, (event) => dispatch(byNoun, queue, event));
    }
    const replays = { queue: this.replayer.queue, bindings: ['replay.#'], rungs: this.rungs };
    this.consume(replays, 1, (event) => this.replayer.handle(event));
    await this.connection.start();
    callback();
  }

  async close(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.drain()));
    await this.connection.close();
  }

  on(): never {
    throw new TypeError('this transport has no events of its own; ask BrokerConnection for its state');
  }

  unwrap<T>(): T {
    return this.connection as T;
  }

  private consume(subscription: Subscription, prefetch: number, handle: EventHandler): void {
    const consumer = new QueueConsumer(subscription, prefetch, handle, requestReplay);
    this.consumers.push(consumer);
    this.connection.use((channel, connection) => consumer.attach(channel, connection));
  }
}

const requestReplay: ReplayRequest = async (channel, request) => {
  const time = new Date();
  const data = ReplayRequested.write({ ...request, requestedAt: time.toISOString() });
  const id = randomUUID();
  const event = toMessage(`/${request.queue.split('.')[0]}`, id, {
    seq: 1,
    id,
    type: ReplayRequested.routingKey,
    time,
    data,
  });
  const options = {
    persistent: true,
    contentType: CLOUD_EVENT_MEDIA_TYPE,
    messageId: id,
    type: event.type,
  };
  await new Promise<void>((resolve, reject) => {
    channel.publish(EVENTS_EXCHANGE, event.routingKey, Buffer.from(event.content), options, (error) =>
      error ? reject(error as Error) : resolve(),
    );
  });
};

async function dispatch(byNoun: Map<string, MessageHandler>, queue: string, event: CloudEvent): Promise<void> {
  const noun = event.type.split('.')[2] ?? '';
  const handler = byNoun.get(noun);
  if (!handler) return; // bound by an earlier release, or sent here by hand: nobody's business any more
  const result: unknown = await handler(event, new EventContext([queue]));
  if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
}
