import { Injectable } from '@nestjs/common';
import {
  ChargeHoldDueSoon,
  ChargeHoldExtended,
  ChargeHoldLapsed,
  ChargeHoldResolved,
  AcceptanceRescinded,
  ApprovalRecorded,
  ChargeRecorded,
  DuplicateFound,
  OutreachEnded,
  PersonDeclined,
  PersonErased,
  QuarantineEnded,
  ReferralAccepted,
  ReferralClosed,
  ReferralCorrected,
  ReferralDeclined,
  ReferralEnrolled,
  ReferralEvaluated,
  ReferralExpired,
  ReferralHandedOff,
  ReferralLinked,
  ReferralMovedToCase,
  ReferralQuarantined,
  ReferralReopened,
  ReferralSubmitted,
  ReferralUnlinked,
  ReferralWithdrawn,
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
import type { ReferralEvent } from '../domain/referral-events.js';
import { MATCHING_DUE, type Decided, type ReferralState } from '../domain/referral.js';
import { worklistEntry } from '../domain/worklist.js';

/** The orders of the worklists, each unique by the id at its end. */
export const BY_ENTRY = { 'state.entered.enteredAt': 1, _id: 1 } as const;
export const BY_URGENCY = { 'state.worklist.order': 1, _id: 1 } as const;
/** What officers entered: by officer, the newest first. */
export const BY_OFFICER = { 'state.entered.officerId': 1, 'state.entered.enteredAt': -1, _id: -1 } as const;

/**
 * A referral with the others that may be of the same person. They stand beside its state: whoever is found changes no
 * version, so that an `If-Match` of somebody who decides meanwhile still holds.
 */
export interface MatchedDocument extends AggregateDocument<ReferralState> {
  /** Ids of referrals, the likeliest first when they were found; absent or empty: none. */
  candidates?: string[];
}

/** Reads the index of candidates: any text is behind the empty one. */
export const HAS_CANDIDATES = { candidates: { $gt: '' } } as const;

@Injectable()
export class ReferralsRepository {
  readonly store: AggregateStore<ReferralState>;
  readonly model: Model<AggregateDocument<ReferralState>>;

  constructor(database: Database, outboxes: OutboxRegistry) {
    this.model = database.model(
      'Referral',
      aggregateSchema<ReferralState>([
        ...[BY_ENTRY, BY_URGENCY].flatMap((order) => [{ key: order }, { key: { 'state.status': 1, ...order } }]),
        { key: { 'state.worklist.flags': 1, ...BY_URGENCY } },
        { key: { 'state.entered.agencyId': 1, ...BY_URGENCY } },
        { key: { 'state.entered.district': 1, ...BY_URGENCY } },
        { key: { 'state.site.id': 1, 'state.status': 1, 'state.entered.pathway': 1, ...BY_ENTRY } },
        { key: BY_OFFICER },
        { key: { 'state.blindKeys': 1, 'state.entered.enteredAt': -1 } },
      ])
        .index({ 'state.links.referralId': 1 }, { sparse: true })
        .index({ 'state.withdrawnLinks.referralId': 1 }, { sparse: true })
        .index({ candidates: 1 }, { sparse: true }),
      'referrals',
    );
    this.store = new AggregateStore<ReferralState>(this.model, outboxes);
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
  'referral.withdrawn': ReferralWithdrawn,
  'referral.declined-by-person': PersonDeclined,
  'referral.outreach-ended': OutreachEnded,
  'referral.expired': ReferralExpired,
  'referral.duplicate-found': DuplicateFound,
  'referral.corrected': ReferralCorrected,
  'referral.closed': ReferralClosed,
  'referral.moved-to-case': ReferralMovedToCase,
  'referral.reopened': ReferralReopened,
  'referral.acceptance-rescinded': AcceptanceRescinded,
  'referral.charge-recorded': ChargeRecorded,
  'referral.quarantined': ReferralQuarantined,
  'referral.quarantine-ended': QuarantineEnded,
  'referral.approval-recorded': ApprovalRecorded,
};

/**
 * What the domain decided, as a change to be written; its events are checked against their contracts here, and its
 * place in the worklists is derived, whoever changes it.
 */
export const changeOf = ({ state, events, timers }: Decided, result?: unknown): Change<ReferralState> => ({
  // of one shape, see ADR 13
  state: Object.assign({}, state, { worklist: placeOf(state) }),
  events: events.map(({ name, data }) => occurred(definitions[name], data)),
  ...(timers && { timers }),
  result,
});

function placeOf(state: ReferralState): ReferralState['worklist'] {
  const { flags, order } = worklistEntry(state);
  return { flags: state.matchingDue ? [...flags, MATCHING_DUE] : flags, order };
}
