import type { ConfirmChannel, Message } from 'amqplib';
import { Refusal } from '../domain/index.js';
import type { BrokerConnection } from './broker-connection.js';
import { ERROR_HEADER } from './queue-consumer.js';
import { deadLetterQueue } from './topology.js';

/** The dead letters of the queues of this service: how many there are, and the way back. */
export class DeadLetters {
  private channel?: ConfirmChannel;
  private readonly returned = new Set<string>();

  constructor(connection: BrokerConnection) {
    connection.use(async (channel) => {
      channel.on('return', (message: Message) => this.returned.add(String(message.properties.correlationId)));
      channel.on('close', () => {
        if (this.channel === channel) this.channel = undefined;
      });
      this.channel = channel;
    });
  }

  /** How many dead letters a queue has now. @throws Refusal `broker-unavailable` */
  async count(queue: string): Promise<number> {
    const reply = await this.open()
      .checkQueue(deadLetterQueue(queue))
      .catch(() => {
        throw unavailable();
      });
    return reply.messageCount;
  }

  /**
   * Moves dead letters back to their queue, oldest first, with their attempts counted anew. Each is acknowledged only
   * after the broker has confirmed it in its queue, so that a crash in between leaves two and never none.
   * @param limit at most so many, so that those which die again are not moved in a circle
   */
  async redrive(queue: string, limit: number): Promise<number> {
    const channel = this.open();
    for (let moved = 0; moved < limit; moved += 1) {
      const message = await channel.get(deadLetterQueue(queue));
      if (!message) return moved;
      await this.moveBack(channel, queue, message, String(moved));
      channel.ack(message);
    }
    return limit;
  }

  private moveBack(channel: ConfirmChannel, queue: string, message: Message, correlationId: string): Promise<void> {
    const { contentType, messageId, type, headers } = message.properties;
    return new Promise((resolve, reject) => {
      channel.sendToQueue(
        queue,
        message.content,
        {
          persistent: true,
          mandatory: true,
          correlationId,
          contentType: contentType as string,
          messageId: messageId as string,
          type: type as string,
          headers: { [ERROR_HEADER]: String(headers?.[ERROR_HEADER] ?? '') },
        },
        (error: unknown) => {
          if (!error && !this.returned.delete(correlationId)) return resolve();
          channel.nack(message, false, true);
          reject(unavailable());
        },
      );
    });
  }

  private open(): ConfirmChannel {
    if (!this.channel) throw unavailable();
    return this.channel;
  }
}

const unavailable = (): Refusal =>
  new Refusal('unavailable', 'broker-unavailable', 'the broker cannot be reached', { retryAfterSeconds: 5 });
