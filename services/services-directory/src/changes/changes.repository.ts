import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Schema, type Model } from 'mongoose';
import { Database, isDuplicateKey } from '@throughline/shared/persistence';

export const CHANGED_KINDS = [
  'service',
  'service_at_location',
  'organization',
  'location',
  'taxonomy',
  'taxonomy_term',
] as const;
export type ChangedKind = (typeof CHANGED_KINDS)[number];

/**
 * That a record has changed. What it has become is not told: an entry may be written late, after another one of the same
 * record, so whoever wants to know reads the record as it is now.
 */
export interface DirectoryChange {
  kind: ChangedKind;
  id: string;
}

interface ChangeDocument {
  /** Place in the list, from 1 without gaps as it is written; 0 is the list itself. */
  _id: number;
  record?: string;
  change?: DirectoryChange;
  /** Of place 0: names this list, so that a place in another one (a directory that began anew) is told from it. */
  list?: string;
}

/**
 * The list of what has changed, in an order that readers can rely on. A change gets its place _after_ it was written to
 * its record, and the places are handed out by insertion: number n + 1 can only be inserted by who has seen n, and only
 * once. So whoever has read up to n has seen all that will ever be at or below n, whatever the clocks say, however late
 * a writer commits, and without a lease. A record's older entries go as it gets a newer one.
 */
@Injectable()
export class ChangesRepository {
  private readonly model: Model<ChangeDocument>;
  private known?: string;

  constructor(@Inject(Database) database: Database) {
    const mixed = { type: Schema.Types.Mixed };
    const schema = new Schema<ChangeDocument>({ _id: Number, record: String, change: mixed, list: String } as never, {
      versionKey: false,
      minimize: false,
    });
    schema.index({ record: 1 });
    this.model = database.model<ChangeDocument>('Change', schema, 'changes');
  }

  /** Puts changes at the end of the list. Repeated after a crash it lists them once more, which tells nothing wrong. */
  async append(changes: readonly DirectoryChange[]): Promise<void> {
    let left = changes.map((change) => ({ record: `${change.kind}/${change.id}`, change }));
    while (left.length > 0) {
      const first = (await this.last()) + 1;
      const inserted = await this.insert(left.map((entry, index) => ({ _id: first + index, ...entry })));
      const done = left.slice(0, inserted);
      left = left.slice(inserted);
      if (done.length > 0)
        await this.model.collection.deleteMany({
          record: { $in: done.map(({ record }) => record) as never[] },
          _id: { $lt: first as never },
        });
    }
  }

  /** The changes after a place, at most so many, each with its place. */
  async after(place: number, limit: number): Promise<(DirectoryChange & { place: number })[]> {
    const docs = this.model.collection.find(
      { _id: { $gt: place as never } },
      { sort: { _id: 1 }, limit, readConcern: 'majority' },
    );
    return ((await docs.toArray()) as unknown as ChangeDocument[]).map(({ _id, change }) => ({
      place: _id,
      ...change!,
    }));
  }

  /** The last place of the list; 0 for an empty one. */
  async last(): Promise<number> {
    const options = { sort: { _id: -1 as const }, projection: { _id: 1 }, readConcern: 'majority' as const };
    return ((await this.model.collection.findOne({}, options)) as unknown as ChangeDocument | null)?._id ?? 0;
  }

  /** The name of this list, the same for ever. */
  async name(): Promise<string> {
    return (this.known ??= await this.named());
  }

  private async named(): Promise<string> {
    try {
      await this.model.collection.insertOne({ _id: 0, list: randomUUID() } as never);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
    return ((await this.model.collection.findOne({ _id: 0 as never })) as unknown as ChangeDocument).list!;
  }

  /** Inserts in order up to the first place that somebody else has taken; answers how many it inserted. */
  private async insert(docs: readonly ChangeDocument[]): Promise<number> {
    try {
      await this.model.collection.insertMany(docs as never[], { ordered: true });
      return docs.length;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return (error as unknown as { result: { insertedCount: number } }).result.insertedCount;
    }
  }
}
