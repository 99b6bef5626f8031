import { isTerminal, mayGo } from './referral-status.js';
import { withoutHoldTimers } from './charge-hold.js';
import type { ReferralEvent } from './referral-events.js';
import type { Decided, ReferralState } from './referral.js';

type Timers = readonly { name: string; dueAt: Date }[];

/**
 * Case management has opened a case for the referral. Undefined where that changes nothing any more, for example
 * because the referral was withdrawn meanwhile: what another service has done cannot be refused, only noted.
 */
export function handOff(
  referralId: string,
  state: ReferralState,
  opened: { caseId: string; openedAt: Date },
): Decided | undefined {
  if (state.status !== 'accepted') return undefined;
  const { caseId, openedAt } = opened;
  return {
    state: { ...state, status: 'handed-off', caseId, handedOffAt: openedAt },
    events: [{ name: 'referral.handed-off', data: { referralId, caseId, handedOffAt: openedAt.toISOString() } }],
  };
}

/**
 * The person has an open case, which the referral joined. Where intake was completed before, the person is in the
 * programme already: there is nothing to hand off, and a charge hold is satisfied by the joining.
 */
export function joinCase(
  referralId: string,
  state: ReferralState,
  joined: { caseId: string; joinedAt: Date; intakeCompleted: boolean },
  timers: Timers,
): Decided | undefined {
  const { caseId, joinedAt, intakeCompleted } = joined;
  if (!intakeCompleted) return handOff(referralId, state, { caseId, openedAt: joinedAt });
  return enrol(referralId, state, { caseId, completedAt: joinedAt, enteredAt: joinedAt }, timers);
}

/**
 * Intake was completed. It satisfies the charge hold if it *happened* in time, whenever that was entered: a lapse that
 * was found in between is taken back, and one that nobody has noticed yet is told now. What the prosecutor settled by
 * hand stays settled.
 */
export function enrol(
  referralId: string,
  state: ReferralState,
  intake: { caseId: string; completedAt: Date; enteredAt: Date },
  timers: Timers,
): Decided | undefined {
  if (isTerminal(state.status) || !mayGo(state.status, 'enrolled')) return undefined;
  const { caseId, completedAt, enteredAt } = intake;
  const { chargeHold, review: _review, ...rest } = state;
  // a hold that was ended, also by a rescission, does not open again
  const settled = chargeHold?.status === 'ended' ? 'ended' : chargeHold?.resolution?.resolution;
  const satisfied = settled ? settled === 'satisfied' : chargeHold && completedAt <= chargeHold.dueAt;
  const lapsesNow = chargeHold?.status === 'open' && !satisfied;
  const events: ReferralEvent[] = [];
  if (chargeHold && lapsesNow) events.push(lapsed(referralId, chargeHold.dueAt, enteredAt));
  events.push({
    name: 'referral.enrolled',
    data: {
      referralId,
      caseId,
      enrolledAt: completedAt.toISOString(),
      ...(chargeHold && { chargeHoldSatisfied: satisfied === true }),
    },
  });
  return {
    state: {
      ...rest,
      status: 'enrolled',
      caseId,
      enrolledAt: completedAt,
      ...(chargeHold && { chargeHold: { ...chargeHold, status: settled ?? (satisfied ? 'satisfied' : 'lapsed') } }),
      ...(chargeHold && !settled && !satisfied && { review: 'charge-hold-lapsed' as const }),
    },
    events,
    timers: withoutHoldTimers(timers),
  };
}

/**
 * The time of a charge hold is up. The prosecutor is asked to look at it, and that is all: the referral stays where it
 * is, and nothing is ever filed by itself.
 */
export function lapse(referralId: string, state: ReferralState, now: Date, timers: Timers): Decided {
  const { chargeHold } = state;
  if (chargeHold?.status !== 'open') return { state, events: [], timers: withoutHoldTimers(timers) };
  if (now <= chargeHold.dueAt) return { state, events: [] };
  return {
    state: { ...state, chargeHold: { ...chargeHold, status: 'lapsed' }, review: 'charge-hold-lapsed' },
    events: [lapsed(referralId, chargeHold.dueAt, now)],
    timers: withoutHoldTimers(timers),
  };
}

const lapsed = (referralId: string, dueAt: Date, lapsedAt: Date): ReferralEvent => ({
  name: 'referral.hold-lapsed',
  data: { referralId, dueAt: dueAt.toISOString(), lapsedAt: lapsedAt.toISOString() },
});
