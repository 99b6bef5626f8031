import { Refusal } from '@throughline/shared/domain';
import { evaluate, type Evaluation, type Ruleset } from './criteria.js';
import { dayOfEvent, factsOf } from './referral-facts.js';
import { underNoContactOrder } from './no-contact-order.js';
import { ADULT_AGE, isQuarantined } from './quarantine.js';
import { assertTransition, type ReferralStatus } from './referral-status.js';
import type { ReferralEvent } from './referral-events.js';
import { CORRECTION_TIMER, type Decided, type Entered, type Information, type ReferralState } from './referral.js';
import { underSiteRules, type SiteRules } from './site-rules.js';

/** So many additions are no information any more, and would make the document grow without end. */
const MAX_INFORMATION = 50;

const AT_THE_SCENE = 'declined-at-the-scene';

/**
 * An officer refers a person; the criteria are applied at once. Who does not agree at the scene is recorded as such,
 * which speaks against nobody and keeps no later referral away. Who is under age by what was entered is quarantined:
 * the age counts as unknown until a coordinator has looked, since terminals and people err.
 */
export function submit(
  referralId: string,
  entered: Entered,
  identity: Pick<ReferralState, 'personKeyId' | 'confidential'>,
  ruleset: Ruleset,
  siteRules?: SiteRules,
): Decided {
  const { enteredAt, correctsReferralId } = entered;
  const declined = entered.personAgrees === false;
  const underAge = !declined && entered.ageAtEvent < ADULT_AGE;
  const unjudged: ReferralState = {
    status: 'submitted',
    entered,
    ...identity,
    information: [],
    evaluations: [],
    matchingDue: true,
    ...(siteRules && { siteRules }),
    ...(underAge && { quarantine: { reason: 'under-age', since: enteredAt } }),
    ...(correctsReferralId !== undefined && { corrects: [correctsReferralId] }),
  };
  const evaluation = judge(unjudged, ruleset);
  const status = declined ? 'declined-by-person' : statusAfter(unjudged, evaluation);
  assertTransition('submitted', status);
  const { pathway, agencyId, officerId, district, occurredAt } = entered;
  const events: ReferralEvent[] = [
    {
      name: 'referral.submitted',
      data: {
        referralId,
        pathway,
        agencyId,
        officerId,
        district,
        offenses: entered.offenses.map(({ nibrs }) => nibrs),
        occurredAt: occurredAt.toISOString(),
        enteredAt: enteredAt.toISOString(),
      },
    },
    evaluated(referralId, evaluation, enteredAt),
  ];
  if (underAge)
    events.push({
      name: 'referral.quarantined',
      data: { referralId, reason: 'under-age', quarantinedAt: enteredAt.toISOString() },
    });
  if (declined) {
    const end = { referralId, reason: AT_THE_SCENE, endedAt: enteredAt.toISOString() };
    events.push({ name: 'referral.declined-by-person', data: end });
  }
  return {
    state: {
      ...unjudged,
      status,
      evaluations: [{ evaluatedAt: enteredAt, ...evaluation }],
      ...(declined && {
        outcomeReason: AT_THE_SCENE,
        exits: [{ to: 'declined-by-person', reason: AT_THE_SCENE, by: officerId, at: enteredAt }],
      }),
      ...ended(status),
    },
    events,
    ...(correctsReferralId !== undefined && { timers: [{ name: CORRECTION_TIMER, dueAt: enteredAt }] }),
  };
}

/**
 * Further facts for a referral that waits for them, or a no-contact order on one that waits for its decision; it is judged
 * again, by the version that judged it first.
 * @param ruleset that version
 * @throws Refusal `transition-not-allowed` unless it awaits information, `too-much-information` after 50 additions
 */
export function addInformation(
  referralId: string,
  state: ReferralState,
  information: Information,
  ruleset: Ruleset,
): Decided {
  // known at once or later, an order that comes to light before the decision stops it
  const stops = state.status === 'pending-decision' && information.facts?.noContactOrderWithParticipant === true;
  assertTransition(state.status, stops ? 'ineligible' : 'awaiting-information');
  if (state.information.length >= MAX_INFORMATION)
    throw new Refusal('conflict', 'too-much-information', `A referral takes ${MAX_INFORMATION} additions at most.`);
  return judgedAgain(
    referralId,
    { ...state, information: [...state.information, information] },
    ruleset,
    information.at,
  );
}

/** The state and the event after the criteria were applied to all that is known now. */
export function judgedAgain(referralId: string, state: ReferralState, ruleset: Ruleset, at: Date): Decided {
  const evaluation = judge(state, ruleset);
  const status = statusAfter(state, evaluation);
  assertTransition(state.status, status);
  const evaluations = [...state.evaluations, { evaluatedAt: at, ...evaluation }];
  return {
    state: { ...state, status, evaluations, ...ended(status) },
    events: [evaluated(referralId, evaluation, at)],
  };
}

/** The result that counts: the last one. */
export function evaluationInForce(state: ReferralState): Evaluation {
  const last = state.evaluations.at(-1);
  if (!last) throw new TypeError('a referral is evaluated when it is submitted');
  return last;
}

/** What of a referral a ruleset looks at. */
export type Judgeable = Pick<ReferralState, 'entered' | 'information' | 'quarantine' | 'siteRules'>;

/** All that is known, judged by a ruleset as the site applies it, as of the day of the event. */
export function judge(state: Judgeable, ruleset: Ruleset): Evaluation {
  const facts = factsOf(state.entered, state.information);
  const known = isQuarantined(state) ? { ...facts, ageAtEvent: undefined } : facts;
  const applied = underNoContactOrder(underSiteRules(ruleset, state.siteRules), known);
  return evaluate(applied, known, dayOfEvent(state.entered));
}

function statusAfter(state: ReferralState, { outcome }: Evaluation): ReferralStatus {
  if (isQuarantined(state)) return 'awaiting-information';
  switch (outcome) {
    case 'eligible':
    case 'presumptively-ineligible':
      return 'pending-decision';
    case 'information-missing':
      return 'awaiting-information';
    case 'ineligible':
      return 'ineligible';
  }
}

const ended = (status: ReferralStatus): { outcomeReason?: string } =>
  status === 'ineligible' ? { outcomeReason: 'criteria-not-met' } : {};

const evaluated = (referralId: string, evaluation: Evaluation, at: Date): ReferralEvent => ({
  name: 'referral.evaluated',
  data: {
    referralId,
    rulesetId: evaluation.rulesetId,
    rulesetVersion: evaluation.rulesetVersion,
    outcome: evaluation.outcome,
    // what is shown to the coordinator alone is not told to every subscriber
    criteria: evaluation.criteria.filter(({ shownTo }) => !shownTo).map(({ id, verdict }) => ({ id, verdict })),
    evaluatedAt: at.toISOString(),
  },
});
