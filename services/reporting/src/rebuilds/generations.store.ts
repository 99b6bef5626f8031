import { Injectable } from '@nestjs/common';
import type { Model } from 'mongoose';
import {
  aggregateSchema,
  AggregateStore,
  Database,
  OutboxRegistry,
  type AggregateDocument,
} from '@throughline/shared/persistence';
import { FIRST, type Generations } from '../domain/rebuilds.js';
import { SharedRead } from './shared-read.js';

/** The one record that says which generations there are; the requests for replay leave through its outbox. */
export const GENERATIONS_ID = 'projections';

/** Remembers which generations of the projections there are. */
@Injectable()
export class GenerationsStore {
  readonly model: Model<AggregateDocument<Generations>>;
  readonly store: AggregateStore<Generations>;
  private readonly reads = new SharedRead(async () => (await this.store.load(GENERATIONS_ID))?.state ?? FIRST);

  constructor(database: Database, outboxes: OutboxRegistry) {
    this.model = database.model('Generations', aggregateSchema<Generations>(), 'generations');
    this.store = new AggregateStore(this.model, outboxes);
  }

  /** The generations as of a read that begins after this call; many events in hand cost one read. */
  current(): Promise<Generations> {
    return this.reads.get();
  }

  /** Makes the record where there is none yet, so that it can be changed. */
  async ensure(): Promise<void> {
    await this.store.create(GENERATIONS_ID, { state: FIRST }, { key: GENERATIONS_ID, hash: GENERATIONS_ID });
  }
}
