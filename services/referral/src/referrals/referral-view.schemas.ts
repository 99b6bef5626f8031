import { pathway, verdict } from '@throughline/shared/contracts';
import { pageQuery } from '@throughline/shared/http';
import { z } from 'zod';
import { ERASURE_REASONS } from '../domain/erasure.js';
import { BASES_OF_BELIEF } from '../domain/referral.js';
import { REFERRAL_STATUSES } from '../domain/referral-status.js';
import { agencyId } from '../agencies/agencies.schemas.js';
import { chargeHoldView } from './hold.schemas.js';

const time = z.iso.datetime();
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
});

export const receivedView = z
  .object({ id: z.uuid(), status: z.enum(['received', 'closed']) })
  .meta({ id: 'ReferralReceived' });
export type ReceivedView = z.infer<typeof receivedView>;

/** What the officer entered, and whether it is over: all that police ever read of a referral. */
export const officerView = z
  .object({
    ...receivedView.shape,
    ...enteredView.shape,
    information: z.array(z.object({ at: time, facts: facts.optional(), substances: substances.optional() })),
  })
  .meta({ id: 'ReferralForOfficer' });
export type OfficerView = z.infer<typeof officerView>;

const evaluationView = z.object({
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

export const referralView = z
  .object({
    id: z.uuid(),
    state,
    agencyId: z.string(),
    officerId: z.string(),
    ...enteredView.shape,
    information: z.array(
      z.object({ by: z.string(), at: time, facts: facts.optional(), substances: substances.optional() }),
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
    review: z.literal('charge-hold-lapsed').optional(),
    caseId: z.string().optional(),
    handedOffAt: time.optional(),
    enrolledAt: time.optional(),
    outcomeReason: z.string().optional(),
    erasure: z.object({ by: z.string(), at: time, reason: z.enum(ERASURE_REASONS) }).optional(),
  })
  .meta({ id: 'Referral' });
export type ReferralView = z.infer<typeof referralView>;

export const worklistQuery = z.strictObject({
  ...pageQuery.shape,
  state: state.optional(),
  pathway: pathway.optional(),
  agency: agencyId.optional(),
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
    chargeHold: chargeHoldView.optional(),
    review: z.literal('charge-hold-lapsed').optional(),
  })
  .meta({ id: 'WorklistItem' });
export type WorklistItem = z.infer<typeof worklistItem>;

export const worklistPage = z
  .object({ items: z.array(worklistItem), nextCursor: z.string().optional() })
  .meta({ id: 'WorklistPage' });

export const stateView = z.object({ id: z.uuid(), state }).meta({ id: 'ReferralState' });
export type StateView = z.infer<typeof stateView>;

/** An officer is told no state. */
export const informationAnswer = z.union([receivedView, stateView]);
