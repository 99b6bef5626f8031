import { ConsentExpired, ConsentGiven, ConsentRevoked, type EventDefinition } from '@throughline/shared/contracts';
import {
  aggregateSchema,
  AggregateStore,
  occurred,
  type AggregateDocument,
  type Change,
  type Database,
  type OutboxRegistry,
} from '@throughline/shared/persistence';
import type { ConsentDecision, ConsentEvent, ConsentRecord } from '../domain/consent.js';
import { after } from '../time-order.js';

type ConsentDocument = AggregateDocument<ConsentRecord>;

const consentSchema = aggregateSchema<ConsentRecord>([{ key: { 'state.caseId': 1, 'state.recordedAt': 1, _id: 1 } }]);

const CONTRACTS: Record<ConsentEvent['name'], EventDefinition> = {
  'consent.given': ConsentGiven,
  'consent.revoked': ConsentRevoked,
  'consent.expired': ConsentExpired,
};

/** A decision as a write. `result` is what the caller is told, and holds ids and codes alone. */
export const consentChange = ({ state, events, timers }: ConsentDecision, result?: unknown): Change<ConsentRecord> => ({
  state,
  events: events.map(({ name, data }) => occurred(CONTRACTS[name], data)),
  timers,
  result,
});

export class ConsentsRepository {
  readonly store: AggregateStore<ConsentRecord>;
  readonly model;

  constructor(database: Database, outboxes: OutboxRegistry) {
    this.model = database.model<ConsentDocument>('Consent', consentSchema, 'consents');
    this.store = new AggregateStore(this.model, outboxes);
  }

  /** Of a case, oldest first; at most `limit`, after the cursor. @throws Refusal `cursor-malformed` */
  async ofCase(caseId: string, limit: number, cursor?: string): Promise<(ConsentRecord & { id: string })[]> {
    const found = await this.model.collection
      .find({ $and: [{ 'state.caseId': caseId }, ...after('state.recordedAt', cursor)] } as never, {
        projection: { state: 1 },
        sort: { 'state.recordedAt': 1, _id: 1 },
        limit,
      })
      .toArray();
    return (found as unknown as ConsentDocument[]).map(({ _id, state }) => ({ id: _id, ...state }));
  }
}
