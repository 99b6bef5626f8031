import type { Criterion, Ruleset } from '../../domain/criteria.js';

/** The programme is for adults. Nobody may override it. */
export const ADULT: Criterion = {
  id: 'adult',
  fact: 'ageAtEvent',
  operator: 'at-least',
  value: 18,
  severity: 'hard',
  sentences: {
    met: 'The person was {fact} years old, which is {value} or more.',
    notMet: 'The person was {fact} years old, and the programme is for people of {value} or more.',
    unknown: 'It is not known how old the person was.',
  },
};

/**
 * The exclusions of Santa Fe. The programme calls all of them presumptive and gives the attorney the final say; here
 * the amount and the dealing are presumptive, what concerns minors is absolute, and the rest is hard and can be
 * overridden by the prosecutor. `divertible-offense` puts the prosecutor's list of offences into effect.
 */
export const DEFAULT_CRITERIA: Criterion[] = [
  ADULT,
  {
    id: 'divertible-offense',
    fact: 'everyOffenseDiverted',
    operator: 'equals',
    value: true,
    severity: 'hard',
    overridableBy: 'prosecutor',
    sentences: {
      met: 'Each offense is on the list of those that are diverted.',
      notMet: 'At least one offense is on the list of those that are not diverted.',
      unknown: 'It is not known whether each offense is diverted.',
    },
  },
  {
    id: 'drug-amount',
    fact: 'drugGrams',
    operator: 'at-most',
    value: 6,
    severity: 'presumptive',
    sentences: {
      met: 'The drugs weigh {fact} g, which is {value} g or less.',
      notMet: 'The drugs weigh {fact} g, which is more than {value} g.',
      unknown: 'It is a drug offense, and the amount is not known.',
    },
  },
  {
    id: 'no-dealing-beyond-subsistence',
    fact: 'dealingBeyondSubsistence',
    operator: 'equals',
    value: false,
    severity: 'presumptive',
    sentences: {
      met: 'The person does not deal beyond what their own use needs.',
      notMet: 'The person deals beyond what their own use needs.',
      unknown: 'It is not known whether the person deals beyond what their own use needs.',
    },
  },
  {
    id: 'no-exploitation-of-minors',
    fact: 'exploitsMinors',
    operator: 'equals',
    value: false,
    severity: 'hard',
    sentences: {
      met: 'The person does not exploit minors.',
      notMet: 'The person exploits minors.',
      unknown: 'It is not known whether the person exploits minors.',
    },
  },
  {
    id: 'no-promotion-of-prostitution',
    fact: 'promotesProstitution',
    operator: 'equals',
    value: false,
    severity: 'hard',
    overridableBy: 'prosecutor',
    sentences: {
      met: 'The person does not promote prostitution.',
      notMet: 'The person promotes prostitution.',
      unknown: 'It is not known whether the person promotes prostitution.',
    },
  },
  {
    id: 'no-disqualifying-history',
    fact: 'disqualifyingHistory',
    operator: 'equals',
    value: false,
    severity: 'hard',
    overridableBy: 'prosecutor',
    sentences: {
      met: 'The criminal history does not disqualify the person.',
      notMet: 'The criminal history disqualifies the person.',
      unknown: 'The criminal history has not been checked.',
    },
  },
];

/**
 * Version 1 of ruleset `default`, built in, so that a platform without any content of its own judges by it. It never
 * changes: the prosecutor's office publishes version 2.
 */
export const DEFAULT_RULESET: Ruleset = {
  id: 'default',
  version: 1,
  title: 'Default exclusions',
  effectiveFrom: '2020-01-01T00:00:00.000Z',
  criteria: DEFAULT_CRITERIA,
};
