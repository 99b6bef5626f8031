import type { Criterion, Ruleset } from './criteria.js';
import type { SitePolicy } from './site-policy.js';

/** The parts of a site's policy that a referral keeps as they were when it came in. */
export type SiteRules = Pick<SitePolicy, 'warrants' | 'underSupervision' | 'victimConsent'>;

export const siteRulesOf = ({ warrants, underSupervision, victimConsent }: SitePolicy): SiteRules => ({
  warrants,
  underSupervision,
  victimConsent,
});

/** Judged beside the ruleset where a site excludes people who are wanted; the prosecutor may still override it. */
const NO_ACTIVE_WARRANT: Criterion = {
  id: 'no-active-warrant',
  fact: 'activeWarrant',
  operator: 'equals',
  value: false,
  severity: 'hard',
  overridableBy: 'prosecutor',
  sentences: {
    met: 'There is no active warrant.',
    notMet: 'There is an active warrant, and the policy of this site excludes for it.',
    unknown: 'It is not known whether there is an active warrant.',
  },
};

/** The ruleset as a site applies it. Its id and version stay: what the policy adds is told by the criterion's id. */
export const underSiteRules = (ruleset: Ruleset, rules: SiteRules | undefined): Ruleset =>
  rules?.warrants === 'exclude' ? { ...ruleset, criteria: [...ruleset.criteria, NO_ACTIVE_WARRANT] } : ruleset;
