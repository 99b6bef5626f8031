import {
  AgencyEnrolled,
  readCloudEvent,
  sequenceOf,
  type CloudEvent,
  type EventMessage,
} from '../../contracts/index.js';
import { Refusal } from '../../domain/index.js';
import {
  AggregateStore,
  EventLog,
  GapInStream,
  occurred,
  OutboxRegistry,
  type AggregateDocument,
  type Change,
  type Database,
} from '../../persistence/index.js';
import type { EventPublisher, PublishOutcome } from '../event-publisher.js';
import { OutboxRelay } from '../outbox-relay.js';
import { Scheduler, type Actor } from './scheduler.js';
import { SimulatedCollection, type Mutation } from './simulated-collection.js';

interface Ledger {
  keys: string[];
}
interface Projection {
  seen: number[];
}

/** Known ways to lose or double events, each of which a run must expose. */
export interface Mistakes {
  mutation?: Mutation;
  /** Takes what the broker returned for what it has. */
  ignoreReturns?: boolean;
  /** Publishes without writing to the log first. */
  skipLog?: boolean;
  /** Applies whatever comes, in whatever order. */
  noConsumerGuard?: boolean;
  /** Applies anything newer than the last, and so skips what comes late. */
  skipGaps?: boolean;
  /** Acknowledges before the effect is written. */
  acknowledgeFirst?: boolean;
}

const AGGREGATES = 3;
const COMMANDS = 12;
const FAULTY_STEPS = 1_200;
const MAX_STEPS = 12_000;
const LEASE = 40;

/**
 * One seeded run: writers, three relays and two subscribers, all of them the real code, on a simulated database and
 * broker, killed, stalled and interleaved at random for a while and then left alone.
 * @returns what is wrong afterwards, by the invariants of DESIGN 3; nothing if all of them hold
 */
export async function runPlatform(seed: number, mistakes: Mistakes = {}): Promise<string[]> {
  const scheduler = new Scheduler(seed);
  const mutate = mistakes.mutation ?? (() => undefined);
  const ledgers = new SimulatedCollection(scheduler, mutate);
  const log = new SimulatedCollection(scheduler, mutate);
  const projections = new SimulatedCollection(scheduler, mutate);
  const queue: CloudEvent[] = [];
  const answered: string[] = [];
  const actors: Actor[] = [];
  /** Of the processes that run: a writer and a relay in each. */
  const processes = new Map<string, OutboxRegistry>();
  let faulty = true;

  const newActor = (name: string): Actor => ({ name, killed: false, stalledUntil: 0 });
  const model = (collection: SimulatedCollection, actor: Actor): never =>
    ({ modelName: 'Ledger', collection: collection.seenBy(actor) }) as never;
  const clock = (): Date => new Date(scheduler.now);
  const launch = (name: string, body: (actor: Actor) => Promise<void>): void => {
    const actor = newActor(name);
    actors.push(actor);
    void body(actor);
  };

  const writer = (key: string, aggregate: string): void =>
    launch(`writer ${key} ${aggregate}`, async (actor) => {
      const outboxes = [...processes.values()][scheduler.below(processes.size)]!;
      const store = new AggregateStore<Ledger>(model(ledgers, actor), outboxes, clock);
      const data = { agencyId: aggregate, name: key, enrolledAt: clock().toISOString() };
      const decide = (keys: string[]): Change<Ledger> => ({
        state: { keys: [...keys, key] },
        events: [occurred(AgencyEnrolled, data)],
      });
      const command = { key, hash: key };
      for (let done = false; !done;) {
        try {
          await store.change(aggregate, ({ state }) => decide(state.keys), { command });
          done = true;
        } catch (error) {
          if (!(error instanceof Refusal) || error.code !== 'not-found') continue;
          done = await store.create(aggregate, decide([]), command).then(
            () => true,
            () => false,
          );
        }
      }
      answered.push(key);
      const next = commands.shift();
      if (next) writer(next.key, next.aggregate);
    });

  const relay = (name: string): void =>
    launch(name, async (actor) => {
      const outboxes = new OutboxRegistry('/ledger');
      processes.set(name, outboxes);
      outboxes.register(model(ledgers, actor));
      const publish = async ({ content }: EventMessage): Promise<PublishOutcome> => {
        await scheduler.turn(actor);
        const fate = faulty ? scheduler.random() : 1;
        if (fate < 0.05) return 'failed';
        if (fate < 0.1) return mistakes.ignoreReturns ? 'confirmed' : 'returned';
        queue.push(readCloudEvent(Buffer.from(content)));
        await scheduler.turn(actor);
        return fate < 0.13 ? 'failed' : 'confirmed'; // the confirm itself may be lost
      };
      const publisher = { isOpen: true, publish } as unknown as EventPublisher;
      const eventLog = new EventLog({ model: () => model(log, actor) } as unknown as Database);
      const logger = mistakes.skipLog ? ({ append: async () => undefined } as unknown as EventLog) : eventLog;
      const relayed = new OutboxRelay(
        outboxes,
        logger,
        publisher,
        { leaseMs: LEASE, pollMs: LEASE / 2, batch: 2 },
        () => scheduler.now,
        () => scheduler.random(),
      );
      for (;;) {
        await relayed.carry();
        await scheduler.turn(actor);
      }
    });

  const subscriber = (name: string): void =>
    launch(name, async (actor) => {
      const store = new AggregateStore<Projection>(model(projections, actor), new OutboxRegistry('/projection'), clock);
      for (;;) {
        await scheduler.turn(actor);
        const [event] = queue.splice(scheduler.below(Math.min(3, queue.length)), 1); // redelivery disturbs the order
        if (!event) continue;
        inHand.set(actor, event);
        if (mistakes.acknowledgeFirst) inHand.delete(actor);
        const seq = sequenceOf(event);
        try {
          const guarded = { subject: event.subject, seq, contiguous: !mistakes.skipGaps };
          const position = mistakes.noConsumerGuard
            ? { ...guarded, subject: `${event.subject}-${queue.length}-${scheduler.now}`, contiguous: false }
            : guarded;
          await store.receive(event.subject, position, (current) => ({
            state: { seen: [...(current?.state.seen ?? []), seq] },
          }));
        } catch (error) {
          if (!(error instanceof GapInStream)) throw error;
          queue.push(event);
        }
        inHand.delete(actor);
      }
    });

  const inHand = new Map<Actor, CloudEvent>();
  const commands = Array.from({ length: COMMANDS }, (_, index) => ({
    key: `k${index}`,
    aggregate: `a${scheduler.below(AGGREGATES)}`,
  }));
  for (const name of ['relay 1', 'relay 2', 'relay 3']) relay(name);
  for (const { key, aggregate } of commands.splice(0, 2)) writer(key, aggregate);
  for (const name of ['subscriber 1', 'subscriber 2']) subscriber(name);

  const replace = (actor: Actor): void => {
    scheduler.kill(actor);
    actors.splice(actors.indexOf(actor), 1);
    const lost = inHand.get(actor);
    if (lost) queue.push(lost); // the broker gives to another what nobody acknowledged
    const [kind, key, aggregate] = actor.name.split(' ');
    if (kind === 'writer' && !answered.includes(key!)) writer(key!, aggregate!); // the client asks again, elsewhere
    if (kind === 'relay') relay(actor.name);
    if (kind === 'subscriber') subscriber(actor.name);
  };

  for (let step = 0; step < MAX_STEPS; step += 1) {
    faulty = step < FAULTY_STEPS;
    const victim = actors[scheduler.below(actors.length)]!;
    if (faulty && scheduler.random() < 0.02) replace(victim);
    else if (faulty && scheduler.random() < 0.02) victim.stalledUntil = scheduler.now + scheduler.below(3 * LEASE);
    await scheduler.step();
    if (step > FAULTY_STEPS && step % 50 === 0 && wrong().length === 0) break;
  }
  for (const actor of actors) scheduler.kill(actor);
  return wrong();

  function wrong(): string[] {
    const found: string[] = [];
    if (answered.length < COMMANDS) found.push(`${COMMANDS - answered.length} commands without an answer`);
    for (const doc of ledgers.docs.values() as Iterable<AggregateDocument<Ledger> & { _id: string }>) {
      const expected = Array.from({ length: doc.eventSeq }, (_, index) => index + 1);
      const seen = (projections.docs.get(doc._id)?.['state'] as Projection | undefined)?.seen;
      const logged = [...log.docs.values()].filter(({ subject }) => subject === doc._id).length;
      if (new Set(doc.state.keys).size !== doc.state.keys.length) found.push(`${doc._id}: a command counted twice`);
      if (doc.outbox.length > 0 || doc.ob) found.push(`${doc._id}: the outbox is not empty`);
      if (logged !== doc.eventSeq) found.push(`${doc._id}: the log has a gap`);
      if (String(seen) !== String(expected)) found.push(`${doc._id}: applied ${String(seen)}, not ${String(expected)}`);
    }
    return found;
  }
}
