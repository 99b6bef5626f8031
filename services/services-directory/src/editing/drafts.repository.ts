import { Inject, Injectable } from '@nestjs/common';
import type { Model } from 'mongoose';
import { decodeCursor, pageOf, type Page } from '@throughline/shared/http';
import {
  aggregateSchema,
  AggregateStore,
  Database,
  OutboxRegistry,
  type AggregateDocument,
} from '@throughline/shared/persistence';
import { z } from 'zod';
import type { Draft, DraftStatus } from '../domain/editing/draft.js';
import type { EditedKind } from '../domain/editing/editable-record.js';

export type FoundDraft = Draft & { id: string; version: number };

export interface DraftFilter {
  status?: DraftStatus | undefined;
  kind?: EditedKind | undefined;
  recordId?: string | undefined;
  /** Of this organization alone. */
  organizationId?: string | undefined;
}

const sortKey = z.tuple([z.iso.datetime(), z.string().max(128)]);

/** Remembers drafts, also when they are published or discarded: they tell how a record came to be what it is. */
@Injectable()
export class DraftsRepository {
  readonly model: Model<AggregateDocument<Draft>>;
  readonly store: AggregateStore<Draft>;

  constructor(@Inject(Database) database: Database, @Inject(OutboxRegistry) outboxes: OutboxRegistry) {
    const byTime = { 'state.createdAt': 1, _id: 1 } as const;
    const schema = aggregateSchema<Draft>([
      { key: byTime },
      { key: { 'state.status': 1, ...byTime } },
      { key: { 'state.organizationId': 1, ...byTime } },
      { key: { 'state.recordId': 1, ...byTime } },
    ]);
    this.model = database.model<AggregateDocument<Draft>>('Draft', schema, 'drafts');
    this.store = new AggregateStore(this.model, outboxes);
  }

  async find(id: string): Promise<FoundDraft | undefined> {
    const found = await this.store.load(id);
    return found && { id, version: found.version, ...found.state };
  }

  /** The drafts of new records of these ids that may still be published. */
  async creating(recordIds: readonly string[]): Promise<FoundDraft[]> {
    const open: DraftStatus[] = ['draft', 'submitted', 'returned', 'approved'];
    const filter = {
      'state.recordId': { $in: recordIds as never[] },
      'state.change': 'create',
      'state.status': { $in: open as never[] },
    };
    const docs = await this.model.collection.find(filter as never, { projection: { version: 1, state: 1 } }).toArray();
    return (docs as unknown as AggregateDocument<Draft>[]).map(foundIn);
  }

  /** Oldest first, without what they propose. @throws Refusal `cursor-malformed` */
  async page(filter: DraftFilter, limit: number, cursor?: string): Promise<Page<FoundDraft>> {
    const conditions: object[] = Object.entries(filter).flatMap(([field, value]) =>
      value === undefined ? [] : [{ [`state.${field}`]: value }],
    );
    if (cursor !== undefined) {
      const [text, id] = decodeCursor(cursor, sortKey);
      const time = new Date(text);
      conditions.push({ $or: [{ 'state.createdAt': { $gt: time } }, { 'state.createdAt': time, _id: { $gt: id } }] });
    }
    const docs = await this.model.collection
      .find((conditions.length > 0 ? { $and: conditions } : {}) as never, {
        projection: { version: 1, state: 1 },
        sort: { 'state.createdAt': 1, _id: 1 },
        limit: limit + 1,
      })
      .toArray();
    const found = (docs as unknown as AggregateDocument<Draft>[]).map(foundIn);
    return pageOf(found, limit, ({ createdAt, id }) => [createdAt.toISOString(), id]);
  }
}

const foundIn = ({ _id: id, version, state }: AggregateDocument<Draft>): FoundDraft => ({ id, version, ...state });
