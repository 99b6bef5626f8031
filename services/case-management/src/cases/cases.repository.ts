import {
  CaseContacted,
  CaseEnded,
  CaseManagerAssigned,
  CaseMerged,
  CaseOpened,
  CaseReopened,
  CaseUnmerged,
  IntakeCompleted,
  NeedRecorded,
  ReferralJoinedCase,
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
import type { CaseDecision, CaseEvent, CaseRecord } from '../domain/case.js';
import { placeNumber } from '../domain/caseload.js';
import type { CaseStateName } from '../domain/case-states.js';
import { after } from '../time-order.js';

type CaseDocument = AggregateDocument<CaseRecord>;

/** Two coordinators cannot fill the same place of a caseload: the index refuses the second one. */
const caseSchema = aggregateSchema<CaseRecord>([
  { key: { 'state.openedAt': 1, _id: 1 } },
  { key: { 'state.state': 1, 'state.openedAt': 1, _id: 1 } },
  { key: { 'state.caseManagerId': 1, 'state.openedAt': 1, _id: 1 } },
  { key: { 'state.referrals.referralId': 1 } },
])
  .index({ 'state.mergedInto.caseId': 1 }, { sparse: true })
  .index({ 'state.caseloadPlace': 1 }, { unique: true, sparse: true });

const CONTRACTS: Record<CaseEvent['name'], EventDefinition> = {
  'case.opened': CaseOpened,
  'case.referral-joined': ReferralJoinedCase,
  'case.manager-assigned': CaseManagerAssigned,
  'case.contacted': CaseContacted,
  'case.intake-completed': IntakeCompleted,
  'case.need-recorded': NeedRecorded,
  'case.ended': CaseEnded,
  'case.reopened': CaseReopened,
  'case.merged': CaseMerged,
  'case.unmerged': CaseUnmerged,
};

/** A decision as a write. `result` is what the caller is told, and holds ids and codes alone. */
export const caseChange = ({ state, events }: CaseDecision, result?: unknown): Change<CaseRecord> => ({
  state,
  events: events.map(({ name, data }) => occurred(CONTRACTS[name], data)),
  result,
});

/** A case in a list: nothing personal, which would have to be decrypted and accounted for. */
export type CaseSummary = Pick<
  CaseRecord,
  'state' | 'openedAt' | 'caseManagerId' | 'assignedAt' | 'referrals' | 'mergedInto'
> & {
  id: string;
};

export interface CaseFilter {
  state?: CaseStateName | undefined;
  caseManagerId?: string | undefined;
}

const SUMMARY = {
  'state.state': 1,
  'state.openedAt': 1,
  'state.caseManagerId': 1,
  'state.assignedAt': 1,
  'state.referrals': 1,
  'state.mergedInto': 1,
};

export class CasesRepository {
  readonly store: AggregateStore<CaseRecord>;
  private readonly collection;

  constructor(database: Database, outboxes: OutboxRegistry) {
    const model = database.model<CaseDocument>('Case', caseSchema, 'cases');
    this.store = new AggregateStore(model, outboxes);
    this.collection = model.collection;
  }

  /** Oldest first; at most `limit` of them, after the cursor. */
  async list({ state, caseManagerId }: CaseFilter, limit: number, cursor?: string): Promise<CaseSummary[]> {
    const filters = [
      ...(state === undefined ? [] : [{ 'state.state': state }]),
      ...(caseManagerId === undefined ? [] : [{ 'state.caseManagerId': caseManagerId }]),
      ...after('state.openedAt', cursor),
    ];
    const found = await this.collection
      .find((filters.length > 0 ? { $and: filters } : {}) as never, {
        projection: SUMMARY,
        sort: { 'state.openedAt': 1, _id: 1 },
        limit,
      })
      .toArray();
    return (found as unknown as CaseDocument[]).map(({ _id, state: record }) => ({ id: _id, ...record }));
  }

  /** The cases that serve one of these referrals, the oldest first. */
  async ofReferrals(referralIds: readonly string[]): Promise<CaseSummary[]> {
    const found = await this.collection
      .find({ 'state.referrals.referralId': { $in: referralIds } } as never, {
        projection: SUMMARY,
        sort: { 'state.openedAt': 1, _id: 1 },
      })
      .toArray();
    return (found as unknown as CaseDocument[]).map(({ _id, state: record }) => ({ id: _id, ...record }));
  }

  /** The places that are taken in a caseload. */
  async placesTaken(caseManagerId: string): Promise<number[]> {
    const found = await this.collection
      .find(
        { 'state.caseManagerId': caseManagerId, 'state.caseloadPlace': { $exists: true } },
        { projection: { 'state.caseloadPlace': 1 } },
      )
      .toArray();
    return (found as unknown as CaseDocument[]).map(({ state }) => placeNumber(state.caseloadPlace ?? ''));
  }

  /** The ids of all cases of a case manager, also of those that have ended, and of those that were merged into one of them. */
  async idsOf(caseManagerId: string): Promise<string[]> {
    const own = await this.idsWhere({ 'state.caseManagerId': caseManagerId });
    const merged = await this.idsWhere({ 'state.mergedInto.caseId': { $in: own } });
    return [...new Set([...own, ...merged])];
  }

  private async idsWhere(filter: object): Promise<string[]> {
    const found = await this.collection.find(filter as never, { projection: { _id: 1 } }).toArray();
    return (found as unknown as CaseDocument[]).map(({ _id }) => _id);
  }
}
