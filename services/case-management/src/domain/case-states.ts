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
  'merged',
] as const;
export type CaseStateName = (typeof CASE_STATES)[number];

/** What may end a case before services have begun. */
const EARLY_ENDS = ['moved', 'deceased', 'declined', 'ineligible-by-prosecutor'] as const;

/** An open case rests in another one of the same person, and comes back as it was when they turn out to be two. */
const OPEN = ['opened', 'contacted', 'intake-completed', 'active'] as const;

/** A case that has ended begins anew with outreach, or goes on where intake had been completed; at any time. */
const REOPENED = ['opened', 'active'] as const;

/** Every transition that there is. Any other one is refused. */
export const CASE_TRANSITIONS: Readonly<Record<CaseStateName, readonly CaseStateName[]>> = {
  opened: ['contacted', ...EARLY_ENDS, 'merged'],
  contacted: ['intake-completed', ...EARLY_ENDS, 'merged'],
  'intake-completed': ['active', 'transitioned', ...EARLY_ENDS, 'merged'],
  active: ['transitioned', ...EARLY_ENDS, 'merged'],
  transitioned: REOPENED,
  moved: REOPENED,
  deceased: REOPENED,
  declined: REOPENED,
  'ineligible-by-prosecutor': REOPENED,
  merged: OPEN,
};

/** True for a case that is closed for now, and takes no place in a caseload. */
export const hasEnded = (state: CaseStateName): boolean => CASE_TRANSITIONS[state] === REOPENED;

/** True for a case in which somebody is served. */
export const isOpen = (state: CaseStateName): boolean => (OPEN as readonly CaseStateName[]).includes(state);

/** @throws Refusal `transition-not-allowed` that names the present state and those that are allowed from it */
export function assertCaseTransition(from: CaseStateName, to: CaseStateName): void {
  const allowed = CASE_TRANSITIONS[from];
  if (allowed.includes(to)) return;
  throw new Refusal('conflict', 'transition-not-allowed', `A case that is ${from} cannot become ${to}.`, {
    extra: { state: from, allowed },
  });
}
