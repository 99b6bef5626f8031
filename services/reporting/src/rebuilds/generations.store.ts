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

/** The one record that says which generations there are; the requests for replay leave through its outbox. */
export const GENERATIONS_ID = 'projections';

/** Remembers which generations of the projections there are. */
@Injectable()
export class GenerationsStore {
  readonly model: Model<AggregateDocument<Generations>>;
  readonly store: AggregateStore<Generations>;
  private pending?: Promise<Generations>;
  private underWay: Promise<unknown> = Promise.resolve();

  constructor(database: Database, outboxes: OutboxRegistry) {
    this.model = database.model('Generations', aggregateSchema<Generations>(), 'generations');
    this.store = new AggregateStore(this.model, outboxes);
  }

  /**
   * The generations as of a read that begins after this call. Whoever asks while a read is under way shares the next one,
   * so that many events in hand cost one read.
   */
  current(): Promise<Generations> {
    if (!this.pending) {
      const next = this.underWay.then(async () => {
        this.pending = undefined;
        return (await this.store.load(GENERATIONS_ID))?.state ?? FIRST;
      });
      this.pending = next;
      this.underWay = next.catch(() => undefined);
    }
    return this.pending;
  }

  /** Makes the record where there is none yet, so that it can be changed. */
  async ensure(): Promise<void> {
    await this.store.create(GENERATIONS_ID, { state: FIRST }, { key: GENERATIONS_ID, hash: GENERATIONS_ID });
  }
}
