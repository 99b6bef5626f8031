import { Injectable } from '@nestjs/common';
import { sequenceOf, type CloudEvent } from '@throughline/shared/contracts';
import { AggregateStore, aggregateSchema, Database, OutboxRegistry } from '@throughline/shared/persistence';
import type { KnownCase } from '../domain/feedback.js';

/** What events have told of cases and of the consents of their clients: one record for each case. */
@Injectable()
export class KnownCasesRepository {
  private readonly store: AggregateStore<KnownCase>;

  constructor(database: Database, outboxes: OutboxRegistry) {
    const model = database.model('KnownCase', aggregateSchema<KnownCase>(), 'known_cases');
    this.store = new AggregateStore<KnownCase>(model, outboxes);
  }

  async of(caseId: string | undefined): Promise<KnownCase | undefined> {
    return caseId === undefined ? undefined : (await this.store.load(caseId))?.state;
  }

  /** Notes what one event says; the first one makes the record. */
  async note(caseId: string, event: CloudEvent, change: (known: KnownCase) => KnownCase): Promise<void> {
    const position = { subject: event.subject, seq: sequenceOf(event), contiguous: false };
    await this.store.receive(caseId, position, (current) => ({ state: change(current?.state ?? { consents: [] }) }));
  }
}
