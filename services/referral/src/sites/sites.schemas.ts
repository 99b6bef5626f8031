import { instant } from '@throughline/shared/contracts';
import { pageQuery } from '@throughline/shared/http';
import { z } from 'zod';
import { name, siteId, timeZone } from '../agencies/agencies.schemas.js';
import { DAYS_OF_WEEK } from '../domain/site-policy.js';

const rulesetId = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'A ruleset id is in kebab-case.' });

export const sitePolicy = z
  .strictObject({
    pathways: z.strictObject({
      'arrest-diversion': z.boolean(),
      'social-contact': z.boolean(),
      community: z.boolean(),
    }),
    rulesets: z.strictObject({ 'arrest-diversion': rulesetId, 'social-contact': rulesetId }),
    chargeHold: z.strictObject({
      days: z
        .int()
        .min(7, { error: 'A charge is held for 7 to 30 days.' })
        .max(30, { error: 'A charge is held for 7 to 30 days.' }),
      warnings: z.array(z.int().min(1).max(29)).max(5),
      rollToBusinessDay: z.boolean(),
    }),
    holidays: z
      .array(z.iso.date({ error: 'This must be a date of the calendar, as in 2026-07-03.' }))
      .max(400, { error: 'A policy lists 400 holidays at most.' }),
    businessDays: z.array(z.enum(DAYS_OF_WEEK)).min(1, { error: 'A week has at least one business day.' }).max(7),
    handOff: z.strictObject({
      targetMinutes: z.int().min(1).max(1440),
      socialContactBusinessDays: z.int().min(1).max(30),
    }),
    capacity: z.strictObject({ places: z.int().min(0).max(100_000).nullable() }),
    warrants: z.enum(['flag', 'exclude']),
    underSupervision: z.enum(['ignore', 'approval']),
    victimConsent: z.enum(['not-required', 'required']),
  })
  .meta({ id: 'SitePolicy' });
export type SitePolicyBody = z.infer<typeof sitePolicy>;

export const siteRequest = z
  .strictObject({ id: siteId, name, timeZone, policy: sitePolicy.optional() })
  .meta({ id: 'SiteRequest' });
export type SiteRequest = z.infer<typeof siteRequest>;

export const siteAnswer = z.object({ id: siteId, policyVersion: z.int() }).meta({ id: 'SitePolicyInForce' });
export type SiteAnswer = z.infer<typeof siteAnswer>;

const policyVersion = z.object({
  policyVersion: z.int(),
  policy: sitePolicy,
  by: z.string(),
  at: instant,
});

const siteSummary = z.object({
  id: siteId,
  name: z.string(),
  /** Absent on site `default`, where each agency keeps its own. */
  timeZone: z.string().optional(),
  ...policyVersion.shape,
});

export const siteView = siteSummary.meta({ id: 'Site' });
export type SiteView = z.infer<typeof siteView>;

export const sitePage = z
  .object({ items: z.array(siteView), nextCursor: z.string().optional() })
  .meta({ id: 'SitePage' });

export const policyHistory = z
  .object({ items: z.array(policyVersion) })
  .meta({ id: 'PolicyHistory', description: 'Every version, oldest first; the last one is in force.' });
export type PolicyHistory = z.infer<typeof policyHistory>;

export const sitesQuery = pageQuery;
export type SitesQuery = z.infer<typeof sitesQuery>;
