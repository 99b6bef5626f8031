import {
  LinkageAccepted,
  LinkageCanceled,
  LinkageCompleted,
  LinkageEnteredInError,
  LinkageFailed,
  LinkageRejected,
  LinkageRequested,
  LinkageStarted,
  type EventDefinition,
} from '@throughline/shared/contracts';
import {
  aggregateSchema,
  AggregateStore,
  occurred,
  type AggregateDocument,
  type Change,
  type Database,
  type OutboxRegistry,
} from '@throughline/shared/persistence';
import type { LinkageDecision, LinkageEvent, LinkageRecord, LinkageStatus } from '../domain/linkage.js';
import { after } from '../time-order.js';

type LinkageDocument = AggregateDocument<LinkageRecord>;

const linkageSchema = aggregateSchema<LinkageRecord>([
  { key: { 'state.organizationId': 1, 'state.requestedAt': 1, _id: 1 } },
  { key: { 'state.caseId': 1, 'state.requestedAt': 1, _id: 1 } },
]);

const CONTRACTS: Record<LinkageEvent['name'], EventDefinition> = {
  'linkage.requested': LinkageRequested,
  'linkage.accepted': LinkageAccepted,
  'linkage.rejected': LinkageRejected,
  'linkage.started': LinkageStarted,
  'linkage.completed': LinkageCompleted,
  'linkage.failed': LinkageFailed,
  'linkage.canceled': LinkageCanceled,
  'linkage.entered-in-error': LinkageEnteredInError,
};

/** A decision as a write. `result` is what the caller is told, and holds ids and codes alone. */
export const linkageChange = ({ state, events }: LinkageDecision, result: unknown): Change<LinkageRecord> => ({
  state,
  events: events.map(({ name, data }) => occurred(CONTRACTS[name], data)),
  result,
});

export type FoundLinkage = LinkageRecord & { id: string };

/** Whose linkages: those of a provider's organization, or of these cases. */
export type LinkageScope = { organizationId: string } | { caseIds: string[] };

export class LinkagesRepository {
  readonly store: AggregateStore<LinkageRecord>;
  private readonly collection;

  constructor(database: Database, outboxes: OutboxRegistry) {
    const model = database.model<LinkageDocument>('Linkage', linkageSchema, 'linkages');
    this.store = new AggregateStore(model, outboxes);
    this.collection = model.collection;
  }

  /** Oldest first; at most `limit` of them, after the cursor. @throws Refusal `cursor-malformed` */
  async list(
    scope: LinkageScope,
    status: LinkageStatus | undefined,
    limit: number,
    cursor?: string,
  ): Promise<FoundLinkage[]> {
    const filters = [
      'caseIds' in scope
        ? { 'state.caseId': { $in: scope.caseIds } }
        : { 'state.organizationId': scope.organizationId },
      ...(status === undefined ? [] : [{ 'state.status': status }]),
      ...after('state.requestedAt', cursor),
    ];
    const found = await this.collection
      .find({ $and: filters } as never, {
        projection: { state: 1 },
        sort: { 'state.requestedAt': 1, _id: 1 },
        limit,
      })
      .toArray();
    return (found as unknown as LinkageDocument[]).map(({ _id, state }) => ({ id: _id, ...state }));
  }
}
