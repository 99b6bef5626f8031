import { BASES_OF_BELIEF, type ReportedFacts } from './referral.js';

/** What a fact is like, and so which operators can judge it. */
export type FactDefinition = {
  /** What it says, for whoever writes a criterion on it. */
  says: string;
  /**
   * `coordinator`: only the coordinator says it and is shown it, or what a criterion makes of it: it is about another
   * participant as well, and neither side may learn of the other.
   */
  shownTo?: 'coordinator';
} & (
  | { kind: 'boolean' }
  | { kind: 'number'; least: number; most: number }
  | { kind: 'code'; codes: readonly string[] }
  /** Days on which something happened; none known is an empty list. */
  | { kind: 'dates' }
);

/** More dates than this say nothing more about a window. */
export const MOST_DATES = 20;

/** Every fact that a criterion may look at: what is reported, and what follows from what was entered. */
export const FACTS = {
  ageAtEvent: { kind: 'number', least: 0, most: 120, says: 'Full years of age on the day of the event.' },
  everyOffenseDiverted: { kind: 'boolean', says: 'Each offense is on the list of those that are diverted.' },
  drugGrams: { kind: 'number', least: 0, most: 2_000_000, says: 'Grams of drugs, pills not counted.' },
  basisOfBelief: { kind: 'code', codes: BASES_OF_BELIEF, says: 'By what the conduct is verified.' },
  dealingBeyondSubsistence: { kind: 'boolean', says: 'The person deals beyond what their own use needs.' },
  exploitsMinors: { kind: 'boolean', says: 'The person exploits minors.' },
  promotesProstitution: { kind: 'boolean', says: 'The person promotes prostitution.' },
  disqualifyingHistory: { kind: 'boolean', says: 'The criminal history disqualifies the person.' },
  activeWarrant: { kind: 'boolean', says: 'There is an active warrant for the person.' },
  underSupervision: { kind: 'boolean', says: 'The person is on probation or parole.' },
  violentConvictions: { kind: 'dates', says: 'Days on which the person was convicted of a violent crime.' },
  verifiedConduct: { kind: 'dates', says: 'Days of verified low-level drug activity or prostitution.' },
  insideProgrammeArea: { kind: 'boolean', says: 'That conduct was inside the area of the programme.' },
  pendingTreatmentCourtCase: {
    kind: 'boolean',
    says: 'A case is pending in a drug court or mental health court.',
  },
  noContactOrderWithParticipant: {
    kind: 'boolean',
    says: 'A no-contact order stands between the person and a current participant.',
    shownTo: 'coordinator',
  },
} satisfies Record<
  keyof ReportedFacts | 'ageAtEvent' | 'everyOffenseDiverted' | 'drugGrams' | 'basisOfBelief',
  FactDefinition
>;

/** Facts that the coordinator alone says and sees. */
export const COORDINATORS_FACTS: ReadonlySet<string> = new Set(
  Object.entries<FactDefinition>(FACTS)
    .filter(([, { shownTo }]) => shownTo === 'coordinator')
    .map(([name]) => name),
);
