import { Refusal } from '@throughline/shared/domain';
import { evaluate, type Evaluation, type Ruleset } from './criteria.js';
import { dayOfEvent, factsOf } from './referral-facts.js';
import { assertTransition, type ReferralStatus } from './referral-status.js';
import type { Decided, Entered, Information, ReferralEvent, ReferralState } from './referral.js';

/** So many additions are no information any more, and would make the document grow without end. */
const MAX_INFORMATION = 50;

/**
 * An officer refers a person; the criteria are applied at once. Who does not agree at the scene is recorded as such,
 * which speaks against nobody and keeps no later referral away.
 */
export function submit(
  referralId: string,
  entered: Entered,
  identity: Pick<ReferralState, 'personKeyId' | 'confidential'>,
  ruleset: Ruleset,
): Decided {
  const evaluation = evaluate(ruleset, factsOf(entered), dayOfEvent(entered));
  const declined = entered.personAgrees === false;
  const status = declined ? 'declined-by-person' : statusAfter(evaluation);
  assertTransition('submitted', status);
  const state: ReferralState = {
    status,
    entered,
    ...identity,
    information: [],
    evaluations: [{ ...evaluation, evaluatedAt: entered.enteredAt }],
    ...(declined ? { outcomeReason: 'declined-at-the-scene' } : ended(status)),
  };
  const { pathway, agencyId, officerId, district, occurredAt, enteredAt } = entered;
  return {
    state,
    events: [
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
    ],
  };
}

/**
 * Further facts for a referral that waits for them; it is judged again, by the version that judged it first.
 * @param ruleset that version
 * @throws Refusal `transition-not-allowed` unless it awaits information, `too-much-information` after 50 additions
 */
export function addInformation(
  referralId: string,
  state: ReferralState,
  information: Information,
  ruleset: Ruleset,
): Decided {
  assertTransition(state.status, 'awaiting-information');
  if (state.information.length >= MAX_INFORMATION)
    throw new Refusal('conflict', 'too-much-information', `A referral takes ${MAX_INFORMATION} additions at most.`);
  const all = [...state.information, information];
  const evaluation = evaluate(ruleset, factsOf(state.entered, all), dayOfEvent(state.entered));
  const status = statusAfter(evaluation);
  assertTransition(state.status, status);
  return {
    state: {
      ...state,
      status,
      information: all,
      evaluations: [...state.evaluations, { ...evaluation, evaluatedAt: information.at }],
      ...ended(status),
    },
    events: [evaluated(referralId, evaluation, information.at)],
  };
}

/** The result that counts: the last one. */
export function evaluationInForce(state: ReferralState): Evaluation {
  const last = state.evaluations.at(-1);
  if (!last) throw new TypeError('a referral is evaluated when it is submitted');
  return last;
}

function statusAfter({ outcome }: Evaluation): ReferralStatus {
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
