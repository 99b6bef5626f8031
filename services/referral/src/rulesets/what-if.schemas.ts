import { pathway } from '@throughline/shared/contracts';
import { pageQuery } from '@throughline/shared/http';
import { z } from 'zod';
import { siteId } from '../agencies/agencies.schemas.js';

const instant = z.iso.datetime({ offset: true, error: 'This must be a date and time with its offset.' });
const outcome = z.enum(['eligible', 'presumptively-ineligible', 'ineligible', 'information-missing']);
const verdict = z.enum(['met', 'not-met', 'unknown']);
const count = z.int().min(0);
const counts = z.object({
  eligible: count,
  'presumptively-ineligible': count,
  ineligible: count,
  'information-missing': count,
});

export const whatIfRequest = z
  .strictObject({
    from: instant.optional().meta({ description: 'Entered at this time or later.' }),
    to: instant.optional().meta({ description: 'Entered before this time.' }),
    site: siteId.optional(),
    pathway: pathway.optional(),
    most: z
      .int()
      .min(1)
      .max(10_000, { error: 'At most 10000 referrals are judged again.' })
      .default(10_000)
      .meta({ description: 'So many referrals are judged again, the newest first.' }),
    limit: pageQuery.shape.limit,
    cursor: pageQuery.shape.cursor,
  })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    error: 'A period ends after it began.',
    path: ['to'],
  })
  .meta({ id: 'WhatIfRequest' });
export type WhatIfRequest = z.infer<typeof whatIfRequest>;

export const whatIfAnswer = z
  .object({
    totals: z
      .object({
        considered: count.meta({ description: 'Referrals that were judged again.' }),
        complete: z.boolean().meta({ description: 'False: there are more than `most`; choose a shorter period.' }),
        changed: count,
        now: counts,
        then: counts,
      })
      .optional()
      .meta({ description: 'On the first page.' }),
    items: z.array(
      z.object({
        referralId: z.uuid(),
        pathway,
        enteredAt: z.iso.datetime(),
        now: outcome,
        then: outcome,
        because: z
          .array(z.object({ criterion: z.string(), now: verdict.optional(), then: verdict.optional() }))
          .meta({ description: 'The criteria that make the difference.' }),
      }),
    ),
    nextCursor: z.string().optional(),
  })
  .meta({ id: 'WhatIf', description: 'Without criteria that are shown to the coordinator alone, now and then.' });
export type WhatIfAnswer = z.infer<typeof whatIfAnswer>;

export const whatIfPosition = z.object({
  enteredAt: z.iso.datetime().transform((text) => new Date(text)),
  id: z.uuid(),
  /** Referrals up to there. */
  seen: count,
});
