import { z } from 'zod';
import { defineEvent } from './define-event.js';
import { code, id, instant, nibrs } from './vocabulary.js';

const referralId = '0b8f6b52-6a0e-5c7e-9c7e-2f0d5f3e9a01';
const other = '5d0e4c1a-8f7b-5a3d-9e2c-1b6a7c8d9e0f';
const at = '2026-03-09T16:20:00.000Z';

/** What every end of a referral says: why, as a code, and when it was recorded. */
const end = { referralId: id, reason: code, endedAt: instant };

export const ReferralWithdrawn = defineEvent('referral.withdrawn', 1, {
  summary: 'A referral was withdrawn before a case was taken on.',
  schema: z.object(end),
  samples: [{ referralId, reason: 'facts-were-different', endedAt: at }],
});

export const PersonDeclined = defineEvent('referral.declined-by-person', 1, {
  summary: 'The person does not want to take part. It speaks against nobody, and keeps no later referral away.',
  schema: z.object(end),
  samples: [{ referralId, reason: 'declined-at-the-scene', endedAt: at }],
});

export const OutreachEnded = defineEvent('referral.outreach-ended', 1, {
  summary: "The person could not be reached, and outreach for this referral has ended. It is nobody's failure.",
  schema: z.object(end),
  samples: [{ referralId, reason: 'not-found', endedAt: at }],
});

export const ReferralExpired = defineEvent('referral.expired', 1, {
  summary: 'A referral came to nothing in its time.',
  schema: z.object(end),
  samples: [{ referralId, reason: 'information-never-came', endedAt: at }],
});

export const DuplicateFound = defineEvent('referral.duplicate-found', 1, {
  summary: 'A referral turned out to be another one, entered twice. The other one stays.',
  schema: z.object({ ...end, duplicateOf: id }),
  samples: [{ referralId, reason: 'entered-twice', endedAt: at, duplicateOf: other }],
});

export const ReferralCorrected = defineEvent('referral.corrected', 1, {
  summary: 'A referral was entered in error, and counts nowhere. `correctedBy` is the right one, where there is one.',
  schema: z.object({ ...end, correctedBy: id.optional() }),
  samples: [
    { referralId, reason: 'wrong-person', endedAt: at, correctedBy: other },
    { referralId, reason: 'test-entry', endedAt: at },
  ],
});

export const ReferralClosed = defineEvent('referral.closed', 1, {
  summary: 'A referral that led to services is over.',
  schema: z.object(end),
  samples: [{ referralId, reason: 'transitioned', endedAt: at }],
});

export const ReferralReopened = defineEvent('referral.reopened', 1, {
  summary: 'A referral that was closed goes on, because the case that serves it does.',
  schema: z.object({ referralId: id, caseId: id, reopenedAt: instant }),
  samples: [{ referralId, caseId: 'c-1', reopenedAt: at }],
});

export const ReferralMovedToCase = defineEvent('referral.moved-to-case', 1, {
  summary:
    'Another case serves the referral now: two cases of one person were merged, or a merge was taken back. What stands ' +
    'after it is said here, since a wrong merge may have enrolled somebody.',
  schema: z.object({
    referralId: id,
    fromCaseId: id,
    caseId: id,
    status: z.enum(['handed-off', 'enrolled', 'closed']),
    /** Only where a charge was held. */
    chargeHold: z.enum(['open', 'satisfied', 'lapsed', 'ended']).optional(),
    movedAt: instant,
  }),
  samples: [{ referralId, fromCaseId: 'c-2', caseId: 'c-1', status: 'enrolled', chargeHold: 'satisfied', movedAt: at }],
});

export const AcceptanceRescinded = defineEvent('referral.acceptance-rescinded', 1, {
  summary:
    'The prosecutor took an acceptance back: no charge is held for it any more. Services may go on, as for a social contact.',
  schema: z.object({ referralId: id, reason: code, rescindedAt: instant }),
  samples: [{ referralId, reason: 'new-evidence', rescindedAt: at }],
});

export const ChargeRecorded = defineEvent('referral.charge-recorded', 1, {
  summary: 'A charge was filed against a referred person. It is an alert, and alters nothing else.',
  schema: z.object({
    referralId: id,
    chargeId: id,
    /** Present where a case serves the referral. */
    caseId: id.optional(),
    /** `held-charge`: the one that the referral was about; `new-event`: something that happened later. */
    about: z.enum(['held-charge', 'new-event']),
    offenses: z.array(nibrs).min(1).max(20),
    filedAt: instant,
    recordedAt: instant,
  }),
  samples: [
    { referralId, chargeId: 'ch-1', caseId: 'c-1', about: 'new-event', offenses: ['23C'], filedAt: at, recordedAt: at },
  ],
});

export const ReferralQuarantined = defineEvent('referral.quarantined', 1, {
  summary:
    'By the birth date that was entered the person is under age. Nothing goes on until a coordinator has looked.',
  schema: z.object({ referralId: id, reason: z.enum(['under-age']), quarantinedAt: instant }),
  samples: [{ referralId, reason: 'under-age', quarantinedAt: at }],
});

export const QuarantineEnded = defineEvent('referral.quarantine-ended', 1, {
  summary: 'A coordinator confirmed the age, which ends the referral, or corrected the birth date.',
  schema: z.object({
    referralId: id,
    resolution: z.enum(['age-confirmed', 'birth-date-corrected']),
    endedAt: instant,
  }),
  samples: [{ referralId, resolution: 'birth-date-corrected', endedAt: at }],
});

export const ApprovalRecorded = defineEvent('referral.approval-recorded', 1, {
  summary: 'What somebody whose approval the site asks for has said: a supervising agency, or a victim.',
  schema: z.object({
    referralId: id,
    approval: z.enum(['supervising-agency', 'victim']),
    outcome: z.enum(['given', 'refused', 'not-needed']),
    recordedAt: instant,
  }),
  samples: [{ referralId, approval: 'supervising-agency', outcome: 'given', recordedAt: at }],
});

export const referralCourseEvents = [
  ReferralWithdrawn,
  PersonDeclined,
  OutreachEnded,
  ReferralExpired,
  DuplicateFound,
  ReferralCorrected,
  ReferralClosed,
  ReferralReopened,
  ReferralMovedToCase,
  AcceptanceRescinded,
  ChargeRecorded,
  ReferralQuarantined,
  QuarantineEnded,
  ApprovalRecorded,
];
