import type { ConfirmChannel, Message } from 'amqplib';
import { CLOUD_EVENT_MEDIA_TYPE, type EventMessage } from '../contracts/index.js';
import type { BrokerConnection } from './broker-connection.js';
import { declareExchange, EVENTS_EXCHANGE } from './topology.js';

/** confirmed: a queue has it. returned: no queue wanted it. failed: the broker refused it, or was lost before it answered. */
export type PublishOutcome = 'confirmed' | 'returned' | 'failed';

/** Unconfirmed messages at most: with 100-200 the broker is busy and the delay still short. */
const WINDOW = 200;

/** Publishes persistent, mandatory messages with pipelined confirms, and knows which of them came back. */
export class EventPublisher {
  private channel?: ConfirmChannel;
  private readonly returned = new Set<string>();
  private lastId = 0;
  private inFlight = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly connection: BrokerConnection) {
    connection.use((channel) => this.attach(channel));
  }

  get isOpen(): boolean {
    return this.channel !== undefined && this.connection.isOpen;
  }

  /** To all subscribers of its type. */
  publish(event: EventMessage): Promise<PublishOutcome> {
    return this.send(EVENTS_EXCHANGE, event.routingKey, event);
  }

  /** To one named queue, past the exchange: for replays. */
  sendTo(queue: string, event: EventMessage): Promise<PublishOutcome> {
    return this.send('', queue, event);
  }

  private async send(exchange: string, key: string, event: EventMessage): Promise<PublishOutcome> {
    await this.admission();
    try {
      const channel = this.channel;
      if (!channel) return 'failed';
      const correlationId = String((this.lastId += 1));
      return await new Promise<PublishOutcome>((resolve) => {
        channel.publish(
          exchange,
          key,
          Buffer.from(event.content),
          {
            persistent: true,
            mandatory: true,
            contentType: CLOUD_EVENT_MEDIA_TYPE,
            messageId: event.id,
            correlationId,
            type: event.type,
          },
          (error: unknown) => {
            // The return of an unroutable message arrives before its confirm, and it is confirmed all the same.
            const unroutable = this.returned.delete(correlationId);
            resolve(error ? 'failed' : unroutable ? 'returned' : 'confirmed');
          },
        );
      });
    } catch {
      return 'failed'; // the channel closed under our hands
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.inFlight -= 1;
    }
  }

  /** First come, first sent: a place is handed on, never up for grabs, or the events of an aggregate could change places. */
  private async admission(): Promise<void> {
    if (this.inFlight >= WINDOW) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.inFlight += 1;
  }

  private async attach(channel: ConfirmChannel): Promise<void> {
    await declareExchange(channel);
    channel.on('return', (message: Message) => this.returned.add(String(message.properties.correlationId)));
    channel.on('close', () => {
      if (this.channel === channel) this.channel = undefined;
      this.returned.clear();
    });
    this.channel = channel;
  }
}
