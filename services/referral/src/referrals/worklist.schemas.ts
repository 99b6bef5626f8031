import { pathway } from '@throughline/shared/contracts';
import { pageQuery } from '@throughline/shared/http';
import { z } from 'zod';
import { agencyId } from '../agencies/agencies.schemas.js';
import { MAX_CANDIDATES } from '../domain/matching/compare.js';
import { REFERRAL_STATUSES } from '../domain/referral-status.js';
import { ALL_FLAGS } from '../domain/worklist.js';
import { chargeHoldView } from './hold.schemas.js';
import { evaluationView, review, time } from './referral-view.schemas.js';

const state = z.enum(REFERRAL_STATUSES);
const flag = z.enum(ALL_FLAGS as [(typeof ALL_FLAGS)[number], ...typeof ALL_FLAGS]);

export const worklistQuery = z
  .strictObject({
    ...pageQuery.shape,
    state: state.optional(),
    pathway: pathway.optional(),
    agency: agencyId.optional(),
    district: agencyId.optional().describe('Code of the district.'),
    flag: flag.optional().describe('Only what has this flag, out of those that concern the caller.'),
    overdue: z
      .literal('true')
      .optional()
      .describe('Only charges whose hold is over and waits for its review, or would be over.'),
    dueBefore: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('Only charges whose hold ends before this instant, or would end.'),
    sort: z
      .enum(['due', 'entered'])
      .default('due')
      .describe(
        'due: first what is in doubt, then charges by the end of their hold, also of arrests that nobody has decided on; entered: oldest first.',
      ),
  })
  .refine(({ overdue, dueBefore }) => overdue === undefined || dueBefore === undefined, {
    error: 'Ask for what is overdue, or for what is due before an instant.',
    path: ['overdue'],
  });
export type WorklistQuery = z.infer<typeof worklistQuery>;

export const worklistItem = z
  .object({
    id: z.uuid(),
    state,
    pathway,
    agencyId: z.string(),
    district: z.string(),
    occurredAt: time,
    enteredAt: time,
    /** Initials and nothing more: a list may be on a screen that others see. */
    initials: z.string().optional(),
    /** The person was erased. */
    erased: z.boolean().optional(),
    offenses: z.array(z.string()),
    outcome: evaluationView.shape.outcome,
    notMet: z.array(z.string()),
    unknown: z.array(z.string()),
    flags: z.array(flag).describe('What asks for the eye of the caller.'),
    candidates: z
      .int()
      .optional()
      .describe(`Referrals that may be of the same person, undecided, ${MAX_CANDIDATES} at most; to the coordinator.`),
    overdue: z.boolean().describe('True when the hold of the charge is over without a completed intake, or would be.'),
    chargeHold: chargeHoldView.optional(),
    handOffOverdue: z.boolean().describe('True when the target of the hand-off is over and none was made.'),
    review: review.optional(),
  })
  .meta({ id: 'WorklistItem' });
export type WorklistItem = z.infer<typeof worklistItem>;

export const worklistPage = z
  .object({ items: z.array(worklistItem), nextCursor: z.string().optional() })
  .meta({ id: 'WorklistPage' });

export const worklistCounts = z
  .object({
    states: z.partialRecord(state, z.int().min(0)).describe('Referrals in each state.'),
    flags: z.partialRecord(flag, z.int().min(0)).describe('Referrals with each flag that concerns the caller.'),
  })
  .meta({ id: 'WorklistCounts' });
export type WorklistCounts = z.infer<typeof worklistCounts>;
