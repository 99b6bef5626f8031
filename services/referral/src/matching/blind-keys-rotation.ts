import { Injectable, Logger } from '@nestjs/common';
import type { AggregateDocument } from '@throughline/shared/persistence';
import type { ReferralState } from '../domain/referral.js';
import { ReferralIdentities } from '../referrals/referral-identities.js';
import { changeOf, ReferralsRepository } from '../referrals/referrals.repository.js';
import { BlindIndex } from './blind-index.js';

const BATCH = 200;

/** Makes the blind keys of all referrals under the newest key of this service. */
@Injectable()
export class BlindKeysRotation {
  private readonly logger = new Logger(BlindKeysRotation.name);

  constructor(
    private readonly referrals: ReferralsRepository,
    private readonly identities: ReferralIdentities,
    private readonly blindIndex: BlindIndex,
  ) {}

  /**
   * Each referral is one write, so it may be cut off and be run again, beside intake and on several replicas. One that does
   * not open is logged, stays among those that remain, and holds up no other.
   * @returns how many were made anew, and how many are still under an earlier key
   */
  async rotate(): Promise<{ rotated: number; remaining: number }> {
    const { collection } = this.referrals.model;
    const earlier = { 'state.blindKeys': { $exists: true }, 'state.blindKeysBy': { $ne: this.blindIndex.currentId } };
    let rotated = 0;
    for (let after = ''; ;) {
      const batch = (await collection
        .find({ ...earlier, _id: { $gt: after } } as never, {
          sort: { _id: 1 },
          limit: BATCH,
          projection: { 'state.personKeyId': 1, 'state.confidential': 1 },
        })
        .toArray()) as unknown as AggregateDocument<ReferralState>[];
      const last = batch.at(-1);
      if (!last) break;
      after = last._id;
      for (const { _id, state } of batch) {
        const identity = await this.identities.open(_id, state).catch(() => {
          this.logger.error({ msg: 'identity-does-not-open', referral: _id });
          return undefined;
        });
        if (identity && (await this.write(_id, state.confidential, this.blindIndex.storedKeysOf(identity.person))))
          rotated += 1;
      }
    }
    return { rotated, remaining: await collection.countDocuments(earlier as never) };
  }

  /** Who was corrected or erased meanwhile keeps what that write made of it. */
  private async write(
    id: string,
    seen: string | undefined,
    made: Pick<ReferralState, 'blindKeys' | 'blindKeysBy'>,
  ): Promise<boolean> {
    let taken = false;
    await this.referrals.store.change(id, ({ state }) => {
      taken = state.confidential === seen;
      return changeOf({ state: taken ? { ...state, ...made, matchingDue: true } : state, events: [] });
    });
    return taken;
  }
}
