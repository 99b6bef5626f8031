import { Refusal } from '@throughline/shared/domain';
import { factsOf } from './referral-facts.js';
import { isTerminal } from './referral-status.js';
import type { Decided, ReferralState } from './referral.js';

/** Who besides the prosecutor may have to approve: the agency that supervises probation or parole, and a victim. */
export const APPROVALS = ['supervising-agency', 'victim'] as const;
export type ApprovalKind = (typeof APPROVALS)[number];

export const APPROVAL_OUTCOMES = ['given', 'refused', 'not-needed'] as const;

export interface Approval {
  approval: ApprovalKind;
  /** `not-needed`: somebody looked, and there is no supervision, or no victim. */
  outcome: (typeof APPROVAL_OUTCOMES)[number];
  by: string;
  at: Date;
}

/**
 * Approvals that the site asks for and that were not given. That the person is under no supervision has to be known:
 * what is unknown asks for the approval too.
 */
export function missingApprovals({ entered, information, siteRules, approvals = [] }: ReferralState): ApprovalKind[] {
  const supervised = factsOf(entered, information)['underSupervision'] !== false;
  const asked: ApprovalKind[] = [
    ...(siteRules?.underSupervision === 'approval' && supervised ? (['supervising-agency'] as const) : []),
    ...(siteRules?.victimConsent === 'required' ? (['victim'] as const) : []),
  ];
  const settled = (kind: ApprovalKind): boolean =>
    approvals.some(({ approval, outcome }) => approval === kind && outcome !== 'refused');
  return asked.filter((kind) => !settled(kind));
}

/** @throws Refusal `approval-missing` (409), which names those that are missing */
export function assertApproved(state: ReferralState): void {
  const missing = missingApprovals(state);
  if (missing.length > 0)
    throw new Refusal('conflict', 'approval-missing', 'This site asks for approvals before acceptance.', {
      extra: { missing },
    });
}

/**
 * Takes down what was said. Who changes their mind is recorded again, and what was said last counts.
 * @throws Refusal `decided-already` (409): approvals are for the decision
 */
export function recordApproval(referralId: string, state: ReferralState, approval: Approval): Decided {
  if (state.decision || isTerminal(state.status))
    throw new Refusal('conflict', 'decided-already', 'Approvals are recorded before the decision.');
  const others = (state.approvals ?? []).filter((one) => one.approval !== approval.approval);
  return {
    state: { ...state, approvals: [...others, approval] },
    events: [
      {
        name: 'referral.approval-recorded',
        data: {
          referralId,
          approval: approval.approval,
          outcome: approval.outcome,
          recordedAt: approval.at.toISOString(),
        },
      },
    ],
  };
}
