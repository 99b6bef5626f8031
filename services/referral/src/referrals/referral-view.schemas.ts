import { pathway, verdict } from '@throughline/shared/contracts';
import { z } from 'zod';
import { APPROVAL_OUTCOMES, APPROVALS } from '../domain/approvals.js';
import { ERASURE_REASONS } from '../domain/erasure.js';
import { BASES_OF_BELIEF } from '../domain/referral.js';
import { REFERRAL_STATUSES } from '../domain/referral-status.js';
import { occupancyView } from '../capacity/capacity.schemas.js';
import { chargeHoldView } from './hold.schemas.js';

export const time = z.iso.datetime();
const state = z.enum(REFERRAL_STATUSES);
const facts = z.record(z.string(), z.union([z.boolean(), z.array(z.iso.date())]).nullable());
const substances = z.array(z.object({ kind: z.string(), grams: z.number() }));

const personView = z.object({
  givenName: z.string(),
  familyName: z.string(),
  birthDate: z.iso.date(),
  aliases: z.array(z.string()).optional(),
  phone: z.string().optional(),
});

const enteredView = z.object({
  pathway,
  incidentNumber: z.string().optional(),
  occurredAt: time,
  enteredAt: time,
  district: z.string(),
  place: z.string().optional(),
  person: personView.optional(),
  /** The person was erased: `person`, `incidentNumber` and `place` are gone for good. */
  erased: z.boolean().optional(),
  offenses: z.array(z.object({ nibrs: z.string(), statute: z.string().optional() })),
  substances: substances.optional(),
  basisOfBelief: z.enum(BASES_OF_BELIEF),
  personAgrees: z.boolean().optional(),
  facts,
  handOffAt: time.optional(),
  /** Left out where the officer refers out of the knowledge of the beat. */
  source: z.literal('community').optional(),
  correctsReferralId: z.uuid().optional(),
  previousReferralId: z.uuid().optional(),
});

export const receivedView = z
  .object({ id: z.uuid(), status: z.enum(['received', 'closed']) })
  .meta({ id: 'ReferralReceived' });
export type ReceivedView = z.infer<typeof receivedView>;

/** What the officer entered, whether it is over, and what the person consents to have told: all that police ever read. */
export const officerView = z
  .object({
    ...receivedView.shape,
    contacted: z.literal(true).optional().describe('With consent: the programme has met the person.'),
    enrolled: z.literal(true).optional().describe('With consent: intake was completed.'),
    intakeDate: z.iso.date().optional().describe('With consent: the day of the intake.'),
    ...enteredView.shape,
    information: z.array(z.object({ at: time, facts: facts.optional(), substances: substances.optional() })),
  })
  .meta({ id: 'ReferralForOfficer' });
export type OfficerView = z.infer<typeof officerView>;

export const evaluationView = z.object({
  rulesetId: z.string(),
  rulesetVersion: z.int(),
  outcome: z.enum(['eligible', 'presumptively-ineligible', 'ineligible', 'information-missing']),
  criteria: z.array(
    z.object({
      id: z.string(),
      verdict,
      severity: z.enum(['hard', 'presumptive']),
      overridableBy: z.literal('prosecutor').optional(),
      sentence: z.string(),
    }),
  ),
  facts: z.record(z.string(), z.union([z.boolean(), z.number(), z.string(), z.array(z.string()).readonly()])),
  asOf: z.iso.date().optional().meta({ description: 'The day that windows of time were counted back from.' }),
  evaluatedAt: time,
  withheld: z
    .literal(true)
    .optional()
    .meta({ description: 'It was also judged by a criterion that is shown to the coordinator alone.' }),
});

export const review = z.literal('charge-hold-lapsed');

/** What happened to a referral beside the line. */
const courseView = z.object({
  exits: z
    .array(z.object({ to: state, reason: z.string(), by: z.string(), at: time }))
    .describe('Each side exit that was taken, oldest first.'),
  charges: z.array(
    z.object({
      id: z.string(),
      about: z.enum(['held-charge', 'new-event']),
      offenses: z.array(z.object({ nibrs: z.string(), statute: z.string().optional() })),
      filedAt: time,
      by: z.string(),
      recordedAt: time,
    }),
  ),
  approvals: z.array(
    z.object({ approval: z.enum(APPROVALS), outcome: z.enum(APPROVAL_OUTCOMES), by: z.string(), at: time }),
  ),
  missingApprovals: z.array(z.enum(APPROVALS)).describe('Approvals that the site asks for before acceptance.'),
  corrects: z.array(z.uuid()).optional(),
  correctedBy: z.uuid().optional(),
  duplicateOf: z.uuid().optional(),
  withdrawnByOfficer: z.object({ reason: z.string(), at: time }).optional(),
  quarantine: z
    .object({
      reason: z.literal('under-age'),
      since: time,
      ended: z
        .object({
          resolution: z.enum(['age-confirmed', 'birth-date-corrected']),
          evidence: z.string(),
          by: z.string(),
          at: time,
        })
        .optional(),
    })
    .optional(),
  rescission: z.object({ reasons: z.array(z.string()), by: z.string(), at: time }).optional(),
});

export const referralView = z
  .object({
    id: z.uuid(),
    state,
    agencyId: z.string(),
    officerId: z.string(),
    enteredLate: z.boolean().describe('True when it was entered more than a day after it happened.'),
    ...enteredView.shape,
    enteredBirthDate: z.iso.date().optional().describe('What the officer said, where it was corrected.'),
    ...courseView.shape,
    information: z.array(
      z.object({
        by: z.string(),
        at: time,
        facts: facts.optional(),
        substances: substances.optional(),
        ageAtEvent: z.int().optional(),
      }),
    ),
    evaluations: z.array(evaluationView),
    decision: z
      .object({
        decision: z.enum(['accepted', 'declined']),
        reasons: z.array(z.string()),
        overrides: z.array(z.object({ criterion: z.string(), reason: z.string() })),
        by: z.string(),
        at: time,
      })
      .optional(),
    chargeHold: chargeHoldView.optional(),
    site: z.object({ id: z.string(), policyVersion: z.int() }).optional(),
    holdWouldEndAt: time.optional().describe('On an arrest that is not decided on.'),
    handOff: z
      .object({ dueAt: time, overdue: z.boolean() })
      .optional()
      .describe('The target of the site; nothing follows from an overdue one.'),
    waitingForCapacity: occupancyView
      .optional()
      .describe('Why a social contact cannot be accepted yet: arrest diversions come first.'),
    review: review.optional(),
    caseId: z.string().optional(),
    handedOffAt: time.optional(),
    enrolledAt: time.optional(),
    outcomeReason: z.string().optional(),
    erasure: z.object({ by: z.string(), at: time, reason: z.enum(ERASURE_REASONS) }).optional(),
  })
  .meta({ id: 'Referral' });
export type ReferralView = z.infer<typeof referralView>;

export const stateView = z.object({ id: z.uuid(), state }).meta({ id: 'ReferralState' });
export type StateView = z.infer<typeof stateView>;

/** An officer is told no state. */
export const informationAnswer = z.union([receivedView, stateView]);
