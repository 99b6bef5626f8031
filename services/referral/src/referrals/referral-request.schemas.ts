import { pathway } from '@throughline/shared/contracts';
import { z } from 'zod';
import { OFFENSE_CODES } from '../data/offense-codes.js';
import { MOST_DATES } from '../domain/fact-catalogue.js';
import { BASES_OF_BELIEF } from '../domain/referral.js';

const MAX_GRAMS = 100_000;

/** Control characters, and what breaks a line or turns its order round: on a screen it would show another name. */
const UNSEEN = /^[^\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]*$/u;

const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1, { error: 'This must not be empty.', abort: true })
    .max(most, { error: `This must have ${most} characters at most.` })
    .regex(UNSEEN, { error: 'This must hold no control characters.' });

const name = line(100).regex(/\p{L}/u, { error: 'A name has at least one letter.' });

export const instant = z.iso.datetime({
  offset: true,
  error: 'This must be a date and time with its offset, as in 2026-03-02T11:04:00-07:00.',
});

export const date = z.iso.date({ error: 'This must be a date of the calendar, as in 1990-05-17.' });

export const kebabCode = z
  .string()
  .max(64, { error: 'A code has 64 characters at most.' })
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'This must be a code in kebab-case.' });

const fact = z.boolean({ error: 'This must be true, false, or null for what is not known.' }).nullable().optional();

const dates = z
  .array(date)
  .max(MOST_DATES, { error: `Say the ${MOST_DATES} latest of these days.` })
  .nullable()
  .optional()
  .meta({ description: 'Days on which it happened. Empty: it never did. Left out, or null: not known.' });

const facts = z
  .strictObject({
    dealingBeyondSubsistence: fact,
    exploitsMinors: fact,
    promotesProstitution: fact,
    disqualifyingHistory: fact,
    violentConvictions: dates,
    verifiedConduct: dates,
    insideProgrammeArea: fact,
    pendingTreatmentCourtCase: fact,
    activeWarrant: fact,
    underSupervision: fact,
  })
  .meta({
    id: 'ReportedFacts',
    description: 'What is known about the exclusions. What is left out, or null, is not known, and never counts as no.',
  });

/** Who else is in the programme is known to the coordinator alone. */
const laterFacts = z
  .strictObject({ ...facts.shape, noContactOrderWithParticipant: fact })
  .meta({ id: 'FactsAddedLater', description: '`noContactOrderWithParticipant` is said by the coordinator alone.' });

const substances = z
  .array(
    z.strictObject({
      kind: kebabCode,
      grams: z
        .number()
        .min(0, { error: 'An amount is not negative.' })
        .max(MAX_GRAMS, { error: `An amount is ${MAX_GRAMS} g at most.` })
        .refine((grams) => Math.abs(grams * 1000 - Math.round(grams * 1000)) < 1e-4, {
          error: 'An amount has three decimals at most.',
        }),
    }),
  )
  .max(20)
  .meta({ description: 'Left out: nothing is known about drugs. Empty: none were found. `pills` are not weighed.' });

const person = z
  .strictObject({
    givenName: name,
    familyName: name,
    birthDate: date,
    aliases: z.array(name).max(10).optional(),
    phone: z
      .string()
      .regex(/^\+?[0-9][0-9 ().-]{4,24}$/, { error: 'This must be a telephone number of 5 to 25 characters.' })
      .optional(),
  })
  .meta({ id: 'Person' });

const ownReferral = z.uuid({ error: 'This must be the id of a referral.' });

export const offense = z.strictObject({
  nibrs: z.enum(OFFENSE_CODES.map((known) => known.code) as [string, ...string[]], {
    error: 'This offense code is not on the list of the programme.',
  }),
  statute: z
    .string()
    .regex(/^[0-9A-Za-z§][0-9A-Za-z .,():§/-]{0,59}$/, { error: 'This must be a citation of at most 60 characters.' })
    .optional(),
});

/** What an officer sends. There is no field for sources or intelligence, on purpose: see the programme's rules. */
export const referralRequest = z
  .strictObject({
    source: z
      .enum(['law-enforcement', 'community'], { error: 'This must be law-enforcement: only an officer can refer.' })
      .describe(
        'community: an officer refers whom a partner suggested; refused unless the policy of the site is open.',
      ),
    pathway: z.enum(pathway.options, { error: 'This must be arrest-diversion or social-contact.' }),
    incidentNumber: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9/_.-]{0,39}$/, {
      error: 'This must have 1 to 40 letters, digits, and / _ . - only.',
    }),
    occurredAt: instant,
    district: kebabCode,
    place: line(200).optional(),
    person,
    offenses: z.array(offense).max(20, { error: 'A referral names 20 offenses at most.' }),
    substances: substances.optional(),
    basisOfBelief: z.enum(BASES_OF_BELIEF, { error: `This must be one of ${BASES_OF_BELIEF.join(', ')}.` }),
    personAgrees: z.boolean().optional(),
    facts: facts.optional(),
    handOffAt: instant.optional(),
    correctsReferralId: ownReferral.optional().describe('The own referral that this one puts right.'),
    previousReferralId: ownReferral.optional().describe('An own earlier referral of the same person.'),
  })
  .refine(({ pathway: way, offenses }) => way !== 'arrest-diversion' || offenses.length > 0, {
    error: 'An arrest has at least one offense.',
    path: ['offenses'],
  })
  .meta({ id: 'ReferralRequest' });
export type ReferralRequest = z.infer<typeof referralRequest>;

export const informationRequest = z
  .strictObject({ facts: laterFacts.optional(), substances: substances.optional() })
  .refine((known) => known.substances !== undefined || Object.keys(known.facts ?? {}).length > 0, {
    error: 'Say at least one fact, or the substances.',
  })
  .meta({ id: 'InformationRequest' });
export type InformationRequest = z.infer<typeof informationRequest>;

export const decisionRequest = z
  .strictObject({
    decision: z.enum(['accepted', 'declined']),
    reasons: z.array(kebabCode).min(1, { error: 'A decision has at least one reason.' }).max(10),
    overrides: z
      .array(z.strictObject({ criterion: kebabCode, reason: kebabCode }))
      .max(20)
      .optional(),
  })
  .meta({ id: 'DecisionRequest' });
export type DecisionRequest = z.infer<typeof decisionRequest>;
