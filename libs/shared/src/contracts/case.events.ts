import { z } from 'zod';
import { defineEvent } from './define-event.js';
import { code, id, instant, pathway } from './vocabulary.js';

const caseId = '7c1e7d0e-3f0a-5b7b-8d0c-6a1f2b3c4d5e';
const referralId = '0b8f6b52-6a0e-5c7e-9c7e-2f0d5f3e9a01';
const at = '2026-03-02T18:31:00.000Z';

export const CaseOpened = defineEvent('case.opened', 1, {
  summary: 'A case was opened for an accepted referral.',
  schema: z.object({ caseId: id, referralId: id, pathway, openedAt: instant }),
  samples: [{ caseId, referralId, pathway: 'arrest-diversion', openedAt: at }],
});

export const ReferralJoinedCase = defineEvent('case.referral-joined', 1, {
  summary: 'An accepted referral of a person who has an open case joined that case; no other one was opened.',
  schema: z.object({
    caseId: id,
    referralId: id,
    pathway,
    joinedAt: instant,
    /** Only where intake was completed by then: it need not be done again. */
    intakeCompletedAt: instant.optional(),
  }),
  samples: [{ caseId, referralId, pathway: 'social-contact', joinedAt: at, intakeCompletedAt: at }],
});

export const CaseManagerAssigned = defineEvent('case.manager-assigned', 1, {
  summary: 'A case manager took a case on.',
  schema: z.object({ caseId: id, caseManagerId: id, assignedAt: instant }),
  samples: [{ caseId, caseManagerId: 'persona-case-manager', assignedAt: at }],
});

export const CaseContacted = defineEvent('case.contacted', 1, {
  summary: 'The client was reached for the first time.',
  schema: z.object({ caseId: id, mode: code, contactedAt: instant }),
  samples: [{ caseId, mode: 'in-person', contactedAt: at }],
});

export const IntakeCompleted = defineEvent('case.intake-completed', 1, {
  summary:
    'Intake was completed. `completedAt` is when it happened, which governs the charge hold, not when it was entered.',
  schema: z.object({ caseId: id, referralIds: z.array(id).min(1).max(50), completedAt: instant, enteredAt: instant }),
  samples: [{ caseId, referralIds: [referralId], completedAt: at, enteredAt: at }],
});

export const NeedRecorded = defineEvent('case.need-recorded', 1, {
  summary: 'A need of the client was recorded, by its category alone.',
  schema: z.object({ caseId: id, needId: id, category: code, recordedAt: instant }),
  samples: [{ caseId, needId: 'n-1', category: 'legal', recordedAt: at }],
});

/** How a case may end. Low engagement is not among them, and a case that ended may be re-opened at any time. */
export const CASE_ENDS = ['transitioned', 'moved', 'deceased', 'declined', 'ineligible-by-prosecutor'] as const;
export type CaseEnd = (typeof CASE_ENDS)[number];

const referralIds = z.array(id).min(1).max(50);

const other = '1f0a3c52-9d1b-5e7f-a2c4-7b6d5e4f3a21';

export const CaseEnded = defineEvent('case.ended', 1, {
  summary: 'A case ended, with its outcome reason. It ends the referrals that it serves, and may be re-opened.',
  schema: z.object({
    caseId: id,
    referralIds,
    as: z.enum(CASE_ENDS),
    reason: code,
    endedAt: instant,
    enteredAt: instant,
  }),
  samples: [{ caseId, referralIds: [referralId], as: 'transitioned', reason: 'goals-met', endedAt: at, enteredAt: at }],
});

export const CaseReopened = defineEvent('case.reopened', 1, {
  summary: 'A case that had ended goes on, and so do the referrals that ended with it.',
  schema: z.object({ caseId: id, referralIds, reason: code, reopenedAt: instant }),
  samples: [{ caseId, referralIds: [referralId], reason: 'client-came-back', reopenedAt: at }],
});

export const CaseMerged = defineEvent('case.merged', 1, {
  summary: 'Two open cases turned out to be of one person: this one rests, and the other one serves its referrals.',
  schema: z.object({
    caseId: id,
    intoCaseId: id,
    /** Those of the case that rests. */
    referralIds,
    mergedAt: instant,
    /** When intake was completed in the other case, where it was. */
    intakeCompletedAt: instant.optional(),
  }),
  samples: [{ caseId, intoCaseId: other, referralIds: [referralId], mergedAt: at, intakeCompletedAt: at }],
});

export const CaseUnmerged = defineEvent('case.unmerged', 1, {
  summary: 'A merge was taken back: the case goes on as it was, and serves its own referrals again.',
  schema: z.object({
    caseId: id,
    fromCaseId: id,
    referralIds,
    unmergedAt: instant,
    /** When intake was completed in this case itself, where it was. */
    intakeCompletedAt: instant.optional(),
  }),
  samples: [{ caseId, fromCaseId: other, referralIds: [referralId], unmergedAt: at }],
});

export const caseEvents = [
  CaseOpened,
  ReferralJoinedCase,
  CaseManagerAssigned,
  CaseContacted,
  IntakeCompleted,
  NeedRecorded,
  CaseEnded,
  CaseReopened,
  CaseMerged,
  CaseUnmerged,
];
