import { Schema, type IndexDefinition } from 'mongoose';
import type { RecordedEvent } from '../contracts/index.js';

/**
 * What an idempotency key stands for: the key (already scoped to caller and route) and a hash of what was asked. The same
 * key with another hash is a mistake of the caller.
 */
export interface CommandKey {
  key: string;
  hash: string;
  /** Of the request that asks, for the events of the change; it is no part of what the key stands for. */
  traceparent?: string;
}

/** The remembered answer to a command, so that a client that asks again is answered and not served twice. */
export interface CommandRecord extends Omit<CommandKey, 'traceparent'> {
  result: unknown;
}

/** Work that is due later. It lives in the document it belongs to, so that it is kept or dropped in the same write. */
export interface Timer {
  name: string;
  dueAt: Date;
}

/** The relay's claim. Only the relay touches `leaseUntil` and `token`; a writer may only set `since`. */
export interface OutboxClaim {
  since: Date;
  leaseUntil?: Date;
  token?: string;
}

/**
 * One document, one write: the state of an aggregate, the answers it gave, the sources it has applied, its timers,
 * and the events that still have to leave (the outbox), changed together in a single atomic update.
 */
export interface AggregateDocument<State> {
  _id: string;
  version: number;
  eventSeq: number;
  state: State;
  /** For each source aggregate, the sequence of its last event applied here. */
  applied: Record<string, number>;
  createdBy?: CommandRecord;
  commands: CommandRecord[];
  timers: Timer[];
  timerDue?: Date;
  outbox: RecordedEvent[];
  ob?: OutboxClaim;
}

/** With this many events waiting a document takes no more changes until the relay has caught up. */
export const OUTBOX_LIMIT = 500;
/** This many answers are remembered a document, the first one (of its creation) always. */
export const REMEMBERED_COMMANDS = 100;

const mixed = { type: Schema.Types.Mixed };

/**
 * The mongoose schema of an aggregate. The state is checked by the domain before it is written, so mongoose is told
 * its indexes and not its fields, which would be a second declaration of them.
 * @param indexes on `state.…`, each with its options
 */
export function aggregateSchema<State>(
  indexes: { key: IndexDefinition; unique?: boolean }[] = [],
): Schema<AggregateDocument<State>> {
  const schema = new Schema<AggregateDocument<State>>(
    {
      _id: { type: String, required: true },
      version: Number,
      eventSeq: Number,
      state: mixed,
      applied: mixed,
      createdBy: mixed,
      commands: [mixed],
      timers: [mixed],
      timerDue: Date,
      outbox: [mixed],
      ob: mixed,
    } as never,
    { versionKey: false, minimize: false, strictQuery: false },
  );
  schema.index({ 'ob.since': 1 }, { sparse: true });
  schema.index({ timerDue: 1 }, { sparse: true });
  for (const { key, ...options } of indexes) schema.index(key, options);
  return schema;
}
