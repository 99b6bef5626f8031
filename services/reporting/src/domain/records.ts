import type { CaseEnd } from '@throughline/shared/contracts';

/**
 * What reporting knows, one record for each aggregate whose events it follows. No record joins two aggregates: events of
 * different aggregates arrive in any order, so what belongs together is put together when a report is read.
 * A field is absent until the event that brings it has been seen.
 */
export type Pathway = 'arrest-diversion' | 'social-contact';

/** The ways in which a referral ends beside the line; the state names of intake. */
export const JOURNEY_ENDS = [
  'withdrawn',
  'declined-by-person',
  'unable-to-contact',
  'expired',
  'duplicate',
  'entered-in-error',
  'closed',
] as const;
export type JourneyEnd = (typeof JOURNEY_ENDS)[number];

/** Something that held from a time on; without `until`, it still does. */
export interface Span<State> {
  as: State;
  at: Date;
  until?: Date;
}

/** What held at that instant, the latest where there are several; undefined where nothing did. */
export const holding = <State>(spans: readonly Span<State>[] = [], asOf: Date): State | undefined =>
  spans.filter(({ at, until }) => at <= asOf && !(until && until <= asOf)).at(-1)?.as;

/** The last span of all is over from this time on. */
export const overFrom = <State>(spans: readonly Span<State>[] = [], until: Date): Span<State>[] =>
  spans.map((span, index) => (index === spans.length - 1 ? { ...span, until } : span));

/** One referral. */
export interface Journey {
  referralId: string;
  pathway?: Pathway;
  agencyId?: string;
  district?: string;
  /** NIBRS codes; a referral may have several, or none on a social contact. */
  offenses: string[];
  /** When it happened, not when it was entered. */
  referredAt?: Date;
  /** First time that the criteria found the person eligible. */
  eligibleAt?: Date;
  acceptedAt?: Date;
  declinedAt?: Date;
  handedOffAt?: Date;
  caseId?: string;
  /** Other referrals that a human said are of the same person; of each two, one holds the link. */
  links?: { referralId: string; linkedAt: Date; unlinkedAt?: Date }[];
  /** Only where a charge is held: until when a completed intake satisfies it. */
  chargeHoldDueAt?: Date;
  chargeHoldSatisfiedAt?: Date;
  chargeHoldLapsedAt?: Date;
  chargeHoldEndedAt?: Date;
  /** How it ended beside the line, when that was recorded, and until when, where it went on; the latest last. */
  ends?: Span<JourneyEnd>[];
}

export interface Need {
  needId: string;
  category: string;
  recordedAt: Date;
}

/** One case. It may serve several referrals of the same person. */
export interface Case {
  caseId: string;
  referralIds: string[];
  openedAt?: Date;
  assignedAt?: Date;
  contactedAt?: Date;
  intakeCompletedAt?: Date;
  needs: Need[];
  /** Each time that it ended, until it was re-opened; the latest last. */
  ends?: Span<CaseEnd>[];
  /** The case of the same person that goes on instead of this one. */
  mergedInto?: string;
}

/** One attempt to link a need to a service. */
export interface Linkage {
  linkageId: string;
  caseId?: string;
  needId?: string;
  serviceId?: string;
  requestedAt?: Date;
  acceptedAt?: Date;
  rejectedAt?: Date;
  startedAt?: Date;
  completedAt?: Date;
  failedAt?: Date;
  canceledAt?: Date;
  /** It should never have been there, and counts nowhere from then on. */
  enteredInErrorAt?: Date;
}

/** One service of the community directory. */
export interface DirectoryService {
  serviceId: string;
  name?: string;
  organizationId?: string;
  organizationName?: string;
  categories: string[];
  withdrawnAt?: Date;
}

/** One law-enforcement agency. */
export interface Agency {
  agencyId: string;
  name?: string;
  enrolledAt?: Date;
}

/** Everything that a report is made of. */
export interface Records {
  journeys: readonly Journey[];
  cases: readonly Case[];
  linkages: readonly Linkage[];
  services: readonly DirectoryService[];
  agencies: readonly Agency[];
}
