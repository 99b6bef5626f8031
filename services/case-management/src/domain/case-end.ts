import type { CaseEnd } from '@throughline/shared/contracts';
import { Refusal } from '@throughline/shared/domain';
import { assertNotMerged, assertPlausible, type CaseDecision, type CaseRecord, type EndOfCase } from './case.js';
import { freePlace, placeMark } from './caseload.js';
import { assertCaseTransition, isOpen } from './case-states.js';

/**
 * Why a case may end, by the state that it ends in. None says how the client engaged: whoever is out of reach, or does not
 * follow a plan, keeps the case. Nor does one say what somebody died of.
 */
export const END_REASONS = {
  transitioned: ['goals-met', 'other-support-in-place', 'wishes-to-go-on-alone'],
  moved: ['left-the-area', 'served-by-another-programme', 'long-stay-elsewhere'],
  deceased: ['told-by-family', 'told-by-records', 'told-by-provider'],
  declined: ['wants-no-services', 'prefers-other-help', 'prefers-court'],
} as const satisfies Partial<Record<CaseEnd, readonly string[]>>;

/** What a person may enter; that the prosecutor ended it is heard from referral intake alone. */
export type EnteredEnd = keyof typeof END_REASONS;
export const ENTERED_ENDS = Object.keys(END_REASONS) as [EnteredEnd, ...EnteredEnd[]];

export const REOPENING_REASONS = ['client-asked', 'client-came-back', 'new-need', 'ended-in-error'] as const;
export type ReopeningReason = (typeof REOPENING_REASONS)[number];

/** A case that ends and goes on more often than this keeps the latest; the events have them all. */
const KEPT_ENDS = 50;

/**
 * Ends a case. Its place in a caseload is free; it stays readable, and may be re-opened at any time.
 * @throws Refusal `reason-not-allowed`, which names those that are; and as `assertCaseTransition`, `assertNotMerged` and `assertPlausible`
 */
export function endCase(
  caseId: string,
  current: CaseRecord,
  end: Omit<EndOfCase, 'enteredAt' | 'reopened'> & { as: EnteredEnd },
  now: Date,
): CaseDecision {
  const allowed: readonly string[] = END_REASONS[end.as];
  if (!allowed.includes(end.reason)) {
    const detail = `For "${end.as}" the reason must be one of: ${allowed.join(', ')}.`;
    throw new Refusal('invalid', 'reason-not-allowed', detail, { errors: [{ pointer: '#/reason', detail }] });
  }
  assertNotMerged(current);
  assertPlausible(current, end.endedAt, 'endedAt', now);
  return ended(caseId, current, { ...end, enteredAt: now });
}

/**
 * The prosecutor found the person ineligible after all, for every referral that the case serves. Undefined while one of
 * them goes on, or the case has ended: services are the client's, and no single referral takes them away.
 */
export function endByProsecutor(caseId: string, current: CaseRecord, at: Date, now: Date): CaseDecision | undefined {
  const refused = current.referrals.every(({ news }) => news?.ended?.reason === 'ineligible-by-prosecutor');
  if (!refused || !isOpen(current.state)) return undefined;
  return ended(caseId, current, {
    as: 'ineligible-by-prosecutor',
    reason: 'ineligible-by-prosecutor',
    endedAt: at,
    enteredAt: now,
    enteredBy: 'referral-intake',
  });
}

/**
 * The case goes on: where intake was completed with services, else with outreach. It goes back to its case manager, and
 * where that caseload is full, it waits for the coordinator to assign it; it is never refused for that.
 * @param taken the places that are taken in the caseload of its case manager
 * @throws Refusal as `assertCaseTransition` and `assertNotMerged`
 */
export function reopenCase(
  caseId: string,
  current: CaseRecord,
  { reason, by, taken }: { reason: ReopeningReason; by: string; taken: readonly number[] },
  now: Date,
): CaseDecision {
  assertNotMerged(current);
  const state = current.intake ? 'active' : 'opened';
  assertCaseTransition(current.state, state);
  const ends = current.ends ?? [];
  const last = ends.at(-1);
  return {
    state: {
      ...atItsManager(current, taken),
      state,
      ends: last ? [...ends.slice(0, -1), { ...last, reopened: { reason, at: now, by } }] : [],
    },
    events: [
      {
        name: 'case.reopened',
        data: { caseId, referralIds: referralIdsOf(current), reason, reopenedAt: now.toISOString() },
      },
    ],
  };
}

function ended(caseId: string, current: CaseRecord, end: EndOfCase): CaseDecision {
  assertCaseTransition(current.state, end.as);
  const { caseloadPlace: _place, ...rest } = current;
  const { as, reason, endedAt, enteredAt } = end;
  return {
    state: { ...rest, state: as, ends: [...(current.ends ?? []), end].slice(-KEPT_ENDS) },
    events: [
      {
        name: 'case.ended',
        data: {
          caseId,
          referralIds: referralIdsOf(current),
          as,
          reason,
          endedAt: endedAt.toISOString(),
          enteredAt: enteredAt.toISOString(),
        },
      },
    ],
  };
}

/** Back in the caseload that it was in, or in none where that one is full. */
export function atItsManager(current: CaseRecord, taken: readonly number[]): CaseRecord {
  const { caseManagerId, assignedAt, caseloadPlace: _place, ...rest } = current;
  if (caseManagerId === undefined) return rest;
  try {
    const caseloadPlace = placeMark(caseManagerId, freePlace(taken));
    return { ...rest, caseManagerId, ...(assignedAt && { assignedAt }), caseloadPlace };
  } catch (error) {
    if (error instanceof Refusal) return rest;
    throw error;
  }
}

export const referralIdsOf = ({ referrals }: CaseRecord): string[] => referrals.map(({ referralId }) => referralId);
