import { isHandOffOverdue } from '../domain/hand-off.js';
import { evaluationInForce } from '../domain/intake.js';
import type { Confidential } from '../domain/referral.js';
import { asksForVerdict, waitsForPlace, watchedUntil, type Flag } from '../domain/worklist.js';
import { chargeHoldViewOf } from './hold.service.js';
import { iso, openCriteria } from './referral-views.js';
import type { Listed } from './worklist.repository.js';
import type { WorklistItem } from './worklist.schemas.js';

/**
 * What helps to choose what to open next, and initials.
 * @param concerns the flags that the reader may see
 * @param fullSites that have no place left for social contacts
 */
export function worklistItemOf(
  { id, state, candidates }: Listed,
  confidential: Confidential | undefined,
  concerns: readonly Flag[],
  fullSites: ReadonlySet<string>,
  now: Date,
): WorklistItem {
  const { entered, chargeHold, review } = state;
  const evaluation = evaluationInForce(state);
  const criteria = openCriteria(evaluation);
  const having = (verdict: string): string[] => criteria.filter((one) => one.verdict === verdict).map((one) => one.id);
  const due = watchedUntil(state);
  const flags = [
    ...(state.worklist?.flags ?? []),
    ...(waitsForPlace(state, fullSites) ? ['waiting-for-capacity'] : []),
    ...(asksForVerdict(state, candidates.length) ? ['has-candidates'] : []),
  ];
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
    flags: concerns.filter((flag) => flags.includes(flag)),
    ...(concerns.includes('has-candidates') && candidates.length > 0 && { candidates: candidates.length }),
    overdue: due !== undefined && due < now,
    handOffOverdue: isHandOffOverdue(state, now),
    ...(chargeHold && { chargeHold: chargeHoldViewOf(chargeHold) }),
    ...(review && { review }),
  };
}

/** The first letter of each of the two names, as in "M. R."; a name that begins with a mark begins with its letter. */
export function initialsOf(...names: string[]): string {
  return names.map((name) => `${/\p{L}\p{M}*/u.exec(name)?.[0].toLocaleUpperCase('en') ?? ''}.`).join(' ');
}
