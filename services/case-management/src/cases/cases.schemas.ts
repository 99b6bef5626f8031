import { pageQuery } from '@throughline/shared/http';
import { z } from 'zod';
import { CASE_STATES } from '../domain/case-states.js';
import { CONTACT_MODES, NEED_CATEGORIES } from '../domain/codes.js';
import { endOfCase } from './case-end.schemas.js';
import { identity } from './identity.js';

const accountId = z.string().regex(/^[\x21-\x7e]{1,128}$/, 'must be an account id: 1 to 128 visible ASCII characters');
const instant = z.iso.datetime();
const text = (longest: number) => z.string().trim().min(1).max(longest);

export const casesQuery = z.strictObject({ ...pageQuery.shape, state: z.enum(CASE_STATES).optional() });
export type CasesQuery = z.output<typeof casesQuery>;

export const assignment = z.strictObject({ caseManagerId: accountId }).meta({ id: 'NewAssignment' });
export type Assignment = z.output<typeof assignment>;

export const newContact = z
  .strictObject({
    occurredAt: instant,
    mode: z.enum(CONTACT_MODES),
    reached: z.boolean(),
    note: text(2_000).optional(),
  })
  .meta({ id: 'NewContact' });
export type NewContact = z.output<typeof newContact>;

export const intake = z.strictObject({ completedAt: instant }).meta({ id: 'CompletedIntake' });
export type CompletedIntake = z.output<typeof intake>;

export const newNeed = z
  .strictObject({ category: z.enum(NEED_CATEGORIES), goal: text(1_000).optional() })
  .meta({ id: 'NewNeed' });
export type NewNeed = z.output<typeof newNeed>;

const state = z.enum(CASE_STATES);

const referral = z.object({
  referralId: z.string(),
  pathway: z.string(),
  agencyId: z.string(),
  district: z.string(),
  occurredAt: instant,
  decidedAt: instant,
  chargeHoldDueAt: instant.optional(),
  mergedFrom: z.string().optional().describe('The case that brought it here when it was merged into this one.'),
  ended: z.object({ as: z.string(), reason: z.string(), at: instant }).optional(),
  acceptanceRescindedAt: instant.optional(),
  charges: z
    .array(z.object({ chargeId: z.string(), about: z.enum(['held-charge', 'new-event']), filedAt: instant }))
    .optional()
    .describe('Charges that were filed since: an alert, which alters nothing.'),
});

export const caseSummary = z
  .object({
    id: z.string(),
    state,
    openedAt: instant,
    caseManagerId: z.string().optional(),
    assignedAt: instant.optional(),
    referrals: z.array(referral),
    mergedInto: z
      .object({ caseId: z.string(), at: instant })
      .optional()
      .describe('Another case of the same person, which goes on instead of this one.'),
  })
  .meta({ id: 'CaseSummary' });
export type CaseSummaryAnswer = z.output<typeof caseSummary>;

export const casesPage = z
  .object({ items: z.array(caseSummary), nextCursor: z.string().optional() })
  .meta({ id: 'CasesPage' });

export const caseAnswer = z
  .object({
    ...caseSummary.shape,
    identity,
    contacts: z.array(
      z.object({
        id: z.string(),
        occurredAt: instant,
        enteredAt: instant,
        enteredBy: z.string(),
        mode: z.enum(CONTACT_MODES),
        reached: z.boolean(),
        note: z.string().optional(),
      }),
    ),
    intake: z.object({ completedAt: instant, enteredAt: instant, enteredBy: z.string() }).optional(),
    needs: z.array(
      z.object({
        id: z.string(),
        category: z.enum(NEED_CATEGORIES),
        goal: z.string().optional(),
        recordedAt: instant,
        recordedBy: z.string(),
      }),
    ),
    ends: z.array(endOfCase).describe('Each time that it ended, the latest last.'),
  })
  .meta({ id: 'Case' });
export type CaseAnswer = z.output<typeof caseAnswer>;

export const assignmentAnswer = z
  .object({
    id: z.string(),
    state,
    caseManagerId: z.string(),
    caseload: z.object({
      count: z.int(),
      level: z.enum(['normal', 'warn', 'soft']),
      limit: z.int(),
    }),
  })
  .meta({ id: 'Assignment' });
export type AssignmentAnswer = z.output<typeof assignmentAnswer>;

export const contactAnswer = z.object({ id: z.string(), caseId: z.string(), state }).meta({ id: 'Contact' });
export type ContactAnswer = z.output<typeof contactAnswer>;

export const intakeAnswer = z
  .object({ caseId: z.string(), state, completedAt: instant, enteredAt: instant })
  .meta({ id: 'Intake' });
export type IntakeAnswer = z.output<typeof intakeAnswer>;

export const needAnswer = z
  .object({ id: z.string(), caseId: z.string(), category: z.enum(NEED_CATEGORIES) })
  .meta({ id: 'Need' });
export type NeedAnswer = z.output<typeof needAnswer>;
