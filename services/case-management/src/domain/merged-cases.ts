import { atItsManager, referralIdsOf } from './case-end.js';
import { MAX_REFERRALS, type CaseDecision, type CaseRecord, type ReferralOfCase } from './case.js';
import { CASE_STATES, isOpen } from './case-states.js';

export interface CaseOfPerson {
  id: string;
  state: Pick<CaseRecord, 'state' | 'openedAt' | 'referrals' | 'mergedInto'>;
}

export type MergeStep = { merge: string; into: string } | { unmerge: string; from: string };

/** Those that it has itself, without those that a merge brought. */
const own = ({ referrals }: Pick<CaseRecord, 'referrals'>): ReferralOfCase[] =>
  referrals.filter(({ mergedFrom }) => mergedFrom === undefined);

/** The referral that opened a case says whose it is. */
export const openedBy = (state: Pick<CaseRecord, 'referrals'>): string | undefined => own(state)[0]?.referralId;

/**
 * What is to be done so that nobody has two open cases, and nobody is served in the case of somebody else: of the open
 * cases of one person the one that has come farthest goes on, of several the oldest, and the others rest in it. It follows
 * from what is so now alone, so that any order of events, and any repetition, comes to the same.
 * @param cases of all the people in question
 * @param personOf a name for the person behind a referral, the same for all referrals of that person
 */
export function mergeSteps(
  cases: readonly CaseOfPerson[],
  personOf: (referralId: string) => string | undefined,
): MergeStep[] {
  const person = ({ state }: CaseOfPerson): string | undefined => personOf(openedBy(state) ?? '');
  const byId = new Map(cases.map((one) => [one.id, one]));
  const steps: MergeStep[] = [];
  for (const one of cases) {
    const { mergedInto } = one.state;
    if (!mergedInto) continue;
    const other = byId.get(mergedInto.caseId);
    if (!other || other.state.mergedInto || person(other) !== person(one))
      steps.push({ unmerge: one.id, from: mergedInto.caseId });
  }
  const open = cases.filter(({ state }) => isOpen(state.state)).sort(farthestFirst);
  const goesOn = new Map<string | undefined, CaseOfPerson>();
  for (const one of open) {
    const first = goesOn.get(person(one));
    if (!first) goesOn.set(person(one), one);
    else if (first.state.referrals.length + own(one.state).length <= MAX_REFERRALS)
      steps.push({ merge: one.id, into: first.id });
  }
  return steps;
}

const farthestFirst = (a: CaseOfPerson, b: CaseOfPerson): number =>
  CASE_STATES.indexOf(b.state.state) - CASE_STATES.indexOf(a.state.state) ||
  a.state.openedAt.getTime() - b.state.openedAt.getTime() ||
  (a.id < b.id ? -1 : 1);

/** The case that goes on serves the referrals of the one that rests too. Undefined where it does already, or has ended. */
export function takeReferrals(current: CaseRecord, fromCaseId: string, from: CaseRecord): CaseRecord | undefined {
  const here = new Set(referralIdsOf(current));
  const taken = own(from).filter(({ referralId }) => !here.has(referralId));
  if (!isOpen(current.state) || taken.length === 0) return undefined;
  return { ...current, referrals: [...current.referrals, ...taken.map((one) => ({ ...one, mergedFrom: fromCaseId }))] };
}

/** It serves them no more. Undefined where it does not. */
export function giveReferralsBack(current: CaseRecord, fromCaseId: string): CaseRecord | undefined {
  const referrals = current.referrals.filter(({ mergedFrom }) => mergedFrom !== fromCaseId);
  return referrals.length === current.referrals.length ? undefined : { ...current, referrals };
}

/** The case rests, with all that is in it, and takes no place in a caseload. Undefined where it is not open. */
export function mergeInto(
  caseId: string,
  current: CaseRecord,
  into: { caseId: string; intakeCompletedAt?: Date | undefined },
  now: Date,
): CaseDecision | undefined {
  if (!isOpen(current.state)) return undefined;
  const { caseloadPlace: _place, ...rest } = current;
  return {
    state: { ...rest, state: 'merged', mergedInto: { caseId: into.caseId, at: now, was: current.state } },
    events: [
      {
        name: 'case.merged',
        data: {
          caseId,
          intoCaseId: into.caseId,
          referralIds: own(current).map(({ referralId }) => referralId),
          mergedAt: now.toISOString(),
          ...(into.intakeCompletedAt && { intakeCompletedAt: into.intakeCompletedAt.toISOString() }),
        },
      },
    ],
  };
}

/**
 * The case goes on as it was, at its case manager where that caseload has room. Undefined where it does not rest there.
 * @param taken the places that are taken in the caseload of its case manager
 */
export function takeBack(
  caseId: string,
  current: CaseRecord,
  fromCaseId: string,
  taken: readonly number[],
  now: Date,
): CaseDecision | undefined {
  if (current.mergedInto?.caseId !== fromCaseId) return undefined;
  const { mergedInto, ...rest } = current;
  return {
    state: { ...atItsManager(rest, taken), state: mergedInto.was },
    events: [
      {
        name: 'case.unmerged',
        data: {
          caseId,
          fromCaseId,
          referralIds: own(current).map(({ referralId }) => referralId),
          unmergedAt: now.toISOString(),
          ...(current.intake && { intakeCompletedAt: current.intake.completedAt.toISOString() }),
        },
      },
    ],
  };
}
