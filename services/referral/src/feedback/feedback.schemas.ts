import { pageQuery } from '@throughline/shared/http';
import { z } from 'zod';
import { officerView, receivedView, time } from '../referrals/referral-view.schemas.js';

export const enteredQuery = pageQuery;
export type EnteredQuery = z.infer<typeof enteredQuery>;

export const officerReferralsPage = z
  .object({ items: z.array(officerView), nextCursor: z.string().optional() })
  .meta({ id: 'OfficerReferralsPage' });

/** Told to the unit in the place of an officer who has left: who it was, when, and the feedback; nothing that was entered. */
export const unitFeedback = z
  .object({
    ...receivedView.shape,
    officerId: z.string(),
    unit: z.string().optional().describe('Where the officer served last.'),
    occurredAt: time,
    ...officerView.pick({ contacted: true, enrolled: true, intakeDate: true }).shape,
  })
  .meta({ id: 'UnitFeedback' });
export type UnitFeedback = z.infer<typeof unitFeedback>;

export const unitFeedbackPage = z
  .object({ items: z.array(unitFeedback), nextCursor: z.string().optional() })
  .meta({ id: 'UnitFeedbackPage' });
