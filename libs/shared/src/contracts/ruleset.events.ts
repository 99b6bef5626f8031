import { z } from 'zod';
import { defineEvent } from './define-event.js';
import { code, id, instant } from './vocabulary.js';

export const RulesetPublished = defineEvent('ruleset.published', 1, {
  summary: "The prosecutor's office published a version of its criteria. The version never changes.",
  schema: z.object({
    rulesetId: code,
    version: z.int().min(1),
    /** Referrals that are first judged from then on are judged by it. */
    effectiveFrom: instant,
    /** Ids of its criteria. */
    criteria: z.array(code).max(50),
    /** SHA-256 of what was published. */
    hash: id,
    publishedAt: instant,
  }),
  samples: [
    {
      rulesetId: 'default',
      version: 2,
      effectiveFrom: '2026-04-01T06:00:00.000Z',
      criteria: ['adult', 'drug-amount'],
      hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      publishedAt: '2026-03-02T18:04:00.000Z',
    },
  ],
});

export const rulesetEvents = [RulesetPublished];
