import { addBusinessDays } from './business-days.js';
import { holdPolicyOf, openHold } from './charge-hold.js';
import { isTerminal } from './referral-status.js';
import { CHARGE_HOLD_TIMER, type Decided, type ReferralState } from './referral.js';
import type { SiteOfAgency } from './site-policy.js';
import { endOfDay, localDate } from './zoned-days.js';

/**
 * What the policy of its site says of a referral when it is taken: on an arrest, until when a warm hand-off is aimed at,
 * and when the charge would be looked at again, so that it is warned of while the person still waits for a decision.
 */
export function underPolicy({ state, events, timers: own = [] }: Decided, site: SiteOfAgency): Decided {
  const { entered } = state;
  // of one shape, see ADR 13: a spread that adds would give each referral one of its own
  const governed = Object.assign({}, state, { site: { id: site.siteId, policyVersion: site.policyVersion } });
  if (entered.pathway !== 'arrest-diversion' || isTerminal(state.status))
    return { state: governed, events, timers: own };
  const { chargeHold, timers } = openHold(entered.occurredAt, holdPolicyOf(site), entered.enteredAt);
  return {
    state: Object.assign(governed, {
      handOffDueAt: new Date(entered.occurredAt.getTime() + site.policy.handOff.targetMinutes * 60_000),
      holdWouldEnd: { dueAt: chargeHold.dueAt, timeZone: site.timeZone },
    }),
    events,
    timers: [...own, ...timers.filter(({ name }) => name !== CHARGE_HOLD_TIMER)],
  };
}

/** An accepted social contact is to be met within so many business days after the decision. */
export function withContactTarget(decided: Decided, { policy, timeZone }: SiteOfAgency): Decided {
  const { status, entered, decision } = decided.state;
  if (status !== 'accepted' || entered.pathway !== 'social-contact' || !decision) return decided;
  const day = addBusinessDays(localDate(decision.at, timeZone), policy.handOff.socialContactBusinessDays, policy);
  return { ...decided, state: { ...decided.state, handOffDueAt: endOfDay(day, timeZone) } };
}

/** True while a hand-off is still to come and its time is over. It is shown, and nothing follows from it. */
export const isHandOffOverdue = (state: ReferralState, now: Date): boolean =>
  state.handOffDueAt !== undefined &&
  now > state.handOffDueAt &&
  !isTerminal(state.status) &&
  !(state.entered.handOffAt ?? state.handedOffAt ?? state.enrolledAt);
