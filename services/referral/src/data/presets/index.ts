import type { Criterion } from '../../domain/criteria.js';
import { CALIFORNIA_SOCIAL_CONTACT_CRITERIA } from './california-social-contact.js';
import { DEFAULT_CRITERIA } from './default.js';
import { TEN_YEAR_VIOLENT_CONVICTION_CRITERIA } from './ten-year-violent-conviction.js';

/** Criteria that a prosecutor's office may begin a draft with. */
export interface Preset {
  id: string;
  title: string;
  /** Where the rules come from. */
  source: string;
  criteria: Criterion[];
}

export const PRESETS: readonly Preset[] = [
  {
    id: 'default',
    title: 'Default exclusions',
    source: 'LEAD Santa Fe, programme criteria',
    criteria: DEFAULT_CRITERIA,
  },
  {
    id: 'california-social-contact',
    title: 'Social contact in California',
    source: 'California Penal Code 1001.87',
    criteria: CALIFORNIA_SOCIAL_CONTACT_CRITERIA,
  },
  {
    id: 'ten-year-violent-conviction',
    title: 'Default exclusions, and no violent conviction within ten years',
    source: 'LEAD Watauga County, programme criteria',
    criteria: TEN_YEAR_VIOLENT_CONVICTION_CRITERIA,
  },
];
