import { Refusal } from '@throughline/shared/domain';

/**
 * Where a case stands. How engaged a client is appears nowhere in it: engagement rises and falls, is derived from
 * contacts, and prompts outreach. It must never be a reason to move a case.
 */
export const CASE_STATES = [
  'opened',
  'contacted',
  'intake-completed',
  'active',
  'transitioned',
  'moved',
  'deceased',
  'declined',
  'ineligible-by-prosecutor',
] as const;
export type CaseStateName = (typeof CASE_STATES)[number];

/** What may end a case before services have begun. */
const EARLY_ENDS = ['moved', 'deceased', 'declined', 'ineligible-by-prosecutor'] as const;

/** A case that has ended begins anew with outreach, or goes on where intake had been completed; at any time. */
const REOPENED = ['opened', 'active'] as const;

/** Every transition that there is. Any other one is refused. */
export const CASE_TRANSITIONS: Readonly<Record<CaseStateName, readonly CaseStateName[]>> = {
  opened: ['contacted', ...EARLY_ENDS],
  contacted: ['intake-completed', ...EARLY_ENDS],
  'intake-completed': ['active', 'transitioned', ...EARLY_ENDS],
  active: ['transitioned', ...EARLY_ENDS],
  transitioned: REOPENED,
  moved: REOPENED,
  deceased: REOPENED,
  declined: REOPENED,
  'ineligible-by-prosecutor': REOPENED,
};

/** True for a case that is closed for now, and takes no place in a caseload. */
export const hasEnded = (state: CaseStateName): boolean => CASE_TRANSITIONS[state] === REOPENED;

/** @throws Refusal `transition-not-allowed` that names the present state and those that are allowed from it */
export function assertCaseTransition(from: CaseStateName, to: CaseStateName): void {
  const allowed = CASE_TRANSITIONS[from];
  if (allowed.includes(to)) return;
  throw new Refusal('conflict', 'transition-not-allowed', `A case that is ${from} cannot become ${to}.`, {
    extra: { state: from, allowed },
  });
}
