import { CASE_ENDS, type CaseEnd } from '@throughline/shared/contracts';
import { z } from 'zod';
import { STAGES } from '../domain/courses.js';
import { COUNTED_ENDS, type CountedEnd } from '../domain/funnel.js';

const pathway = z.enum(['arrest-diversion', 'social-contact']);
const count = z.int().min(0);
const share = z.number().min(0).max(1);

/** A day of the site, or an instant. Earlier than 1970 there was no LEAD; later than 2199 is a typing error. */
const dayOrInstant = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], {
    error: 'must be a date (2026-03-02) or an instant (2026-03-02T18:04:00Z)',
  })
  .refine((text) => /^(19[7-9]|2[01]\d)\d/.test(text), { error: 'must be between 1970 and 2199' });

export const funnelQuery = z.strictObject({
  asOf: dayOrInstant.optional().describe('What had happened by the end of that day or by that instant; now if absent.'),
  from: dayOrInstant.optional().describe('Only referrals that happened on that day or instant, or later.'),
  pathway: pathway.optional().describe('Only this pathway.'),
  agency: z.string().min(1).max(128).optional().describe('Only referrals of this agency, by its id.'),
  district: z.string().min(1).max(64).optional().describe('Only referrals of this district, by its code.'),
});

export type FunnelParameters = z.output<typeof funnelQuery>;

const stage = z.enum(STAGES);
const counts = z
  .object(Object.fromEntries(STAGES.map((name) => [name, count])) as Record<(typeof STAGES)[number], typeof count>)
  .meta({
    id: 'StageCounts',
    description: 'Referrals that had reached each stage; each count is at most the one before.',
  });
const groups = z.array(
  z.object({
    key: z.string().describe('Code or id; none-recorded where the referral names none.'),
    name: z.string().optional().describe('A name for people, where one is known.'),
    counts,
  }),
);

export const funnelSchema = z
  .object({
    asOf: z.iso.datetime().describe('The instant that the report is about.'),
    from: z.iso.datetime().optional(),
    filter: z.object({ pathway: pathway.optional(), agency: z.string().optional(), district: z.string().optional() }),
    generatedAt: z.iso.datetime(),
    smallCells: z
      .literal('exact')
      .describe('Counts are exact, however small, and could point to a person: for internal use only.'),
    stages: z
      .array(
        z.object({
          stage,
          count,
          ofReferred: share.describe('Share of all referrals.'),
          ofPrevious: share.describe('Share of those who had reached the stage before.'),
        }),
      )
      .describe('In order. A stage counts when it and all before it have happened.'),
    people: count.describe('People behind the referrals, as far as it was confirmed which are of the same person.'),
    declined: count.describe('Referrals that the prosecutor had declined.'),
    ended: z
      .object(Object.fromEntries(COUNTED_ENDS.map((end) => [end, count])) as Record<CountedEnd, typeof count>)
      .describe('Referrals that ended beside the line, by the way they ended; services may go on after it.'),
    casesEnded: z
      .object(Object.fromEntries(CASE_ENDS.map((end) => [end, count])) as Record<CaseEnd, typeof count>)
      .describe('Cases that had ended and not been re-opened, by the way they ended.'),
    waitingTimes: z
      .array(
        z.object({
          from: stage,
          to: stage,
          count: count.describe('Referrals that had passed both stages.'),
          medianMinutes: z.number().min(0).optional(),
          p90Minutes: z.number().min(0).optional(),
        }),
      )
      .describe('Of those who had passed both stages; who still waits is not in it.'),
    chargeHolds: z
      .object({ held: count, open: count, satisfied: count, lapsed: count, ended: count })
      .describe('held = open + satisfied + lapsed + ended. The time of the intake governs, not when it was entered.'),
    groups: z
      .object({ pathway: groups, agency: groups, district: groups, offense: groups })
      .describe('The first three add up to the totals. A referral may name several NIBRS offences.'),
    needs: z.array(
      z.object({
        category: z.string(),
        needs: count,
        requested: count.describe('Needs that were linked to a service.'),
        accepted: count,
        completed: count,
        linkageRate: share.describe('requested / needs'),
      }),
    ),
    services: z.array(
      z.object({
        serviceId: z.string(),
        name: z.string().optional(),
        organizationName: z.string().optional(),
        requested: count,
        accepted: count,
        completed: count,
      }),
    ),
  })
  .meta({ id: 'Funnel' });

export type Funnel = z.output<typeof funnelSchema>;
