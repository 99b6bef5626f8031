import type { ReferralState } from './referral.js';

/** The programme is for people of 18 or more (every site in PROGRAMMES: under 18 excludes). */
export const ADULT_AGE = 18;

/** How a coordinator came to know an age. */
export const AGE_EVIDENCE = ['identity-document', 'official-records', 'person-said'] as const;

/** A referral whose age is in doubt: nobody decides on it until a coordinator has looked. */
export interface Quarantine {
  reason: 'under-age';
  since: Date;
  /** Absent while it lasts. */
  ended?: { resolution: 'age-confirmed' | 'birth-date-corrected'; evidence: string; by: string; at: Date };
}

export const isQuarantined = ({ quarantine }: Pick<ReferralState, 'quarantine'>): boolean =>
  quarantine !== undefined && quarantine.ended === undefined;
