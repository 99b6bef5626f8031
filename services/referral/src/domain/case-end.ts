import type { CaseEnd } from '@throughline/shared/contracts';
import type { Decided, ReferralState, Timers } from './referral.js';
import { leave } from './side-exits.js';

/** Who is entered as having closed a referral whose case ended: no account of this service did. */
export const CASE_MANAGEMENT = 'case-management';

/**
 * The case that serves the referral has ended, and so does the referral, with the way in which the case ended as its
 * reason. Its place at the site is free. Undefined where it is over already, or another case serves it.
 */
export function closeWithCase(
  referralId: string,
  state: ReferralState,
  ended: { caseId: string; as: CaseEnd; at: Date },
  timers: Timers,
): Decided | undefined {
  if (state.caseId !== ended.caseId || (state.status !== 'handed-off' && state.status !== 'enrolled')) return undefined;
  return leave(referralId, state, { to: 'closed', reason: ended.as, by: CASE_MANAGEMENT, at: ended.at }, timers);
}

/**
 * The case goes on, and so does the referral, which takes its place at the site again. To its officer it stays closed:
 * that somebody came back is nothing that police are told. Undefined where it was not closed: what ended beside the line,
 * as a withdrawal, stays so.
 */
export function reopenWithCase(
  referralId: string,
  state: ReferralState,
  reopened: { caseId: string; at: Date },
): Decided | undefined {
  if (state.caseId !== reopened.caseId || state.status !== 'closed') return undefined;
  const { outcomeReason: _reason, ...rest } = state;
  return {
    state: { ...rest, status: state.enrolledAt ? 'enrolled' : 'handed-off' },
    events: [
      {
        name: 'referral.reopened',
        data: { referralId, caseId: reopened.caseId, reopenedAt: reopened.at.toISOString() },
      },
    ],
  };
}
