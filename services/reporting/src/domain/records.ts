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
  /** How it ended beside the line, and when that was recorded. */
  ended?: { as: JourneyEnd; at: Date };
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
