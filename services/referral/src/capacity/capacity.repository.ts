import { Injectable } from '@nestjs/common';
import type { Pathway } from '@throughline/shared/contracts';
import type { AggregateDocument } from '@throughline/shared/persistence';
import type { ReferralState } from '../domain/referral.js';
import type { ReferralStatus } from '../domain/referral-status.js';
import { ReferralsRepository } from '../referrals/referrals.repository.js';

/** Accepted and not over: these take a place. Cases move referrals on, so no second count has to follow the cases. */
const SERVED: ReferralStatus[] = ['accepted', 'handed-off', 'enrolled'];

/** Place in the list of those who wait: arrest diversions come first by the alphabet, then the time of entry. */
export interface WaitingPosition {
  pathway: Pathway;
  enteredAt: Date;
  id: string;
}

const arrestsFirst = { 'state.entered.pathway': 1, 'state.entered.enteredAt': 1, _id: 1 } as const;

/** Counts places, and lists who waits, among the referrals of a site. */
@Injectable()
export class CapacityRepository {
  private readonly referrals;

  constructor({ model }: ReferralsRepository) {
    this.referrals = model.collection;
  }

  /** People, not referrals: several of one case are one, and one that has no case yet is one. */
  async peopleServed(siteId: string): Promise<number> {
    const [people] = await this.referrals
      .aggregate<{ count: number }>([
        { $match: { 'state.site.id': siteId, 'state.status': { $in: SERVED } } },
        { $group: { _id: { $ifNull: ['$state.caseId', '$_id'] } } },
        { $count: 'count' },
      ])
      .toArray();
    return people?.count ?? 0;
  }

  /** Whether a person has a place already, by another referral. */
  async anyServed(referralIds: readonly string[]): Promise<boolean> {
    if (referralIds.length === 0) return false;
    const served = { _id: { $in: referralIds }, 'state.status': { $in: SERVED } };
    return (await this.referrals.countDocuments(served as never)) > 0;
  }

  arrestDiversionsWaiting(siteId: string): Promise<number> {
    return this.referrals.countDocuments({
      'state.site.id': siteId,
      'state.status': { $in: ['pending-decision', 'awaiting-information'] },
      'state.entered.pathway': 'arrest-diversion',
    });
  }

  /** Who waits for a decision: arrest diversions first, each pathway oldest first, from the one after `after` on. */
  async waiting(
    siteId: string,
    limit: number,
    after?: WaitingPosition,
  ): Promise<{ id: string; state: ReferralState }[]> {
    const filter = {
      'state.site.id': siteId,
      'state.status': 'pending-decision',
      ...(after && {
        $or: [
          { 'state.entered.pathway': { $gt: after.pathway } },
          { 'state.entered.pathway': after.pathway, 'state.entered.enteredAt': { $gt: after.enteredAt } },
          {
            'state.entered.pathway': after.pathway,
            'state.entered.enteredAt': after.enteredAt,
            _id: { $gt: after.id },
          },
        ],
      }),
    };
    const found = await this.referrals
      .find(filter as never, { sort: arrestsFirst, limit, projection: { state: 1 } })
      .toArray();
    return (found as unknown as AggregateDocument<ReferralState>[]).map(({ _id, state }) => ({ id: _id, state }));
  }
}
