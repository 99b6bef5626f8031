import { CASE_ENDS } from '@throughline/shared/contracts';
import { z } from 'zod';
import { END_REASONS, ENTERED_ENDS, REOPENING_REASONS } from '../domain/case-end.js';
import { CASE_STATES } from '../domain/case-states.js';

const instant = z.iso.datetime();
const state = z.enum(CASE_STATES);
const reasons = Object.values(END_REASONS).flat() as [string, ...string[]];

export const endRequest = z
  .strictObject({
    as: z.enum(ENTERED_ENDS),
    reason: z.enum(reasons).describe('One of those that fit: another one is refused with their list.'),
    endedAt: instant.describe('When it happened, not when it is entered.'),
  })
  .meta({ id: 'EndOfCaseRequest' });
export type EndRequest = z.output<typeof endRequest>;

export const reopeningRequest = z.strictObject({ reason: z.enum(REOPENING_REASONS) }).meta({ id: 'ReopeningRequest' });
export type ReopeningRequest = z.output<typeof reopeningRequest>;

export const endAnswer = z
  .object({ id: z.string(), state, reason: z.string(), endedAt: instant, enteredAt: instant })
  .meta({ id: 'EndedCase' });
export type EndAnswer = z.output<typeof endAnswer>;

export const reopeningAnswer = z
  .object({
    id: z.string(),
    state,
    caseManagerId: z
      .string()
      .optional()
      .describe('Who has it again. Absent: that caseload is full, and the coordinator assigns it.'),
  })
  .meta({ id: 'ReopenedCase' });
export type ReopeningAnswer = z.output<typeof reopeningAnswer>;

/** Each end, as the answer of a case shows it. */
export const endOfCase = z.object({
  as: z.enum(CASE_ENDS),
  reason: z.string(),
  endedAt: instant,
  enteredAt: instant,
  enteredBy: z.string(),
  reopened: z.object({ reason: z.string(), at: instant, by: z.string() }).optional(),
});
