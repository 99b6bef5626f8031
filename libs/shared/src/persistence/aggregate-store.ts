import type { Model } from 'mongoose';
import type { RecordedEvent } from '../contracts/index.js';
import { Refusal } from '../domain/index.js';
import { reach } from '../faults/index.js';
import {
  OUTBOX_LIMIT,
  REMEMBERED_COMMANDS,
  type AggregateDocument,
  type CommandKey,
  type CommandRecord,
  type Timer,
} from './aggregate-document.js';
import { answered, remembered } from './command-records.js';
import { GatheredInserts } from './gathered-inserts.js';
import { insertAbsent } from './insert-absent.js';
import { recordedEvents, type NewEvent } from './new-events.js';
import type { OutboxRegistry } from './outbox-registry.js';
import { isAlreadyApplied, type StreamPosition } from './stream-position.js';

/** What a decision comes to: the new state, the events that say so, and what the caller is told. */
export interface Change<State> {
  state: State;
  events?: NewEvent[];
  /** Remembered under the command's key and given again to whoever repeats it. Holds ids and codes, nothing personal. */
  result?: unknown;
  /** The timers from now on; left out, they stay as they are. */
  timers?: Timer[];
}

export interface Snapshot<State> {
  id: string;
  version: number;
  state: State;
  timers: readonly Timer[];
}

export interface Outcome<State> extends Snapshot<State> {
  result: unknown;
  /** True when the command had been carried out before, and nothing changed now. */
  repeated: boolean;
}

/** An aggregate to be created, see `AggregateStore.createMany`. */
export interface Creation<State> {
  id: string;
  change: Change<State>;
  command: CommandKey;
}

export interface ChangeOptions {
  command?: CommandKey;
  /** From `If-Match`: the version that the caller has seen. */
  expectedVersion?: number;
  /** Of what brought the change about, where that is no command. */
  traceparent?: string;
}

type Stored<State> = AggregateDocument<State>;

/** What a change writes besides its state. */
interface Write {
  command?: CommandRecord | undefined;
  applied?: Record<string, number>;
  traceparent: string | undefined;
}

/** A write that loses this many races in a row meets a caller that should wait. */
const MAX_RACES = 30;

/**
 * Loads and changes the aggregates of one collection, each change a single atomic write of state, outgoing events,
 * remembered answer, timers and applied sources. Safe with any number of replicas: a writer that was overtaken
 * decides again on the new state.
 *
 * Writes go to the driver below mongoose: casting would drop or bend what the domain has already decided.
 */
export class AggregateStore<State> {
  private readonly inserts: GatheredInserts<Stored<State>>;

  constructor(
    private readonly model: Model<Stored<State>>,
    private readonly outboxes: OutboxRegistry,
    private readonly now: () => Date = () => new Date(),
  ) {
    this.inserts = new GatheredInserts(model);
    outboxes.register(model as unknown as Model<Stored<unknown>>);
  }

  async load(id: string): Promise<Snapshot<State> | undefined> {
    const doc = await this.read(id);
    return doc && snapshot(doc);
  }

  /**
   * Creates an aggregate. Its id should derive from the command's key (`derivedId`), so that a repeated command finds
   * the first one. @throws Refusal `idempotency-key-reused` when the key was used for something else.
   */
  async create(id: string, change: Change<State>, command: CommandKey): Promise<Outcome<State>> {
    const doc = this.createdDocument({ id, change, command });
    if (await this.insert(doc)) return outcome(doc, change.result, false);
    const existing = await this.read(id);
    const first = existing && answered(existing, command);
    if (existing && first) return outcome(existing, first.result, true);
    throw new Refusal('conflict', 'already-exists', 'there is already a record with this id');
  }

  /**
   * Creates many aggregates in one statement, each by an atomic write of its own.
   * Answers the ids of those that were there already, which stay as they are.
   */
  async createMany(creations: readonly Creation<State>[]): Promise<Set<string>> {
    const docs = creations.map((creation) => this.createdDocument(creation));
    const taken = new Set((await insertAbsent(this.model.collection, docs)).map((index) => docs[index]!._id));
    for (const doc of docs) if (!taken.has(doc._id)) this.created(doc);
    return taken;
  }

  /**
   * Decides on the current state and writes the change. `decide` is called again when another writer was faster.
   * @throws Refusal `not-found`, `version-mismatch`, `idempotency-key-reused`, `too-many-pending-events`, `busy`,
   *   and whatever `decide` throws; nothing is written then
   */
  async change(
    id: string,
    decide: (current: Snapshot<State>) => Change<State>,
    options: ChangeOptions = {},
  ): Promise<Outcome<State>> {
    const { command, expectedVersion, traceparent = command?.traceparent } = options;
    for (let race = 0; race < MAX_RACES; race += 1) {
      const doc = await this.read(id);
      if (!doc) throw new Refusal('not-found', 'not-found', 'there is no such record');
      const first = command && answered(doc, command);
      if (first) return outcome(doc, first.result, true);
      if (expectedVersion !== undefined && doc.version !== expectedVersion)
        throw new Refusal(
          'precondition-failed',
          'version-mismatch',
          'somebody has changed this record since you read it',
        );
      const change = decide(snapshot(doc));
      const written = await this.write(doc, change, {
        command: command && remembered(command, change.result),
        traceparent,
      });
      if (written) return outcome(written, change.result, false);
    }
    throw busy();
  }

  /**
   * Applies one event of another aggregate: effect, position and own events in one write.
   * `decide` gets undefined where the aggregate does not exist yet, and answers undefined where the event changes nothing.
   * @param position of the event in its source; `contiguous` ones must follow directly on the last one applied here
   * @throws GapInStream when an earlier event has not been applied yet
   */
  async receive(
    id: string,
    position: StreamPosition,
    decide: (current: Snapshot<State> | undefined) => Change<State> | undefined,
  ): Promise<'applied' | 'already-applied' | 'ignored'> {
    for (let race = 0; race < MAX_RACES; race += 1) {
      const doc = await this.read(id);
      if (isAlreadyApplied(position, doc?.applied[position.subject])) return 'already-applied';
      const change = decide(doc && snapshot(doc));
      const applied = { [position.subject]: position.seq };
      if (doc) {
        const { traceparent } = position;
        if (await this.write(doc, change ?? { state: doc.state }, { applied, traceparent })) return 'applied';
      } else if (!change) {
        if (position.contiguous)
          throw new TypeError('a contiguous receiver keeps a record for every stream it follows');
        return 'ignored';
      } else if (await this.insert({ ...this.firstDocument(id, change, position.traceparent), applied }))
        return 'applied';
    }
    throw busy();
  }

  private async read(id: string): Promise<Stored<State> | undefined> {
    return ((await this.model.collection.findOne({ _id: id as never })) as Stored<State> | null) ?? undefined;
  }

  private createdDocument({ id, change, command }: Creation<State>): Stored<State> {
    const createdBy = remembered(command, change.result);
    // of one shape, see ADR 13
    return Object.assign(this.firstDocument(id, change, command.traceparent), { createdBy });
  }

  private firstDocument(id: string, change: Change<State>, traceparent: string | undefined): Stored<State> {
    const outbox = this.record(id, 0, change.events ?? [], traceparent);
    return {
      _id: id,
      version: 1,
      eventSeq: outbox.length,
      state: change.state,
      applied: {},
      commands: [],
      ...timerFields(change.timers ?? []),
      outbox,
      ...(outbox.length > 0 ? { ob: { since: this.now() } } : {}),
    };
  }

  /** Answers false where a document of that id is there already. */
  private async insert(doc: Stored<State>): Promise<boolean> {
    const inserted = await this.inserts.insert(doc);
    if (inserted) this.created(doc);
    return inserted;
  }

  private async write(
    doc: Stored<State>,
    change: Change<State>,
    { command, applied = {}, traceparent }: Write,
  ): Promise<Stored<State> | undefined> {
    const events = this.record(doc._id, doc.eventSeq, change.events ?? [], traceparent);
    const room = OUTBOX_LIMIT - events.length;
    if (events.length > 0 && doc.outbox.length > room)
      throw new Refusal(
        'unavailable',
        'too-many-pending-events',
        'too many events of this record wait for the broker',
        {
          retryAfterSeconds: 5,
        },
      );
    const timers = change.timers ? timerFields(change.timers) : {};
    const next = {
      ...doc,
      ...timers,
      state: change.state,
      version: doc.version + 1,
      eventSeq: doc.eventSeq + events.length,
    };
    const set: Record<string, unknown> = { state: next.state, ...timers };
    for (const [subject, seq] of Object.entries(applied)) set[`applied.${subject}`] = seq;
    const push: Record<string, unknown> = {};
    if (command) push['commands'] = { $each: [command], $slice: -REMEMBERED_COMMANDS };
    if (events.length > 0) push['outbox'] = { $each: events };
    const { matchedCount } = await this.model.collection.updateOne(
      {
        _id: doc._id as never,
        version: doc.version,
        ...(events.length > 0 ? { [`outbox.${room}`]: { $exists: false } } : {}),
      },
      {
        $set: set,
        $inc: { version: 1, eventSeq: events.length },
        ...(Object.keys(push).length > 0 ? { $push: push as never } : {}),
        ...(events.length > 0 ? { $min: { 'ob.since': this.now() } } : {}),
        ...(change.timers?.length === 0 ? { $unset: { timerDue: '' } } : {}),
      },
    );
    if (matchedCount === 0) return undefined;
    this.written(events.length);
    return next;
  }

  private created({ _id, outbox }: Stored<State>): void {
    reach('C1');
    if (outbox.length > 0) this.outboxes.handOver(this.model, { _id, outbox });
  }

  private written(events: number): void {
    reach('C1');
    if (events > 0) this.outboxes.nudge();
  }

  private record(subject: string, after: number, events: NewEvent[], cause: string | undefined): RecordedEvent[] {
    return recordedEvents(events, { source: this.outboxes.source, subject, after, time: this.now(), cause });
  }
}

const snapshot = <State>({ _id, version, state, timers }: Stored<State>): Snapshot<State> => ({
  id: _id,
  version,
  state,
  timers,
});

const outcome = <State>(doc: Stored<State>, result: unknown, repeated: boolean): Outcome<State> => ({
  result,
  repeated,
  ...snapshot(doc),
});

/** `timerDue` is the earliest of the timers, and absent without any, so that its sparse index holds only what waits. */
function timerFields(timers: Timer[]): Pick<Stored<unknown>, 'timers' | 'timerDue'> {
  if (timers.length === 0) return { timers };
  return { timers, timerDue: new Date(Math.min(...timers.map((timer) => timer.dueAt.getTime()))) };
}

const busy = (): Refusal =>
  new Refusal('unavailable', 'busy', 'too many changes of this record at once', { retryAfterSeconds: 1 });
