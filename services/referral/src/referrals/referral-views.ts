import { missingApprovals } from '../domain/approvals.js';
import type { Occupancy } from '../domain/capacity.js';
import { isUndecided } from '../domain/charge-hold.js';
import type { Evaluation } from '../domain/criteria.js';
import { COORDINATORS_FACTS } from '../domain/fact-catalogue.js';
import { isHandOffOverdue } from '../domain/hand-off.js';
import type { Feedback } from '../domain/feedback.js';
import { isLate } from '../domain/worklist.js';
import type { Confidential, Entered, ReferralState } from '../domain/referral.js';
import { chargeHoldViewOf } from './hold.service.js';
import type { OfficerView, ReferralView } from './referral-view.schemas.js';

/** What is shown to whom. Every member is named: what is not listed here does not leave. */

export const iso = (time: Date): string => time.toISOString();

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
  ...(entered.source && { source: entered.source }),
  ...(entered.correctsReferralId !== undefined && { correctsReferralId: entered.correctsReferralId }),
  ...(entered.previousReferralId !== undefined && { previousReferralId: entered.previousReferralId }),
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

export const openCriteria = ({ criteria }: Evaluation): Evaluation['criteria'] =>
  criteria.filter(({ shownTo }) => !shownTo);

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

/** As the officer said it, also where a birth date was corrected. */
const asEntered = ({ enteredBirthDate, person, ...rest }: Confidential): Confidential => ({
  ...rest,
  person: { ...person, birthDate: enteredBirthDate ?? person.birthDate },
});

/** For the officer who entered it: the entries of that officer, and the feedback that is allowed. */
export function officerViewOf(
  id: string,
  state: ReferralState,
  feedback: Feedback,
  confidential?: Confidential,
): OfficerView {
  return {
    id,
    ...feedback,
    ...enteredView(state.entered, confidential && asEntered(confidential)),
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
  { now, waitingForCapacity }: { now: Date; waitingForCapacity?: Occupancy | undefined },
): ReferralView {
  const { decision, chargeHold, review, caseId, handedOffAt, enrolledAt, outcomeReason } = state;
  return {
    id,
    state: state.status,
    agencyId: state.entered.agencyId,
    officerId: state.entered.officerId,
    enteredLate: isLate(state.entered),
    ...enteredView(state.entered, confidential),
    ...(confidential?.enteredBirthDate !== undefined && { enteredBirthDate: confidential.enteredBirthDate }),
    ...courseViewOf(state),
    information: state.information.map(({ by, at, facts, substances, ageAtEvent }) => ({
      by,
      at: iso(at),
      ...(facts && { facts: toCoordinator ? factsView(facts) : withoutCoordinators(factsView(facts)) }),
      ...(substances && { substances }),
      ...(ageAtEvent !== undefined && { ageAtEvent }),
    })),
    evaluations: state.evaluations.map((evaluation) => evaluationView(evaluation, toCoordinator)),
    ...(decision && { decision: { ...decision, at: iso(decision.at) } }),
    ...(chargeHold && { chargeHold: chargeHoldViewOf(chargeHold) }),
    ...(state.site && { site: state.site }),
    ...(state.holdWouldEnd && isUndecided(state) && { holdWouldEndAt: iso(state.holdWouldEnd.dueAt) }),
    ...(state.handOffDueAt && { handOff: { dueAt: iso(state.handOffDueAt), overdue: isHandOffOverdue(state, now) } }),
    ...(waitingForCapacity && { waitingForCapacity }),
    ...(review && { review }),
    ...(caseId !== undefined && { caseId }),
    ...(handedOffAt && { handedOffAt: iso(handedOffAt) }),
    ...(enrolledAt && { enrolledAt: iso(enrolledAt) }),
    ...(outcomeReason !== undefined && { outcomeReason }),
    ...(state.erased && { erasure: { ...state.erased, at: iso(state.erased.at) } }),
  };
}

/** What happened to it beside the line: exits, links, doubts, approvals and charges. */
function courseViewOf(state: ReferralState) {
  const { exits = [], charges = [], approvals = [], corrects, correctedBy, duplicateOf } = state;
  const { quarantine, rescission, withdrawnByOfficer, siteRules } = state;
  return {
    exits: exits.map(({ to, reason, by, at }) => ({ to, reason, by, at: iso(at) })),
    charges: charges.map(({ filedAt, recordedAt, ...charge }) => ({
      ...charge,
      filedAt: iso(filedAt),
      recordedAt: iso(recordedAt),
    })),
    approvals: approvals.map(({ approval, outcome, by, at }) => ({ approval, outcome, by, at: iso(at) })),
    missingApprovals: state.decision || !siteRules ? [] : missingApprovals(state),
    ...(corrects && { corrects }),
    ...(correctedBy !== undefined && { correctedBy }),
    ...(duplicateOf !== undefined && { duplicateOf }),
    ...(withdrawnByOfficer && {
      withdrawnByOfficer: { reason: withdrawnByOfficer.reason, at: iso(withdrawnByOfficer.at) },
    }),
    ...(quarantine && {
      quarantine: {
        reason: quarantine.reason,
        since: iso(quarantine.since),
        ...(quarantine.ended && { ended: { ...quarantine.ended, at: iso(quarantine.ended.at) } }),
      },
    }),
    ...(rescission && { rescission: { ...rescission, at: iso(rescission.at) } }),
  };
}
