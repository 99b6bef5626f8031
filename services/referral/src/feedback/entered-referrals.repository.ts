import { Injectable } from '@nestjs/common';
import type { AggregateDocument } from '@throughline/shared/persistence';
import type { ReferralState } from '../domain/referral.js';
import { BY_OFFICER, ReferralsRepository } from '../referrals/referrals.repository.js';

export interface EnteredReferral {
  id: string;
  state: ReferralState;
}

/** Place in a list of what officers entered. */
export interface EnteredPosition {
  officerId: string;
  enteredAt: Date;
  id: string;
}

/** Finds referrals by who entered them. */
@Injectable()
export class EnteredReferralsRepository {
  constructor(private readonly referrals: ReferralsRepository) {}

  /** What these officers entered for the agency: by officer, the newest first, from the one after `after` on. */
  async enteredBy(
    agencyId: string,
    officerIds: readonly string[],
    limit: number,
    after?: EnteredPosition,
  ): Promise<EnteredReferral[]> {
    const [officer, entered] = ['state.entered.officerId', 'state.entered.enteredAt'];
    const filter = {
      [officer]: { $in: officerIds.filter((id) => !after || id >= after.officerId) },
      'state.entered.agencyId': agencyId,
      ...(after && {
        $or: [
          { [officer]: { $gt: after.officerId } },
          { [officer]: after.officerId, [entered]: { $lt: after.enteredAt } },
          { [officer]: after.officerId, [entered]: after.enteredAt, _id: { $lt: after.id } },
        ],
      }),
    };
    const found = await this.referrals.model.collection
      .find(filter as never, { sort: BY_OFFICER, limit, projection: { state: 1 } })
      .toArray();
    return (found as unknown as AggregateDocument<ReferralState>[]).map(({ _id, state }) => ({ id: _id, state }));
  }
}

export const positionOf = ({ id, state: { entered } }: EnteredReferral): EnteredPosition => ({
  officerId: entered.officerId,
  enteredAt: entered.enteredAt,
  id,
});
