import { Inject, Injectable } from '@nestjs/common';
import { Schema, type Model } from 'mongoose';
import { Database, insertAbsent } from '@throughline/shared/persistence';
import { NoRoomForHistory, type HistoryEntry } from '../domain/history/record-history.js';

interface OlderEntry {
  _id: string;
  /** `<collection>/<id>` */
  record: string;
  entry: HistoryEntry;
}

/** The part of the histories of records for which their documents have no room. */
@Injectable()
export class OlderHistoryRepository {
  private readonly model: Model<OlderEntry>;

  constructor(@Inject(Database) database: Database) {
    const entry = { type: Schema.Types.Mixed };
    const schema = new Schema<OlderEntry>({ _id: String, record: String, entry } as never, {
      versionKey: false,
      minimize: false,
    });
    schema.index({ record: 1, 'entry.seq': -1 });
    this.model = database.model<OlderEntry>('OlderHistory', schema, 'older_history');
  }

  /**
   * Carries out a change that adds to the history of a record. Where its document has no room, its oldest entries are
   * kept here first. They have happened: if the change then fails, they stand in two places, and nothing is wrong.
   * @param change gets up to which entry the history is kept here; does nothing where it throws NoRoomForHistory
   */
  async making<Result>(record: string, change: (moved: number) => Promise<Result>): Promise<Result> {
    for (let moved = 0; ;) {
      try {
        return await change(moved);
      } catch (error) {
        if (!(error instanceof NoRoomForHistory)) throw error;
        await this.keep(record, error.oldest);
        moved = error.oldest.at(-1)!.seq;
      }
    }
  }

  /** The entries of a record, or of one place of it, before one of them, newest first. */
  async before(record: string, seq: number, limit: number, place?: string): Promise<HistoryEntry[]> {
    const filter = { record, 'entry.seq': { $lt: seq }, ...(place ? { 'entry.place': place } : {}) };
    const docs = this.model.collection.find(filter, { sort: { 'entry.seq': -1 }, limit });
    return ((await docs.toArray()) as unknown as OlderEntry[]).map(({ entry }) => entry);
  }

  private async keep(record: string, entries: readonly HistoryEntry[]): Promise<void> {
    const docs = entries.map((entry) => ({ _id: `${record}/${entry.seq}`, record, entry }));
    await insertAbsent(this.model.collection, docs);
  }
}
