import { Module, type DynamicModule, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Database, EventLog, OutboxRegistry } from '../persistence/index.js';
import { BrokerConnection } from './broker-connection.js';
import { DeadLetters } from './dead-letters.js';
import { EventPublisher } from './event-publisher.js';
import { EventsTransport } from './events-transport.js';
import { OperationsController } from './operations.controller.js';
import { OutboxRelay, RELAY_DEFAULTS } from './outbox-relay.js';
import { Replayer } from './replayer.js';

/** What messaging takes from the environment of a service (`CommonConfig` of http has all of it). */
export interface MessagingConfig {
  AMQP_URL: string;
  /** Milliseconds that a relay's claim on an outbox holds. */
  RELAY_LEASE_MS?: number;
  /** Delays of the retry rungs in milliseconds; they are part of the names of queues. */
  RETRY_RUNGS_MS?: readonly number[];
}

/** Publishers have a connection of their own: a broker that is short of memory blocks those that publish, not those that take. */
class PublishingConnection extends BrokerConnection {}
class ConsumingConnection extends BrokerConnection {}

/** Starts and ends messaging in the one order that loses nothing. */
class MessagingLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly publishing: BrokerConnection,
    private readonly relay: OutboxRelay,
    private readonly database: Database,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.publishing.start();
    this.relay.start();
  }

  /** By now requests and handlers have finished: their events leave, then the broker goes, then the database. */
  async onApplicationShutdown(): Promise<void> {
    await this.relay.stop();
    await this.publishing.close();
    await this.database.close();
  }
}

/** Relay, publisher, consumers, replays and dead letters of a service. Needs `PersistenceModule`. */
@Module({})
export class MessagingModule {
  /** @param service its name, for example `referral` */
  static forRoot(service: string, config: MessagingConfig): DynamicModule {
    return {
      module: MessagingModule,
      global: true,
      controllers: [OperationsController],
      providers: [
        {
          provide: PublishingConnection,
          useFactory: () => new PublishingConnection(config.AMQP_URL, `${service} publisher`),
        },
        {
          provide: ConsumingConnection,
          useFactory: () => new ConsumingConnection(config.AMQP_URL, `${service} consumers`),
        },
        {
          provide: EventPublisher,
          useFactory: (connection: PublishingConnection) => new EventPublisher(connection),
          inject: [PublishingConnection],
        },
        {
          provide: DeadLetters,
          useFactory: (connection: PublishingConnection) => new DeadLetters(connection),
          inject: [PublishingConnection],
        },
        {
          provide: Replayer,
          useFactory: (log: EventLog, publisher: EventPublisher) => new Replayer(`/${service}`, log, publisher),
          inject: [EventLog, EventPublisher],
        },
        {
          provide: OutboxRelay,
          useFactory: (outboxes: OutboxRegistry, log: EventLog, publisher: EventPublisher) =>
            new OutboxRelay(outboxes, log, publisher, {
              ...RELAY_DEFAULTS,
              leaseMs: config.RELAY_LEASE_MS ?? RELAY_DEFAULTS.leaseMs,
            }),
          inject: [OutboxRegistry, EventLog, EventPublisher],
        },
        {
          provide: EventsTransport,
          useFactory: (connection: ConsumingConnection, replayer: Replayer) =>
            new EventsTransport(connection, replayer, config.RETRY_RUNGS_MS),
          inject: [ConsumingConnection, Replayer],
        },
        {
          provide: MessagingLifecycle,
          useFactory: (publishing: PublishingConnection, relay: OutboxRelay, database: Database) =>
            new MessagingLifecycle(publishing, relay, database),
          inject: [PublishingConnection, OutboxRelay, Database],
        },
      ],
      exports: [EventPublisher, EventsTransport, DeadLetters, Replayer, OutboxRelay],
    };
  }
}
