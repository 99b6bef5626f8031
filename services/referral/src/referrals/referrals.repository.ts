import { Injectable } from '@nestjs/common';
import {
  ChargeHoldDueSoon,
  ChargeHoldExtended,
  ChargeHoldLapsed,
  ChargeHoldResolved,
  PersonErased,
  ReferralAccepted,
  ReferralDeclined,
  ReferralEnrolled,
  ReferralEvaluated,
  ReferralHandedOff,
  ReferralLinked,
  ReferralSubmitted,
  ReferralUnlinked,
  type EventDefinition,
} from '@throughline/shared/contracts';
import {
  AggregateStore,
  aggregateSchema,
  Database,
  occurred,
  OutboxRegistry,
  type AggregateDocument,
  type Change,
} from '@throughline/shared/persistence';
import type { Model } from 'mongoose';
import type { Decided, ReferralEvent, ReferralState } from '../domain/referral.js';
import type { ReferralStatus } from '../domain/referral-status.js';

export interface WorklistFilter {
  state?: ReferralStatus | undefined;
  pathway?: string | undefined;
  agency?: string | undefined;
}

/** Place in the worklist: when it was entered, and the id where two were entered at once. */
export interface WorklistPosition {
  enteredAt: Date;
  id: string;
}

const oldestFirst = { 'state.entered.enteredAt': 1, _id: 1 } as const;

@Injectable()
export class ReferralsRepository {
  readonly store: AggregateStore<ReferralState>;
  readonly model: Model<AggregateDocument<ReferralState>>;

  constructor(database: Database, outboxes: OutboxRegistry) {
    this.model = database.model(
      'Referral',
      aggregateSchema<ReferralState>([
        { key: oldestFirst },
        { key: { 'state.status': 1, ...oldestFirst } },
        { key: { 'state.entered.agencyId': 1, ...oldestFirst } },
        { key: { 'state.blindKeys': 1, 'state.entered.enteredAt': -1 } },
      ])
        .index({ 'state.links.referralId': 1 }, { sparse: true })
        .index({ 'state.withdrawnLinks.referralId': 1 }, { sparse: true }),
      'referrals',
    );
    this.store = new AggregateStore<ReferralState>(this.model, outboxes);
  }

  /** Referrals that match, oldest first, from the one after `after` on. */
  async worklist(
    { state, pathway, agency }: WorklistFilter,
    limit: number,
    after?: WorklistPosition,
  ): Promise<{ id: string; state: ReferralState }[]> {
    const filter = {
      ...(state && { 'state.status': state }),
      ...(pathway && { 'state.entered.pathway': pathway }),
      ...(agency && { 'state.entered.agencyId': agency }),
      ...(after && {
        $or: [
          { 'state.entered.enteredAt': { $gt: after.enteredAt } },
          { 'state.entered.enteredAt': after.enteredAt, _id: { $gt: after.id } },
        ],
      }),
    };
    const found = await this.model.collection
      .find(filter as never, { sort: oldestFirst, limit, projection: { state: 1 } })
      .toArray();
    return (found as unknown as AggregateDocument<ReferralState>[]).map((doc) => ({ id: doc._id, state: doc.state }));
  }
}

const definitions: Readonly<Record<ReferralEvent['name'], EventDefinition>> = {
  'referral.submitted': ReferralSubmitted,
  'referral.evaluated': ReferralEvaluated,
  'referral.accepted': ReferralAccepted,
  'referral.declined': ReferralDeclined,
  'referral.handed-off': ReferralHandedOff,
  'referral.linked': ReferralLinked,
  'referral.unlinked': ReferralUnlinked,
  'referral.enrolled': ReferralEnrolled,
  'referral.hold-lapsed': ChargeHoldLapsed,
  'referral.hold-due-soon': ChargeHoldDueSoon,
  'referral.hold-extended': ChargeHoldExtended,
  'referral.hold-resolved': ChargeHoldResolved,
  'referral.person-erased': PersonErased,
};

/** What the domain decided, as a change to be written; its events are checked against their contracts here. */
export const changeOf = ({ state, events, timers }: Decided, result?: unknown): Change<ReferralState> => ({
  state,
  events: events.map(({ name, data }) => occurred(definitions[name], data)),
  ...(timers && { timers }),
  result,
});
