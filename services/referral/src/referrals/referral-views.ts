import type { Evaluation } from '../domain/criteria.js';
import { COORDINATORS_FACTS } from '../domain/fact-catalogue.js';
import { evaluationInForce } from '../domain/intake.js';
import { officerStatus } from '../domain/referral-status.js';
import type { Confidential, Entered, ReferralState } from '../domain/referral.js';
import { chargeHoldViewOf } from './hold.service.js';
import type { OfficerView, ReferralView, WorklistItem } from './referral-view.schemas.js';

/** What is shown to whom. Every member is named: what is not listed here does not leave. */

const iso = (time: Date): string => time.toISOString();

const enteredView = (entered: Entered, confidential: Confidential | undefined) => ({
  pathway: entered.pathway,
  ...(confidential ? confidentialView(confidential) : { erased: true }),
  occurredAt: iso(entered.occurredAt),
  enteredAt: iso(entered.enteredAt),
  district: entered.district,
  offenses: entered.offenses,
  ...(entered.substances && { substances: entered.substances }),
  basisOfBelief: entered.basisOfBelief,
  ...(entered.personAgrees !== undefined && { personAgrees: entered.personAgrees }),
  facts: factsView(entered.facts),
  ...(entered.handOffAt && { handOffAt: iso(entered.handOffAt) }),
});

const confidentialView = ({ person, incidentNumber, place }: Confidential) => ({
  incidentNumber,
  ...(place !== undefined && { place }),
  person,
});

const factsView = (facts: Entered['facts']): Record<string, boolean | string[] | null> =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));

/** Without what is about another participant as well. */
const withoutCoordinators = <Value>(facts: Record<string, Value>): Record<string, Value> =>
  Object.fromEntries(Object.entries(facts).filter(([name]) => !COORDINATORS_FACTS.has(name)));

const openCriteria = ({ criteria }: Evaluation): Evaluation['criteria'] => criteria.filter(({ shownTo }) => !shownTo);

function evaluationView(evaluation: ReferralState['evaluations'][number], toCoordinator: boolean) {
  const { rulesetId, rulesetVersion, outcome, asOf, evaluatedAt } = evaluation;
  const shown = toCoordinator ? evaluation.criteria : openCriteria(evaluation);
  return {
    rulesetId,
    rulesetVersion,
    outcome,
    criteria: shown.map(({ shownTo: _shownTo, ...result }) => result),
    facts: toCoordinator ? evaluation.facts : withoutCoordinators(evaluation.facts),
    ...(asOf !== undefined && { asOf }),
    evaluatedAt: iso(evaluatedAt),
    ...(shown.length < evaluation.criteria.length && { withheld: true as const }),
  };
}

/** For the officer who entered it: the entries of that officer, and whether it is over. */
export function officerViewOf(id: string, state: ReferralState, confidential?: Confidential): OfficerView {
  return {
    id,
    status: officerStatus(state.status),
    ...enteredView(state.entered, confidential),
    information: state.information
      .filter(({ by }) => by === state.entered.officerId)
      .map(({ at, facts, substances }) => ({
        at: iso(at),
        ...(facts && { facts: factsView(facts) }),
        ...(substances && { substances }),
      })),
  };
}

/** For the prosecutor and the coordinator: everything, but to the coordinator alone what concerns another participant. */
export function referralViewOf(
  id: string,
  state: ReferralState,
  confidential: Confidential | undefined,
  toCoordinator: boolean,
): ReferralView {
  const { decision, chargeHold, review, caseId, handedOffAt, enrolledAt, outcomeReason } = state;
  return {
    id,
    state: state.status,
    agencyId: state.entered.agencyId,
    officerId: state.entered.officerId,
    ...enteredView(state.entered, confidential),
    information: state.information.map(({ by, at, facts, substances }) => ({
      by,
      at: iso(at),
      ...(facts && { facts: toCoordinator ? factsView(facts) : withoutCoordinators(factsView(facts)) }),
      ...(substances && { substances }),
    })),
    evaluations: state.evaluations.map((evaluation) => evaluationView(evaluation, toCoordinator)),
    ...(decision && { decision: { ...decision, at: iso(decision.at) } }),
    ...(chargeHold && { chargeHold: chargeHoldViewOf(chargeHold) }),
    ...(review && { review }),
    ...(caseId !== undefined && { caseId }),
    ...(handedOffAt && { handedOffAt: iso(handedOffAt) }),
    ...(enrolledAt && { enrolledAt: iso(enrolledAt) }),
    ...(outcomeReason !== undefined && { outcomeReason }),
    ...(state.erased && { erasure: { ...state.erased, at: iso(state.erased.at) } }),
  };
}

/** For the worklist: what helps to choose what to open next, and initials. */
export function worklistItemOf(id: string, state: ReferralState, confidential?: Confidential): WorklistItem {
  const { entered, chargeHold, review } = state;
  const evaluation = evaluationInForce(state);
  const criteria = openCriteria(evaluation);
  const having = (verdict: string): string[] => criteria.filter((one) => one.verdict === verdict).map((one) => one.id);
  return {
    id,
    state: state.status,
    pathway: entered.pathway,
    agencyId: entered.agencyId,
    district: entered.district,
    occurredAt: iso(entered.occurredAt),
    enteredAt: iso(entered.enteredAt),
    ...(confidential
      ? { initials: initialsOf(confidential.person.givenName, confidential.person.familyName) }
      : { erased: true }),
    offenses: entered.offenses.map(({ nibrs }) => nibrs),
    outcome: evaluation.outcome,
    notMet: having('not-met'),
    unknown: having('unknown'),
    ...(chargeHold && { chargeHold: chargeHoldViewOf(chargeHold) }),
    ...(review && { review }),
  };
}

/** The first letter of each of the two names, as in "M. R."; a name that begins with a mark begins with its letter. */
export function initialsOf(...names: string[]): string {
  return names.map((name) => `${/\p{L}\p{M}*/u.exec(name)?.[0].toLocaleUpperCase('en') ?? ''}.`).join(' ');
}
