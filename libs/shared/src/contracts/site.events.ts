import { z } from 'zod';
import { defineEvent } from './define-event.js';
import { code, id, instant } from './vocabulary.js';

export const SitePolicyChanged = defineEvent('site.policy-changed', 1, {
  summary: "The policy of a programme's site was made or changed. It governs what is decided from then on.",
  schema: z.object({
    siteId: id,
    policyVersion: z.int().min(1),
    /** Ways in that are open. */
    pathways: z.array(code).max(10),
    chargeHoldDays: z.int().min(7).max(30),
    /** Absent where the site does not count its places. */
    places: z.int().min(0).optional(),
    changedAt: instant,
  }),
  samples: [
    {
      siteId: 'santa-fe',
      policyVersion: 2,
      pathways: ['arrest-diversion', 'social-contact'],
      chargeHoldDays: 30,
      places: 60,
      changedAt: '2026-03-02T18:04:00.000Z',
    },
  ],
});

export const siteEvents = [SitePolicyChanged];
