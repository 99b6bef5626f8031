import type { Pathway } from '@throughline/shared/contracts';
import type { Rescission } from './acceptance-rescission.js';
import type { Approval } from './approvals.js';
import type { Evaluation } from './criteria.js';
import type { LaterCharge } from './later-charges.js';
import type { Quarantine } from './quarantine.js';
import type { PersonErasure } from './erasure.js';
import type { PersonLink, WithdrawnLink } from './person-links.js';
import type { ReferralEvent } from './referral-events.js';
import type { ReferralStatus } from './referral-status.js';
import type { Exit } from './side-exits.js';
import type { SiteRules } from './site-rules.js';
import type { Flag, WorklistEntry } from './worklist.js';

export const BASES_OF_BELIEF = ['records', 'direct-observation', 'reliable-information'] as const;
export type BasisOfBelief = (typeof BASES_OF_BELIEF)[number];

export interface Offense {
  nibrs: string;
  statute?: string;
}

export interface Substance {
  kind: string;
  grams: number;
}

/** What an officer can know about the exclusions. Absent or null: not known, which never counts as "no". */
export interface ReportedFacts {
  dealingBeyondSubsistence?: boolean | null;
  exploitsMinors?: boolean | null;
  promotesProstitution?: boolean | null;
  disqualifyingHistory?: boolean | null;
  /** Days `YYYY-MM-DD` of convictions of a violent crime; empty: none. */
  violentConvictions?: string[] | null;
  /** Days `YYYY-MM-DD` of low-level drug activity or prostitution that is verified; empty: none. */
  verifiedConduct?: string[] | null;
  insideProgrammeArea?: boolean | null;
  /** In a drug court or mental health court. */
  pendingTreatmentCourtCase?: boolean | null;
  /** Said by the coordinator alone, and shown to nobody else. */
  noContactOrderWithParticipant?: boolean | null;
  /** A flag for the liaison prosecutor, and an exclusion only where the site's policy says so. */
  activeWarrant?: boolean | null;
  /** On probation or parole. */
  underSupervision?: boolean | null;
}

export interface Person {
  givenName: string;
  familyName: string;
  /** `YYYY-MM-DD` */
  birthDate: string;
  aliases?: string[];
  phone?: string;
}

/** What identifies a person or a scene. It is stored encrypted, and nothing of it is in an event. */
export interface Confidential {
  person: Person;
  incidentNumber: string;
  place?: string;
  /** What the officer said, where the birth date of `person` was corrected. */
  enteredBirthDate?: string;
}

/** What the officer entered, without what is confidential. It is never changed; see `Information`. */
export interface Entered {
  pathway: Pathway;
  agencyId: string;
  officerId: string;
  /** When it happened; governs deadlines. */
  occurredAt: Date;
  /** When it was entered; for the record. */
  enteredAt: Date;
  district: string;
  offenses: Offense[];
  /** Absent: nothing is known about drugs. Empty: none were found. */
  substances?: Substance[];
  basisOfBelief: BasisOfBelief;
  personAgrees?: boolean;
  facts: ReportedFacts;
  handOffAt?: Date;
  /** A partner in the community suggested the person; the officer refers. */
  source?: 'community';
  /** The day of the event `YYYY-MM-DD` in the zone of the site. Absent on referrals from before it was kept. */
  occurredOn?: string;
  /** Full years on the day of the event, so that criteria can be applied again without opening the identity. */
  ageAtEvent: number;
  /** The own referral that this one puts right. */
  correctsReferralId?: string;
  /** An own earlier referral of the same person, where the officer knows of one. */
  previousReferralId?: string;
}

/** What became known later; a fact given later stands in for the earlier one. */
export interface Information {
  by: string;
  at: Date;
  facts?: ReportedFacts;
  substances?: Substance[];
  /** Full years on the day of the event by a birth date that was corrected. */
  ageAtEvent?: number;
}

export interface Override {
  criterion: string;
  reason: string;
}

export interface Decision {
  decision: 'accepted' | 'declined';
  reasons: string[];
  overrides: Override[];
  by: string;
  at: Date;
}

/** A charge that is not filed while the person has time to complete intake. Only the prosecutor ever files one. */
export interface ChargeHold {
  /** The last millisecond of the day on which it runs out. */
  dueAt: Date;
  /** `ended`: by hand of the prosecutor, or because the referral or its acceptance was taken back. */
  status: 'open' | 'satisfied' | 'lapsed' | 'ended';
  /** The zone and the days of warning that it was opened with: a later policy does not move it. */
  timeZone?: string;
  warnings?: number[];
  /** When it was last warned of, and how many days were left. */
  warned?: { daysLeft: number; at: Date };
  extensions?: HoldExtension[];
  resolution?: HoldResolution;
}

export interface HoldExtension {
  previousDueAt: Date;
  dueAt: Date;
  reason: HoldExtensionReason;
  by: string;
  at: Date;
}

/** Why a person could not complete intake in time. */
export const HOLD_EXTENSION_REASONS = [
  'in-jail',
  'in-hospital',
  'in-residential-treatment',
  'no-place-free',
  'unable-to-contact',
  'family-emergency',
  'prosecutor-discretion',
] as const;
export type HoldExtensionReason = (typeof HOLD_EXTENSION_REASONS)[number];

/** The prosecutor's own word on a hold, where no intake is told. */
export interface HoldResolution {
  resolution: 'satisfied' | 'ended';
  reason: HoldResolutionReason;
  by: string;
  at: Date;
}

/** Why a prosecutor settles a hold by hand. Refusing a release speaks against nobody. */
export const HOLD_RESOLUTION_REASONS = [
  'release-refused',
  'intake-confirmed-by-other-means',
  'interest-of-justice',
  'charge-not-pursued',
  'returned-to-prosecutor',
] as const;
export type HoldResolutionReason = (typeof HOLD_RESOLUTION_REASONS)[number];

export interface ReferralState {
  status: ReferralStatus;
  entered: Entered;
  /** Names the key that `confidential` is encrypted under. */
  personKeyId: string;
  /** The `Confidential` part of what was entered, encrypted. Gone once the person was erased. */
  confidential?: string;
  /** Who erased the person, when and why. */
  erased?: PersonErasure;
  /** What it is found by when the person is looked for: hashes that tell nothing without the key of this service. */
  blindKeys?: string[];
  /** Names the key that they were made under. */
  blindKeysBy?: string;
  /** What humans said of this referral and others; of each two, one holds the verdict. */
  links?: PersonLink[];
  withdrawnLinks?: WithdrawnLink[];
  /** Others of the same person are to be looked for, for the first time or again. Cleared when that was done. */
  matchingDue?: true;
  information: Information[];
  /** Each result as it was reached, the last one in force. */
  evaluations: (Evaluation & { evaluatedAt: Date })[];
  decision?: Decision;
  chargeHold?: ChargeHold;
  /** The site that it belongs to, and the version of its policy when it was taken. */
  site?: { id: string; policyVersion: number };
  /** On an arrest that is not decided on: when the hold would end, by the policy when it was taken. */
  holdWouldEnd?: Pick<ChargeHold, 'dueAt' | 'warned'> & { timeZone: string };
  /** Until when a hand-off, or on a social contact the first meeting, is aimed at. */
  handOffDueAt?: Date;
  /** Asks the prosecutor to look at it; nothing else follows from it. */
  review?: 'charge-hold-lapsed';
  caseId?: string;
  handedOffAt?: Date;
  enrolledAt?: Date;
  /** Why it ended; every terminal state has one. */
  outcomeReason?: string;
  /** Each side exit that was taken; the last one is where it stands, unless the state says otherwise. */
  exits?: Exit[];
  /** The officer took it back when services had begun, which end for nobody: it is over for the officer alone. */
  withdrawnByOfficer?: { reason: string; at: Date };
  /** The referral that stays, of two that are the same. */
  duplicateOf?: string;
  /** The right one, for a referral that was entered in error. */
  correctedBy?: string;
  /** Those entered in error that this one puts right. */
  corrects?: string[];
  quarantine?: Quarantine;
  /** What the site's policy asked for when the referral came in; a later policy changes nothing for it. */
  siteRules?: SiteRules;
  /** What was said last, by each whose approval the site asks for. */
  approvals?: Approval[];
  rescission?: Rescission;
  charges?: LaterCharge[];
  /** Its place in the worklists, derived with each write. */
  worklist?: Omit<WorklistEntry, 'flags'> & { flags: (Flag | typeof MATCHING_DUE)[] };
}

/**
 * Stands among the flags of a referral while `matchingDue` holds, and concerns nobody. It is there for the sake of the index
 * of flags, which each referral is in anyway.
 */
export const MATCHING_DUE = 'matching-due';

/** The timer of a charge hold in the document of its referral. */
export const CHARGE_HOLD_TIMER = 'charge-hold';

/** The timer of a correction whose other referral does not know of it yet. */
export const CORRECTION_TIMER = 'correction';

export type Timers = { name: string; dueAt: Date }[];

/** What a command or an event comes to. */
export interface Decided {
  state: ReferralState;
  events: ReferralEvent[];
  /** The timers from now on; absent, they stay as they are. */
  timers?: Timers;
}
