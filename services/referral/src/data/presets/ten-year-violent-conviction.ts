import type { Criterion } from '../../domain/criteria.js';
import { DEFAULT_CRITERIA } from './default.js';

/** The default exclusions, and a violent conviction within ten years of the event, as Watauga County has it. */
export const TEN_YEAR_VIOLENT_CONVICTION_CRITERIA: Criterion[] = [
  ...DEFAULT_CRITERIA,
  {
    id: 'no-violent-conviction-within-10-years',
    fact: 'violentConvictions',
    operator: 'none-within',
    window: { years: 10 },
    severity: 'hard',
    overridableBy: 'prosecutor',
    sentences: {
      met: 'No conviction of a violent crime lies within {window}, that is since {since}; known: {fact}.',
      notMet: 'A conviction of a violent crime lies within {window}, that is since {since}; known: {fact}.',
      unknown: 'It is not known whether the person was convicted of a violent crime.',
    },
  },
];
