import { Schema, type Model } from 'mongoose';
import { textOf, type RecordedEvent } from '../contracts/index.js';
import type { Database } from './database.js';
import { insertAbsent } from './insert-absent.js';

interface LoggedEvent extends RecordedEvent {
  _id: string;
  subject: string;
}

const loggedEventSchema = new Schema<LoggedEvent>(
  {
    _id: String,
    subject: String,
    seq: Number,
    id: String,
    type: String,
    time: Date,
    data: String,
    traceparent: String,
  } as never,
  { versionKey: false, minimize: false },
);

/** Sorts by aggregate, then by sequence: 12 digits keep the order of numbers. */
const logId = (subject: string, seq: number): string => `${subject}:${String(seq).padStart(12, '0')}`;

/** Everything that ever left a service, by aggregate and sequence. From it a new or damaged subscriber is served. */
export class EventLog {
  private readonly model: Model<LoggedEvent>;

  constructor(database: Database) {
    this.model = database.model('EventLog', loggedEventSchema, 'event_log');
  }

  /** Appends; an event that is there already stays as it is, since a relay may have died after it had logged. */
  async append(events: { subject: string; event: RecordedEvent }[]): Promise<void> {
    const entries = events.map(({ subject, event }) => ({ _id: logId(subject, event.seq), subject, ...event }));
    await insertAbsent(this.model.collection, entries);
  }

  /** Reads a stream from `fromSequence` on, or all streams one after the other, in the order of each. */
  async *read(
    subject: string | undefined,
    fromSequence = 1,
  ): AsyncGenerator<{ subject: string; event: RecordedEvent }> {
    const filter =
      subject === undefined
        ? { seq: { $gte: fromSequence } }
        : { _id: { $gte: logId(subject, fromSequence), $lte: logId(subject, 999_999_999_999) } };
    const cursor = this.model.collection.find(filter as never, { sort: { _id: 1 }, batchSize: 1000 });
    for await (const entry of cursor) {
      const { _id, subject: owner, ...event } = entry as unknown as LoggedEvent;
      yield { subject: owner, event };
    }
  }

  /**
   * Takes a sealed field out of a logged event once its one receiver has confirmed that it holds the content.
   * What was sealed cannot be replayed after that, and cannot be stolen from here either.
   */
  async dropSealed(subject: string, seq: number): Promise<void> {
    const _id = logId(subject, seq) as never;
    const entry = await this.model.collection.findOne({ _id });
    if (!entry) return;
    const { sealed, ...rest } = JSON.parse(textOf(entry['data'])) as { sealed?: unknown };
    if (sealed !== undefined) await this.model.collection.updateOne({ _id }, { $set: { data: JSON.stringify(rest) } });
  }
}
