import { Refusal } from '@throughline/shared/domain';
import { withoutHoldTimers } from './charge-hold.js';
import { assertTransition, isTerminal, mayGo, type ReferralStatus } from './referral-status.js';
import type { ReferralEvent } from './referral-events.js';
import { CORRECTION_TIMER, type Decided, type ReferralState, type Timers } from './referral.js';

/**
 * The ways out beside the line, each with the reasons that may be given. No reason speaks against the person: who
 * declines or is not found may be referred again at any time.
 */
export const EXIT_REASONS = {
  withdrawn: ['facts-were-different', 'handled-otherwise', 'reconsidered', 'asked-by-prosecutor'],
  'declined-by-person': ['declined-at-the-scene', 'declined-later', 'prefers-other-help', 'prefers-court'],
  'unable-to-contact': ['no-way-to-reach', 'not-found', 'left-the-area'],
  expired: ['information-never-came', 'not-decided-in-time', 'not-handed-off-in-time'],
  duplicate: ['entered-twice', 'same-event-two-officers'],
  'entered-in-error': ['wrong-person', 'wrong-event', 'wrong-details', 'test-entry'],
  closed: ['transitioned', 'moved', 'deceased', 'declined', 'ineligible-by-prosecutor', 'services-ended'],
} as const;

export type ExitStatus = keyof typeof EXIT_REASONS;

/** One exit, as it was taken. */
export interface Exit {
  to: ExitStatus;
  reason: string;
  /** Account that said so. */
  by: string;
  at: Date;
}

/** What an exit says besides: which referral stays, or is the right one. */
export interface ExitLinks {
  duplicateOf?: string;
  correctedBy?: string;
}

/** After these nothing is held any more; after the others the hold runs on, and its lapse asks for a review as ever. */
const ENDS_HOLD: ReadonlySet<ExitStatus> = new Set<ExitStatus>(['withdrawn', 'duplicate', 'entered-in-error']);

/** They are no encounters with a person: another referral stands for them, or they never should have been. */
export const isNoEncounter = (status: ReferralStatus): boolean => NO_ENCOUNTERS.has(status);
const NO_ENCOUNTERS: ReadonlySet<ReferralStatus> = new Set<ReferralStatus>(['duplicate', 'entered-in-error']);

/** @throws Refusal `transition-not-allowed` (409), which names what is allowed */
export function leave(
  referralId: string,
  state: ReferralState,
  exit: Exit,
  timers: Timers,
  links: ExitLinks = {},
): Decided {
  assertTransition(state.status, exit.to);
  const { state: kept, timers: left } = ENDS_HOLD.has(exit.to) ? withoutHold(state, timers) : { state, timers };
  const pending = links.correctedBy === undefined ? [] : [{ name: CORRECTION_TIMER, dueAt: exit.at }];
  return {
    state: {
      ...kept,
      ...links,
      status: exit.to,
      outcomeReason: exit.reason,
      exits: [...(kept.exits ?? []), exit],
      // it is no candidate for others any more
      ...(isNoEncounter(exit.to) && { matchingDue: true }),
    },
    events: [endOf(referralId, exit, links)],
    timers: [...left, ...pending],
  };
}

/**
 * An officer takes back what that officer entered. Until the hand-off that withdraws the referral. After it services
 * may have begun, and go on; it is over for the officer, to whom both look alike.
 * @throws Refusal `referral-closed` (409), which tells no state
 */
export function withdrawByOfficer(
  referralId: string,
  state: ReferralState,
  exit: Omit<Exit, 'to'>,
  timers: Timers,
): Decided {
  if (isOverForOfficer(state)) throw new Refusal('conflict', 'referral-closed', 'This referral is closed.');
  if (mayGo(state.status, 'withdrawn')) return leave(referralId, state, { ...exit, to: 'withdrawn' }, timers);
  return { state: { ...state, withdrawnByOfficer: { reason: exit.reason, at: exit.at } }, events: [] };
}

/** Whether the officer who entered it sees it as closed: once it was, it stays so, also when services begin again. */
export const isOverForOfficer = ({ status, withdrawnByOfficer, exits = [] }: ReferralState): boolean =>
  withdrawnByOfficer !== undefined || isTerminal(status) || exits.some(({ to }) => to === 'closed');

/** No charge is held any more. One that was satisfied stays so: the promise was kept. */
export function withoutHold(state: ReferralState, timers: Timers): { state: ReferralState; timers: Timers } {
  const { chargeHold, review: _review, ...rest } = state;
  if (!chargeHold || chargeHold.status === 'satisfied') return { state, timers };
  return {
    state: { ...rest, chargeHold: { ...chargeHold, status: 'ended' } },
    timers: withoutHoldTimers(timers),
  };
}

function endOf(referralId: string, { to, reason, at }: Exit, { duplicateOf, correctedBy }: ExitLinks): ReferralEvent {
  const data = { referralId, reason, endedAt: at.toISOString() };
  switch (to) {
    case 'withdrawn':
      return { name: 'referral.withdrawn', data };
    case 'declined-by-person':
      return { name: 'referral.declined-by-person', data };
    case 'unable-to-contact':
      return { name: 'referral.outreach-ended', data };
    case 'expired':
      return { name: 'referral.expired', data };
    case 'duplicate':
      if (duplicateOf === undefined) throw new TypeError('a duplicate names the referral that stays');
      return { name: 'referral.duplicate-found', data: { ...data, duplicateOf } };
    case 'entered-in-error':
      return { name: 'referral.corrected', data: { ...data, ...(correctedBy !== undefined && { correctedBy }) } };
    case 'closed':
      return { name: 'referral.closed', data };
  }
}
