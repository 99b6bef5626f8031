import type { Criterion } from '../../domain/criteria.js';
import { NO_CONTACT_ORDER } from '../../domain/no-contact-order.js';
import { ADULT } from './default.js';

/**
 * California Penal Code 1001.87, social contact, (A) to (E), in its order; the age is the programme's, not the
 * statute's. That it is served only if capacity remains after arrest diversions is no question of eligibility: who
 * meets all of this may have to wait. "Within 24 months of referral" is counted back from the day of the contact.
 */
export const CALIFORNIA_SOCIAL_CONTACT_CRITERIA: Criterion[] = [
  ADULT,
  {
    id: 'verified-conduct',
    fact: 'basisOfBelief',
    operator: 'one-of',
    value: ['records', 'direct-observation', 'reliable-information'],
    severity: 'hard',
    sentences: {
      met: 'The conduct is verified by {fact}.',
      notMet: 'The conduct is verified by none of {value}.',
      unknown: 'It is not known how the conduct is verified.',
    },
  },
  {
    id: 'inside-programme-area',
    fact: 'insideProgrammeArea',
    operator: 'equals',
    value: true,
    severity: 'hard',
    sentences: {
      met: 'The conduct was inside the area of the programme.',
      notMet: 'The conduct was outside the area of the programme.',
      unknown: 'It is not known whether the conduct was inside the area of the programme.',
    },
  },
  {
    id: 'conduct-within-24-months',
    fact: 'verifiedConduct',
    operator: 'some-within',
    window: { months: 24 },
    severity: 'hard',
    sentences: {
      met: 'Verified conduct lies within {window}, that is since {since}; known: {fact}.',
      notMet: 'No verified conduct lies within {window}, that is since {since}; known: {fact}.',
      unknown: 'It is not known when the verified conduct was.',
    },
  },
  {
    id: 'no-pending-treatment-court-case',
    fact: 'pendingTreatmentCourtCase',
    operator: 'equals',
    value: false,
    severity: 'hard',
    sentences: {
      met: 'No case is pending in a drug court or mental health court.',
      notMet: 'A case is pending in a drug court or mental health court.',
      unknown: 'It is not known whether a case is pending in a drug court or mental health court.',
    },
  },
  NO_CONTACT_ORDER,
];
