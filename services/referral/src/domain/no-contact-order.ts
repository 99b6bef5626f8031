import type { Criterion, Facts, Ruleset } from './criteria.js';

/** Between the person and somebody in the programme (California Penal Code 1001.87, E). It is shown to the coordinator alone. */
export const NO_CONTACT_ORDER: Criterion = {
  id: 'no-no-contact-order-with-participant',
  fact: 'noContactOrderWithParticipant',
  operator: 'equals',
  value: false,
  severity: 'hard',
  sentences: {
    met: 'No no-contact order stands between the person and a current participant.',
    notMet: 'A no-contact order stands between the person and a current participant.',
    unknown: 'It is not known whether a no-contact order stands between the person and a current participant.',
  },
};

/** An order that the coordinator has told of stops a referral under any ruleset, also under one that does not ask for it. */
export const underNoContactOrder = (ruleset: Ruleset, facts: Facts): Ruleset =>
  facts[NO_CONTACT_ORDER.fact] !== true || ruleset.criteria.some(({ fact }) => fact === NO_CONTACT_ORDER.fact)
    ? ruleset
    : { ...ruleset, criteria: [...ruleset.criteria, NO_CONTACT_ORDER] };
