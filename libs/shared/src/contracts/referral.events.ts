import { z } from 'zod';
import { defineEvent } from './define-event.js';
import { code, id, instant, nibrs, pathway, sealed, verdict } from './vocabulary.js';

const referralId = '0b8f6b52-6a0e-5c7e-9c7e-2f0d5f3e9a01';
const at = '2026-03-02T18:04:00.000Z';

export const ReferralSubmitted = defineEvent('referral.submitted', 1, {
  summary: 'An officer referred a person.',
  schema: z.object({
    referralId: id,
    pathway,
    agencyId: id,
    officerId: id,
    district: code,
    offenses: z.array(nibrs).max(20),
    occurredAt: instant,
    enteredAt: instant,
  }),
  samples: [
    {
      referralId,
      pathway: 'arrest-diversion',
      agencyId: 'santa-fe-pd',
      officerId: 'persona-officer',
      district: 'downtown',
      offenses: ['23C', '35B'],
      occurredAt: at,
      enteredAt: at,
    },
  ],
});

export const ReferralEvaluated = defineEvent('referral.evaluated', 1, {
  summary: 'The published criteria were applied to a referral, with a verdict for each.',
  schema: z.object({
    referralId: id,
    rulesetId: code,
    rulesetVersion: z.int().min(1),
    /** `ineligible` only where a hard criterion is certainly not met; unknown never passes silently. */
    outcome: z.enum(['eligible', 'presumptively-ineligible', 'ineligible', 'information-missing']),
    criteria: z.array(z.object({ id: code, verdict })).max(100),
    evaluatedAt: instant,
  }),
  samples: [
    {
      referralId,
      rulesetId: 'default',
      rulesetVersion: 1,
      outcome: 'eligible',
      criteria: [{ id: 'drug-amount', verdict: 'met' }],
      evaluatedAt: at,
    },
  ],
});

export const ReferralAccepted = defineEvent('referral.accepted', 1, {
  summary: "The prosecutor accepted a referral. The person's identity is sealed for case management alone.",
  schema: z.object({
    referralId: id,
    pathway,
    agencyId: id,
    district: code,
    occurredAt: instant,
    decidedAt: instant,
    /** Only on arrest diversions: until when a completed intake satisfies the held charge. */
    chargeHoldDueAt: instant.optional(),
    /** Further referrals that were confirmed to be of the same person; left out where there are none. */
    linkedReferralIds: z.array(id).max(100).optional(),
    /** Absent once case management has confirmed that it holds the identity. */
    sealed: sealed.optional(),
  }),
  samples: [
    {
      referralId,
      pathway: 'arrest-diversion',
      agencyId: 'santa-fe-pd',
      district: 'downtown',
      occurredAt: at,
      decidedAt: at,
      chargeHoldDueAt: '2026-04-02T05:59:59.000Z',
      sealed: 'eyJhbGciOiJFQ0RILUVTK0EyNTZLVyJ9.a2V5.aXY.Y2lwaGVy.dGFn',
    },
  ],
});

export const ReferralDeclined = defineEvent('referral.declined', 1, {
  summary: 'The prosecutor declined a referral.',
  schema: z.object({ referralId: id, reason: code, decidedAt: instant }),
  samples: [{ referralId, reason: 'not-in-the-interest-of-justice', decidedAt: at }],
});

export const ReferralHandedOff = defineEvent('referral.handed-off', 1, {
  summary: 'Case management has taken the person on.',
  schema: z.object({ referralId: id, caseId: id, handedOffAt: instant }),
  samples: [{ referralId, caseId: 'c-1', handedOffAt: at }],
});

export const ReferralEnrolled = defineEvent('referral.enrolled', 1, {
  summary: 'Intake was completed; on an arrest diversion this satisfies the charge hold.',
  schema: z.object({ referralId: id, caseId: id, enrolledAt: instant, chargeHoldSatisfied: z.boolean().optional() }),
  samples: [{ referralId, caseId: 'c-1', enrolledAt: at, chargeHoldSatisfied: true }],
});

export const ChargeHoldLapsed = defineEvent('referral.hold-lapsed', 1, {
  summary:
    'A charge hold ran out without a completed intake. The prosecutor reviews it; nothing is ever filed by itself.',
  schema: z.object({ referralId: id, dueAt: instant, lapsedAt: instant }),
  samples: [{ referralId, dueAt: at, lapsedAt: at }],
});

export const ChargeHoldDueSoon = defineEvent('referral.hold-due-soon', 1, {
  summary:
    'A charge hold runs out in so many days, counted on the calendar of its site, and no intake is completed yet.',
  schema: z.object({
    referralId: id,
    dueAt: instant,
    daysLeft: z.int().min(0).max(366),
    warnedAt: instant,
    awaitingDecision: z.boolean().optional(),
  }),
  samples: [{ referralId, dueAt: at, daysLeft: 10, warnedAt: at }],
});

export const ChargeHoldExtended = defineEvent('referral.hold-extended', 1, {
  summary: 'The prosecutor gave a charge hold more time; one that had lapsed is open again.',
  schema: z.object({ referralId: id, previousDueAt: instant, dueAt: instant, reason: code, extendedAt: instant }),
  samples: [
    { referralId, previousDueAt: at, dueAt: '2026-05-02T05:59:59.999Z', reason: 'in-hospital', extendedAt: at },
  ],
});

export const ChargeHoldResolved = defineEvent('referral.hold-resolved', 1, {
  summary:
    'The prosecutor settled a charge hold by hand, or an extension found an intake in time. Nothing is ever filed by itself.',
  schema: z.object({
    referralId: id,
    /** `ended`: the charge is in the hands of the prosecutor again. */
    resolution: z.enum(['satisfied', 'ended']),
    reason: code,
    resolvedAt: instant,
  }),
  samples: [{ referralId, resolution: 'satisfied', reason: 'release-refused', resolvedAt: at }],
});

export const PersonErased = defineEvent('referral.person-erased', 1, {
  summary: 'Who a referral was about was erased for good. What is counted stays.',
  schema: z.object({ referralId: id, reason: code, erasedAt: instant }),
  samples: [{ referralId, reason: 'requested-by-person', erasedAt: at }],
});

export const ReferralLinked = defineEvent('referral.linked', 1, {
  summary:
    'The coordinator confirmed that two referrals are of the same person. Links are symmetrical; whoever follows them joins ' +
    'all that are connected, in any order.',
  schema: z.object({
    referralId: id,
    linkedReferralId: id,
    /** The episode that the first of the two is in when this is said: the id of its first referral. */
    episodeId: id,
    linkedAt: instant,
  }),
  samples: [{ referralId, linkedReferralId: 'r-2', episodeId: 'r-2', linkedAt: at }],
});

export const ReferralUnlinked = defineEvent('referral.unlinked', 1, {
  summary: 'A link between two referrals was taken back; everything is as it was without it.',
  schema: z.object({ referralId: id, linkedReferralId: id, unlinkedAt: instant }),
  samples: [{ referralId, linkedReferralId: 'r-2', unlinkedAt: at }],
});

export const referralEvents = [
  ReferralSubmitted,
  ReferralEvaluated,
  ReferralAccepted,
  ReferralDeclined,
  ReferralHandedOff,
  ReferralEnrolled,
  ReferralLinked,
  ReferralUnlinked,
  ChargeHoldLapsed,
  ChargeHoldDueSoon,
  ChargeHoldExtended,
  ChargeHoldResolved,
  PersonErased,
];
