import { Refusal } from '@throughline/shared/domain';
import type { ReferralStatus } from './referral-status.js';
import type { Decided, ReferralState } from './referral.js';

/** Why a person is erased, for the record that stays. */
export const ERASURE_REASONS = ['requested-by-person', 'court-order', 'retention-ended', 'entered-in-error'] as const;
export type ErasureReason = (typeof ERASURE_REASONS)[number];

export interface PersonErasure {
  by: string;
  at: Date;
  reason: ErasureReason;
}

/** Until the referral is over or case management has the person, somebody has to know who it is about. */
const IDENTITY_NEEDED: ReadonlySet<ReferralStatus> = new Set<ReferralStatus>([
  'submitted',
  'awaiting-information',
  'pending-decision',
  'accepted',
]);

/**
 * Why a person may not be erased yet: `identity-still-needed` before hand-off or an end, `charge-hold-open` (409); undefined
 * where nothing stands in the way.
 * @param despiteOpenHold the coordinator knows that a charge is still held, and that nobody will be able to tell whose
 */
export function notErasable(
  referralId: string,
  { status, chargeHold, erased }: ReferralState,
  despiteOpenHold: boolean,
): Refusal | undefined {
  if (erased) return undefined;
  if (IDENTITY_NEEDED.has(status))
    return new Refusal(
      'conflict',
      'identity-still-needed',
      'Who this referral is about is still needed. End it first, or wait for the hand-off.',
      { extra: { referralId, state: status } },
    );
  if (chargeHold?.status === 'open' && !despiteOpenHold)
    return new Refusal(
      'conflict',
      'charge-hold-open',
      'A charge is held for this person. Wait for its end, or say that it is to be erased all the same.',
      { extra: { referralId, state: status, dueAt: chargeHold.dueAt.toISOString() } },
    );
  return undefined;
}

/** For what cannot be done without knowing who it is about. */
export const personErased = (): Refusal =>
  new Refusal('conflict', 'person-erased', 'Who this referral was about has been erased.');

/** Takes out what identified the person; who, when and why stays, and everything that is counted. Once is enough. */
export function erasePerson(referralId: string, state: ReferralState, erased: PersonErasure): Decided {
  if (state.erased) return { state, events: [] };
  const { confidential: _gone, blindKeys: _unmatched, blindKeysBy: _by, ...rest } = state;
  return {
    state: { ...rest, erased, matchingDue: true },
    events: [
      {
        name: 'referral.person-erased',
        data: { referralId, reason: erased.reason, erasedAt: erased.at.toISOString() },
      },
    ],
  };
}
