import type { Writable } from 'node:stream';
import { Logger } from '@nestjs/common';
import amqp, { type ChannelModel, type ConfirmChannel, type RecoveringChannelModel } from 'amqplib';
import { gatherWrites } from './gathered-writes.js';

/**
 * Makes a channel ready for its work: declares, consumes, remembers it. Called again after every loss.
 * The connection is for questions whose answer may cost a channel, such as whether a queue exists.
 */
export type ChannelSetup = (channel: ConfirmChannel, connection: ChannelModel) => Promise<void>;

const REOPEN_DELAY = 500;

/**
 * A connection that heals: it comes up in the background, comes back after a loss, and gives each of its users a
 * fresh channel every time. amqplib recovers the connection; a channel that the broker closed is reopened here.
 */
export class BrokerConnection {
  private readonly logger = new Logger(BrokerConnection.name);
  private readonly setups: ChannelSetup[] = [];
  private readonly channels = new Set<ConfirmChannel>();
  private connection?: RecoveringChannelModel;
  private model?: ChannelModel;
  private closing = false;
  private attached = false;
  private blocked = false;
  private reported = false;
  private connecting?: Promise<void>;

  /** @param name what an operator sees in the list of connections, for example `referral relay` */
  constructor(
    private readonly url: string,
    private readonly name: string,
  ) {}

  /** True while the broker takes messages: every user has its channel, and publishers are not blocked for want of memory. */
  get isOpen(): boolean {
    return this.attached && !this.blocked;
  }

  /** Adds a user of a channel. Give all of them before `start`. */
  use(setup: ChannelSetup): void {
    this.setups.push(setup);
  }

  async start(): Promise<void> {
    const connection = await amqp.connect(this.url, {
      clientProperties: { connection_name: this.name },
      timeout: 5_000,
      recovery: {
        initialDelay: 200,
        maxDelay: 5_000,
        waitForConnect: false,
        setup: (model: ChannelModel) => (this.connecting = this.connected(model)),
      },
    });
    this.connection = connection;
    connection.on('error', () => undefined); // always followed by `disconnect`
    connection.on('handler-error', (error: Error) =>
      this.logger.error({ msg: 'broker-handler-failed', code: error.name }),
    );
    connection.on('blocked', () => {
      this.blocked = true;
      this.logger.warn({ msg: 'broker-blocked' });
    });
    connection.on('unblocked', () => (this.blocked = false));
    connection.on('connect-failed', () => this.reportLoss());
    connection.on('disconnect', () => {
      this.model = undefined;
      this.attached = false;
      this.blocked = false;
      this.channels.clear();
      this.reportLoss();
    });
  }

  /** Closes the channels first: closing the connection straight away would lose acknowledgements that are on their way. */
  async close(): Promise<void> {
    this.closing = true;
    // A channel that is closed while it is made ready would leave a declaration without an answer, and us waiting for it.
    await this.connecting?.catch(() => undefined);
    for (const channel of this.channels) await channel.close().catch(() => undefined);
    this.model = undefined;
    this.attached = false;
    await this.connection?.close().catch(() => undefined);
  }

  private async connected(model: ChannelModel): Promise<void> {
    // amqplib listens only when this is done: an error that nobody hears would end the process, and a loss go unnoticed.
    let lost = false;
    gatherWrites((model.connection as unknown as { stream: Writable }).stream);
    model.on('error', () => undefined);
    model.once('close', () => (lost = true));
    this.model = model;
    this.reported = false;
    for (const setup of this.setups) await this.open(model, setup);
    if (lost) throw new Error('the connection was lost while its channels were made ready');
    this.attached = true;
    this.logger.log({ msg: 'broker-connected' });
  }

  private async open(model: ChannelModel, setup: ChannelSetup): Promise<void> {
    const channel = await model.createConfirmChannel();
    this.channels.add(channel);
    channel.on('error', (error) =>
      this.logger.error({ msg: 'channel-refused', code: String((error as { code?: unknown }).code) }),
    );
    channel.on('handler-error', (error) => this.logger.error({ msg: 'channel-handler-failed', code: error.name }));
    channel.on('close', () => {
      this.channels.delete(channel);
      this.reopen(model, setup);
    });
    await setup(channel, model);
  }

  private reopen(model: ChannelModel, setup: ChannelSetup): void {
    setTimeout(() => {
      if (this.closing || this.model !== model) return;
      this.open(model, setup).catch(() => undefined); // its close event brings us back here
    }, REOPEN_DELAY).unref();
  }

  /** Once for every outage, not once for every attempt. */
  private reportLoss(): void {
    if (this.reported || this.closing) return;
    this.reported = true;
    this.logger.warn({ msg: 'broker-unavailable' });
  }
}
