import { Injectable } from '@nestjs/common';
import type { CloudEvent } from '@throughline/shared/contracts';
import {
  AggregateStore,
  aggregateSchema,
  Database,
  OutboxRegistry,
  positionOf,
  type AggregateDocument,
} from '@throughline/shared/persistence';
import type { Model } from 'mongoose';
import type { KnownCase } from '../domain/feedback.js';

/** What events have told of cases and of the consents of their clients: one record for each case. */
@Injectable()
export class KnownCasesRepository {
  private readonly model: Model<AggregateDocument<KnownCase>>;
  private readonly store: AggregateStore<KnownCase>;

  constructor(database: Database, outboxes: OutboxRegistry) {
    this.model = database.model('KnownCase', aggregateSchema<KnownCase>(), 'known_cases');
    this.store = new AggregateStore<KnownCase>(this.model, outboxes);
  }

  /** By the id of the case; those that no event told of are left out. */
  async ofAll(caseIds: readonly string[]): Promise<Map<string, KnownCase>> {
    if (caseIds.length === 0) return new Map();
    const found = await this.model.collection
      .find({ _id: { $in: caseIds } } as never, { projection: { state: 1 } })
      .toArray();
    return new Map((found as unknown as AggregateDocument<KnownCase>[]).map(({ _id, state }) => [_id, state]));
  }

  /** Notes what one event says; the first one makes the record. */
  async note(caseId: string, event: CloudEvent, change: (known: KnownCase) => KnownCase): Promise<void> {
    const position = positionOf(event, { contiguous: false });
    await this.store.receive(caseId, position, (current) => ({ state: change(current?.state ?? { consents: [] }) }));
  }
}
