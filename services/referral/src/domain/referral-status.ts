import { Refusal } from '@throughline/shared/domain';

export const REFERRAL_STATUSES = [
  'submitted',
  'awaiting-information',
  'pending-decision',
  'ineligible',
  'accepted',
  'declined',
  'handed-off',
  'enrolled',
  'closed',
  'withdrawn',
  'declined-by-person',
  'unable-to-contact',
  'expired',
  'duplicate',
  'entered-in-error',
] as const;

export type ReferralStatus = (typeof REFERRAL_STATUSES)[number];

/**
 * Where a referral may go from each state. The middle of the programme is a line with side exits. From the ends only a
 * correction is left: what was entered in error, or turns out to be the same referral twice, may be found out late. What was
 * closed goes on when its case is re-opened.
 * `pending-decision -> ineligible` is for a no-contact order with a participant that comes to light before the decision.
 * `enrolled -> handed-off` takes an enrolment by the intake of somebody else back, when their cases had been merged wrongly.
 * `accepted -> enrolled` is for a referral that joined an open case and so was never handed off by itself.
 */
export const TRANSITIONS: Readonly<Record<ReferralStatus, readonly ReferralStatus[]>> = {
  submitted: [
    'awaiting-information',
    'pending-decision',
    'ineligible',
    'withdrawn',
    'declined-by-person',
    'duplicate',
    'entered-in-error',
  ],
  'awaiting-information': [
    'awaiting-information',
    'pending-decision',
    'ineligible',
    'withdrawn',
    'declined-by-person',
    'unable-to-contact',
    'expired',
    'duplicate',
    'entered-in-error',
  ],
  'pending-decision': [
    'accepted',
    'declined',
    'ineligible',
    'withdrawn',
    'declined-by-person',
    'unable-to-contact',
    'expired',
    'duplicate',
    'entered-in-error',
  ],
  accepted: [
    'handed-off',
    'enrolled',
    'withdrawn',
    'declined-by-person',
    'unable-to-contact',
    'expired',
    'duplicate',
    'entered-in-error',
  ],
  'handed-off': [
    'enrolled',
    'closed',
    'declined-by-person',
    'unable-to-contact',
    'expired',
    'duplicate',
    'entered-in-error',
  ],
  enrolled: ['handed-off', 'closed', 'duplicate', 'entered-in-error'],
  closed: ['handed-off', 'enrolled', 'duplicate', 'entered-in-error'],
  ineligible: ['duplicate', 'entered-in-error'],
  declined: ['duplicate', 'entered-in-error'],
  withdrawn: ['duplicate', 'entered-in-error'],
  'declined-by-person': ['duplicate', 'entered-in-error'],
  'unable-to-contact': ['duplicate', 'entered-in-error'],
  expired: ['duplicate', 'entered-in-error'],
  duplicate: ['entered-in-error'],
  'entered-in-error': [],
};

const TERMINAL: ReadonlySet<ReferralStatus> = new Set<ReferralStatus>([
  'ineligible',
  'declined',
  'closed',
  'withdrawn',
  'declined-by-person',
  'unable-to-contact',
  'expired',
  'duplicate',
  'entered-in-error',
]);

/** A state that ends a referral; it needs an outcome reason. */
export const isTerminal = (status: ReferralStatus): boolean => TERMINAL.has(status);

export const mayGo = (from: ReferralStatus, to: ReferralStatus): boolean => TRANSITIONS[from].includes(to);

/** @throws Refusal `transition-not-allowed` (409), which names the state and the transitions that it allows */
export function assertTransition(from: ReferralStatus, to: ReferralStatus): void {
  if (!mayGo(from, to))
    throw new Refusal('conflict', 'transition-not-allowed', `A referral that is ${from} cannot become ${to}.`, {
      extra: { state: from, allowed: [...TRANSITIONS[from]] },
    });
}

/** All that an officer ever learns: that it was received, or that it is over. */
export const officerStatus = (status: ReferralStatus): 'received' | 'closed' =>
  isTerminal(status) ? 'closed' : 'received';
