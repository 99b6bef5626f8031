import { CASE_MANAGEMENT } from './case-end.js';
import { enrol } from './case-progress.js';
import { timersOfHold } from './charge-hold.js';
import type { ReferralEvent } from './referral-events.js';
import type { Decided, ReferralState, Timers } from './referral.js';
import type { ReferralStatus } from './referral-status.js';

/** Another case serves the referral from now on. */
export interface CaseChange {
  caseId: string;
  fromCaseId: string;
  at: Date;
  /** When intake was completed in the case that serves it now, where it was. */
  intakeCompletedAt?: Date;
}

type Served = 'handed-off' | 'enrolled' | 'closed';
const isServed = (status: ReferralStatus): status is Served =>
  status === 'handed-off' || status === 'enrolled' || status === 'closed';

/**
 * Two cases turned out to be of one person, and the other one goes on: the referral stays with its officer and is served
 * there. Where intake was completed in that case, the person is in the programme: from then on, or from the hand-off on
 * where that came later. Undefined where that changes nothing.
 */
export function moveToCase(
  referralId: string,
  state: ReferralState,
  change: CaseChange,
  timers: Timers,
): Decided | undefined {
  const { status } = state;
  if (state.caseId === change.caseId || !isServed(status)) return undefined;
  const moved = { ...state, caseId: change.caseId };
  const events = [movedEvent(referralId, moved, status, change)];
  const { intakeCompletedAt } = change;
  if (!intakeCompletedAt) return { state: moved, events };
  const completedAt = later(intakeCompletedAt, state.handedOffAt);
  const enrolled = enrol(referralId, moved, { caseId: change.caseId, completedAt, enteredAt: change.at }, timers);
  return enrolled ? { ...enrolled, events: [...events, ...enrolled.events] } : { state: moved, events };
}

/**
 * The merge was wrong: the referral stands as it would have stood in its own case all the time. Who was enrolled by the
 * intake of somebody else is not, a charge that this had satisfied is held again, to the day that it was held to, and what
 * ended with the case of somebody else goes on. What people of this service did in between, by name, stays.
 */
export function moveBackToCase(
  referralId: string,
  state: ReferralState,
  change: CaseChange,
  timers: Timers,
): Decided | undefined {
  const { status } = state;
  if (state.caseId !== change.fromCaseId || !isServed(status)) return undefined;
  const { chargeHold, enrolledAt: _there, ...rest } = state;
  const enrolledAt = change.intakeCompletedAt && later(change.intakeCompletedAt, state.handedOffAt);
  const heldAgain = chargeHold?.status === 'satisfied' && !chargeHold.resolution && !enrolledAt;
  const hold = chargeHold && heldAgain ? { ...chargeHold, status: 'open' as const } : chargeHold;
  const wasClosed = status === 'closed' ? goingOn(rest) : rest;
  const goesOn = wasClosed ? (enrolledAt ? 'enrolled' : 'handed-off') : 'closed';
  const moved: ReferralState = {
    ...(wasClosed ?? rest),
    status: goesOn,
    caseId: change.caseId,
    ...(enrolledAt && { enrolledAt }),
    ...(hold && { chargeHold: hold }),
  };
  return {
    state: moved,
    events: [movedEvent(referralId, moved, goesOn, change)],
    timers: hold && heldAgain ? [...timers, ...timersOfHold(hold, change.at)] : [...timers],
  };
}

/** Without the end that came with the case; undefined where a person closed it. */
function goingOn<State extends Pick<ReferralState, 'exits' | 'outcomeReason'>>(
  state: State,
): Omit<State, 'outcomeReason'> | undefined {
  const { outcomeReason: _reason, ...rest } = state;
  const exits = state.exits ?? [];
  if (exits.at(-1)?.by !== CASE_MANAGEMENT) return undefined;
  return { ...rest, exits: exits.slice(0, -1) };
}

const later = (time: Date, other: Date | undefined): Date => (other && other > time ? other : time);

const movedEvent = (
  referralId: string,
  { chargeHold }: ReferralState,
  status: Served,
  { caseId, fromCaseId, at }: CaseChange,
): ReferralEvent => ({
  name: 'referral.moved-to-case',
  data: {
    referralId,
    fromCaseId,
    caseId,
    status,
    ...(chargeHold && { chargeHold: chargeHold.status }),
    movedAt: at.toISOString(),
  },
});
