import { Refusal } from '@throughline/shared/domain';
import { assertApproved } from './approvals.js';
import { openHold, type HoldPolicy } from './charge-hold.js';
import { personErased } from './erasure.js';
import { evaluationInForce } from './intake.js';
import { assertTransition } from './referral-status.js';
import type { Decided, Decision, ReferralState } from './referral.js';

/**
 * The prosecutor accepts or declines. A hard exclusion stands unless its criterion may be overridden and the decision
 * overrides it with a reason; a presumptive one is the prosecutor's to weigh.
 *
 * @param sealed the person's identity for case management, needed to accept; absent where the person was erased
 * @param linkedReferralIds the other referrals of the person, so that an open case is joined
 * @throws Refusal `transition-not-allowed`, `person-erased` and `approval-missing` (409), `override-not-permitted` and
 *   `override-required` (422), each with what is allowed or missing
 */
export function decideReferral(
  referralId: string,
  state: ReferralState,
  decision: Decision,
  { sealed, policy, linkedReferralIds = [] }: { sealed?: string; policy: HoldPolicy; linkedReferralIds?: string[] },
): Decided {
  assertTransition(state.status, decision.decision);
  const decidedAt = decision.at.toISOString();
  if (decision.decision === 'declined') {
    const [reason] = decision.reasons;
    if (!reason) throw new TypeError('a decision has a reason');
    if (decision.overrides.length > 0) throw overrideNotPermitted([], 'Nothing is overridden by declining.');
    return {
      state: { ...state, status: 'declined', decision, outcomeReason: reason },
      events: [{ name: 'referral.declined', data: { referralId, reason, decidedAt } }],
    };
  }

  if (!sealed) throw personErased();
  assertOverrides(state, decision);
  assertApproved(state);
  const { pathway, agencyId, district, occurredAt } = state.entered;
  const opened =
    pathway === 'arrest-diversion' ? openHold(occurredAt, policy, decision.at, state.holdWouldEnd?.warned) : undefined;
  return {
    state: {
      ...state,
      status: 'accepted',
      decision,
      ...(opened && { chargeHold: opened.chargeHold }),
    },
    events: [
      {
        name: 'referral.accepted',
        data: {
          referralId,
          pathway,
          agencyId,
          district,
          occurredAt: occurredAt.toISOString(),
          decidedAt,
          ...(opened && { chargeHoldDueAt: opened.chargeHold.dueAt.toISOString() }),
          ...(linkedReferralIds.length > 0 && { linkedReferralIds }),
          sealed,
        },
      },
    ],
    timers: opened?.timers ?? [],
  };
}

function assertOverrides(state: ReferralState, { overrides }: Decision): void {
  const standing = evaluationInForce(state).criteria.filter(({ verdict }) => verdict !== 'met');
  const required = standing.filter(({ severity }) => severity === 'hard').map(({ id }) => id);
  const overridable = standing
    .filter(({ severity, overridableBy }) => severity === 'presumptive' || overridableBy === 'prosecutor')
    .map(({ id }) => id);
  const named = overrides.map(({ criterion }) => criterion);
  if (named.some((id, index) => !overridable.includes(id) || named.indexOf(id) !== index))
    throw overrideNotPermitted(overridable, 'Each override must name once a criterion that is not met and may be.');
  const missing = required.filter((id) => !named.includes(id));
  if (missing.length > 0)
    throw new Refusal('invalid', 'override-required', 'Exclusions stand in the way: override each, or decline.', {
      errors: [{ pointer: '#/overrides', detail: `Not overridden: ${missing.join(', ')}.` }],
      extra: { required: missing, overridable },
    });
}

const overrideNotPermitted = (overridable: string[], message: string): Refusal =>
  new Refusal('invalid', 'override-not-permitted', message, {
    errors: [{ pointer: '#/overrides', detail: message }],
    extra: { overridable },
  });
