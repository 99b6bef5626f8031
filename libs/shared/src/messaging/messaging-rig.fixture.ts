import { AgencyEnrolled, readCloudEvent, type CloudEvent } from '../contracts/index.js';
import {
  AggregateStore,
  aggregateSchema,
  Database,
  EventLog,
  occurred,
  OutboxRegistry,
  type AggregateDocument,
  type Change,
} from '../persistence/index.js';
import { eventually, testInfrastructure } from '../testing/index.js';
import type { ConfirmChannel } from 'amqplib';
import { BrokerConnection } from './broker-connection.js';
import { EventPublisher } from './event-publisher.js';
import { OutboxRelay, RELAY_DEFAULTS, type RelayOptions } from './outbox-relay.js';
import { declareSubscription, deadLetterQueue } from './topology.js';

export interface Ledger {
  count: number;
}

/** Publishing and consuming parts on a real broker and database of their own, for the tests of this folder. */
export async function messagingRig(): Promise<Awaited<ReturnType<typeof build>>> {
  const infrastructure = await testInfrastructure();
  return build(infrastructure.mongodbUrl, infrastructure.amqpUrl, infrastructure.remove);
}

async function build(mongodbUrl: string, amqpUrl: string, remove: () => Promise<void>) {
  const database = new Database(mongodbUrl);
  const outboxes = new OutboxRegistry('/referral');
  const log = new EventLog(database);
  const model = database.model('Ledger', aggregateSchema<Ledger>(), 'ledgers');
  const store = new AggregateStore<Ledger>(model, outboxes);
  const connection = new BrokerConnection(amqpUrl, 'rig publisher');
  const publisher = new EventPublisher(connection);
  let control: ConfirmChannel | undefined;
  connection.use(async (channel) => void (control = channel));
  database.onModuleInit();
  await connection.start();
  await eventually(
    async () => {
      if (!publisher.isOpen || !control || !(await database.isReady())) throw new Error('not yet');
    },
    { describe: 'broker and database of the rig', deadlineMs: 20_000 },
  );
  const channel = (): ConfirmChannel => control!;
  const rungs = [100, 300];
  return {
    database,
    outboxes,
    log,
    model,
    store,
    publisher,
    amqpUrl,
    rungs,
    channel,
    relay: (options: Partial<RelayOptions> = {}) =>
      new OutboxRelay(outboxes, log, publisher, { ...RELAY_DEFAULTS, ...options }),
    /** A queue of a subscriber, declared and empty. */
    declare: (queue: string, bindings = ['agency.#']) => declareSubscription(channel(), { queue, bindings, rungs }),
    /** Writes one change with so many events. */
    change: async (id: string, events = 1, traceparent?: string) => {
      const decide = (count: number): Change<Ledger> => ({
        state: { count: count + events },
        events: Array.from({ length: events }, () =>
          occurred(AgencyEnrolled, { agencyId: id, name: 'Santa Fe', enrolledAt: '2026-01-05T16:00:00.000Z' }),
        ),
      });
      const trace = traceparent === undefined ? {} : { traceparent };
      if (await store.load(id)) await store.change(id, ({ state }) => decide(state.count), trace);
      else await store.create(id, decide(0), { key: id, hash: id, ...trace });
    },
    pending: async () =>
      (await model.collection
        .find({ 'ob.since': { $gte: new Date(0) } } as never)
        .toArray()) as unknown as AggregateDocument<Ledger>[],
    /** Takes so many messages off a queue; fails at the deadline if they do not come. */
    take: async (queue: string, count: number): Promise<CloudEvent[]> => {
      const taken: CloudEvent[] = [];
      await eventually(
        async () => {
          for (;;) {
            const message = await channel().get(queue, { noAck: true });
            if (!message) break;
            taken.push(readCloudEvent(message.content));
          }
          if (taken.length < count) throw new Error(`${taken.length} of ${count}`);
        },
        { describe: `${count} messages on ${queue}`, deadlineMs: 20_000 },
      );
      return taken;
    },
    /** Waits for dead letters and answers their error codes. */
    deadLetters: async (queue: string, count: number): Promise<string[]> => {
      const codes: string[] = [];
      await eventually(
        async () => {
          const message = await channel().get(deadLetterQueue(queue), { noAck: true });
          if (message) codes.push(String(message.properties.headers?.['x-throughline-error']));
          if (codes.length < count) throw new Error(`${codes.length} of ${count}`);
        },
        { describe: `${count} dead letters of ${queue}`, deadlineMs: 20_000 },
      );
      return codes;
    },
    close: async () => {
      await connection.close();
      await database.close();
      await remove();
    },
  };
}

export type MessagingRig = Awaited<ReturnType<typeof build>>;
