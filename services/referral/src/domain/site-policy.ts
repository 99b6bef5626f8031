import { isDeepStrictEqual } from 'node:util';
import type { Pathway } from '@throughline/shared/contracts';
import { Refusal, type FieldError } from '@throughline/shared/domain';

/** Days of the week by their codes in FHIR R4 (`days-of-week`), Monday first. */
export const DAYS_OF_WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type DayOfWeek = (typeof DAYS_OF_WEEK)[number];

/** What sites differ in, as data. A site is the area of one LEAD programme. */
export interface SitePolicy {
  /** Which ways in are open. `community`: an officer may enter whom a partner in the community suggested. */
  pathways: Record<Pathway | 'community', boolean>;
  /** The ruleset that judges a new referral of each pathway. */
  rulesets: Record<Pathway, string>;
  chargeHold: {
    /** From the day of the event to the day on whose end the hold runs out; 7 to 30. */
    days: number;
    /** Days before the end on which the prosecutor and the coordinator are warned, most first. */
    warnings: number[];
    /** A hold that would end on a day that is no business day ends on the next one that is. */
    rollToBusinessDay: boolean;
  };
  /** Dates `YYYY-MM-DD` on which nobody works, though it be a business day. */
  holidays: string[];
  businessDays: DayOfWeek[];
  /** Targets, shown and never held against anybody. */
  handOff: { targetMinutes: number; socialContactBusinessDays: number };
  /** People whom the site can serve at once; null: not counted. */
  capacity: { places: number | null };
  /** What an active warrant means: a flag for the liaison prosecutor, or an exclusion. */
  warrants: 'flag' | 'exclude';
  /** On probation or parole: nothing, or their supervising agency approves before acceptance. */
  underSupervision: 'ignore' | 'approval';
  /** Whether a victim must agree before acceptance. */
  victimConsent: 'not-required' | 'required';
}

export const DEFAULT_SITE = 'default';

/** The policy of site `default` until somebody changes it; the days of a hold come from the environment. */
export const defaultPolicy = (chargeHoldDays: number): SitePolicy => ({
  pathways: { 'arrest-diversion': true, 'social-contact': true, community: false },
  rulesets: { 'arrest-diversion': 'default', 'social-contact': 'default' },
  // a warning must come before the end: shorter holds have fewer
  chargeHold: {
    days: chargeHoldDays,
    warnings: [10, 3].filter((days) => days < chargeHoldDays),
    rollToBusinessDay: false,
  },
  holidays: [],
  businessDays: ['mon', 'tue', 'wed', 'thu', 'fri'],
  handOff: { targetMinutes: 30, socialContactBusinessDays: 3 },
  capacity: { places: null },
  warrants: 'flag',
  underSupervision: 'ignore',
  victimConsent: 'not-required',
});

/** One version of a policy, with who put it in force and when. */
export interface PolicyVersion {
  version: number;
  policy: SitePolicy;
  by: string;
  at: Date;
}

export interface SiteState {
  name: string;
  /** IANA zone whose days and clock govern; absent on site `default`, where each agency keeps its own. */
  timeZone?: string;
  /** Oldest first; the last one is in force. */
  policies: [PolicyVersion, ...PolicyVersion[]];
}

/** What governs a referral of an agency. */
export interface SiteOfAgency {
  siteId: string;
  timeZone: string;
  policyVersion: number;
  policy: SitePolicy;
}

export const policyInForce = ({ policies }: SiteState): PolicyVersion => policies.at(-1) ?? policies[0];

/** What of a policy cannot be true together, one entry per field; empty where all of it can. */
export function policyErrors({ pathways, chargeHold, holidays, businessDays }: SitePolicy): FieldError[] {
  const errors: FieldError[] = [];
  if (!Object.values(pathways).some(Boolean))
    errors.push({ pointer: '#/pathways', detail: 'At least one pathway is open.' });
  if (pathways.community && !pathways['social-contact'])
    errors.push({
      pointer: '#/pathways/community',
      detail: 'Whom the community suggests is referred by social contact, which is not open.',
    });
  chargeHold.warnings.forEach((days, index) => {
    if (days >= chargeHold.days)
      errors.push({
        pointer: `#/chargeHold/warnings/${index}`,
        detail: 'A warning comes after the event: fewer days before the end than the hold has.',
      });
    if (index > 0 && days >= (chargeHold.warnings[index - 1] ?? 0))
      errors.push({ pointer: `#/chargeHold/warnings/${index}`, detail: 'Warnings are listed once each, most first.' });
  });
  for (const [name, list] of Object.entries({ holidays, businessDays }))
    list.forEach((one: string, index) => {
      if ((list as string[]).indexOf(one) !== index)
        errors.push({ pointer: `#/${name}/${index}`, detail: 'This is listed twice.' });
    });
  return errors;
}

/** Parts that are about who may be diverted, until when a charge waits, and who comes first: the attorney's too. */
const PROSECUTORS_PARTS: ReadonlySet<keyof SitePolicy> = new Set<keyof SitePolicy>([
  'pathways',
  'rulesets',
  'chargeHold',
  'capacity',
  'warrants',
  'underSupervision',
  'victimConsent',
]);

/** The parts that differ and that a prosecutor may not change: the working week, holidays and targets. */
export function notTheProsecutors(before: SitePolicy, after: SitePolicy): (keyof SitePolicy)[] {
  return (Object.keys(after) as (keyof SitePolicy)[]).filter(
    (part) => !PROSECUTORS_PARTS.has(part) && !isDeepStrictEqual(before[part], after[part]),
  );
}

/**
 * Whether a site takes referrals of this pathway. Whom a partner in the community suggested comes by social contact.
 * @throws Refusal `pathway-not-offered`, `community-needs-social-contact` (422)
 */
export function assertOffered({ pathways }: SitePolicy, pathway: Pathway, fromCommunity: boolean): void {
  if (!pathways[pathway])
    throw new Refusal('invalid', 'pathway-not-offered', 'This programme does not take referrals of this pathway.', {
      errors: [{ pointer: '#/pathway', detail: 'The policy of your site has closed it.' }],
    });
  if (fromCommunity && pathway !== 'social-contact')
    throw new Refusal(
      'invalid',
      'community-needs-social-contact',
      'Whom a partner in the community suggested is referred by social contact.',
      { errors: [{ pointer: '#/pathway', detail: 'This must be social-contact.' }] },
    );
}
