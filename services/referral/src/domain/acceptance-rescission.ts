import { Refusal } from '@throughline/shared/domain';
import { withoutHold } from './side-exits.js';
import type { Decided, ReferralState, Timers } from './referral.js';

/** The prosecutor's word that an acceptance stands no more. */
export interface Rescission {
  reasons: [string, ...string[]];
  by: string;
  at: Date;
}

/**
 * Takes an acceptance back: no charge is held any more, and what becomes of it is the prosecutor's. The state stays,
 * since services that began may go on, as for a social contact.
 * @throws Refusal `not-accepted` (409) names the states from which it may be done; `already-rescinded` (409)
 */
export function rescindAcceptance(
  referralId: string,
  state: ReferralState,
  rescission: Rescission,
  timers: Timers,
): Decided {
  const allowedFrom = ['accepted', 'handed-off', 'enrolled'];
  if (!allowedFrom.includes(state.status))
    throw new Refusal('conflict', 'not-accepted', `A referral that is ${state.status} has no acceptance to rescind.`, {
      extra: { state: state.status, allowedFrom },
    });
  if (state.rescission) throw new Refusal('conflict', 'already-rescinded', 'The acceptance was rescinded before.');
  const ended = withoutHold(state, timers);
  return {
    ...ended,
    state: { ...ended.state, rescission },
    events: [
      {
        name: 'referral.acceptance-rescinded',
        data: { referralId, reason: rescission.reasons[0], rescindedAt: rescission.at.toISOString() },
      },
    ],
  };
}
