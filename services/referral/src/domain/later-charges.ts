import { Refusal } from '@throughline/shared/domain';
import type { Decided, Offense, ReferralState } from './referral.js';

/** A charge that was filed after the referral. */
export interface LaterCharge {
  id: string;
  /** The charge that was held, or one for something that happened later. */
  about: 'held-charge' | 'new-event';
  offenses: Offense[];
  filedAt: Date;
  by: string;
  recordedAt: Date;
}

const MAX_CHARGES = 100;

/**
 * Records a charge and tells of it. That is all: nobody leaves the programme for it, and nobody is immune by it.
 * @throws Refusal `too-many-charges` (409); `validation-failed` (422) for a charge filed before the event or still to come
 */
export function recordCharge(referralId: string, state: ReferralState, charge: LaterCharge): Decided {
  const charges = state.charges ?? [];
  if (charges.length >= MAX_CHARGES)
    throw new Refusal('conflict', 'too-many-charges', `A referral takes ${MAX_CHARGES} charges at most.`);
  if (charge.filedAt < state.entered.occurredAt) throw wrongTime('The charge was filed before the event happened.');
  if (charge.filedAt > charge.recordedAt) throw wrongTime('This is in the future; record a charge when it was filed.');
  const { id: chargeId, about, offenses, filedAt, recordedAt } = charge;
  return {
    state: { ...state, charges: [...charges, charge] },
    events: [
      {
        name: 'referral.charge-recorded',
        data: {
          referralId,
          chargeId,
          ...(state.caseId !== undefined && { caseId: state.caseId }),
          about,
          offenses: offenses.map(({ nibrs }) => nibrs),
          filedAt: filedAt.toISOString(),
          recordedAt: recordedAt.toISOString(),
        },
      },
    ],
  };
}

const wrongTime = (detail: string): Refusal =>
  new Refusal('invalid', 'validation-failed', 'The time cannot be right. See errors.', {
    errors: [{ pointer: '#/filedAt', detail }],
  });
