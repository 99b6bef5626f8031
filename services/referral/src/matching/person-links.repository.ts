import { Injectable } from '@nestjs/common';
import type { AggregateDocument } from '@throughline/shared/persistence';
import { MAX_REFERRALS_OF_A_PERSON, type PersonLink, type WithdrawnLink } from '../domain/person-links.js';
import type { ReferralState } from '../domain/referral.js';
import { ReferralsRepository } from '../referrals/referrals.repository.js';

/** A referral as far as links are concerned. */
export interface LinkableReferral {
  id: string;
  state: Pick<ReferralState, 'status' | 'entered' | 'caseId'>;
  links: readonly PersonLink[];
  withdrawnLinks: readonly WithdrawnLink[];
}

const FIELDS = {
  'state.status': 1,
  'state.caseId': 1,
  'state.entered': 1,
  'state.links': 1,
  'state.withdrawnLinks': 1,
} as const;

/** Walks over the links between referrals; each step is a look-up by an index. */
@Injectable()
export class PersonLinksRepository {
  constructor(private readonly referrals: ReferralsRepository) {}

  /** These referrals, all that are of the same people, and all of which something was ever said with one of them. */
  async around(...ids: string[]): Promise<LinkableReferral[]> {
    const found = new Map<string, LinkableReferral>();
    const asked = new Set<string>();
    let frontier = ids;
    while (frontier.length > 0 && asked.size <= 2 * MAX_REFERRALS_OF_A_PERSON) {
      for (const id of frontier) asked.add(id);
      const [own, holders, former] = await Promise.all([
        this.find({ _id: { $in: frontier } }),
        this.find({ 'state.links.referralId': { $in: frontier } }),
        this.find({ 'state.withdrawnLinks.referralId': { $in: frontier } }),
      ]);
      for (const referral of [...own, ...holders, ...former]) found.set(referral.id, referral);
      frontier = [...new Set([...own, ...holders].flatMap(samePersonAs))].filter((id) => !asked.has(id));
    }
    return [...found.values()];

    /** What a verdict of `same-person` connects with what was asked for. */
    function samePersonAs({ id, links }: LinkableReferral): string[] {
      const others = links.filter(({ verdict }) => verdict === 'same-person').map(({ referralId }) => referralId);
      if (asked.has(id)) return others;
      return others.some((other) => asked.has(other)) ? [id] : [];
    }
  }

  private async find(filter: object): Promise<LinkableReferral[]> {
    const found = await this.referrals.model.collection.find(filter as never, { projection: FIELDS }).toArray();
    return (found as unknown as AggregateDocument<ReferralState>[]).map(({ _id, state }) => ({
      id: _id,
      state,
      links: state.links ?? [],
      withdrawnLinks: state.withdrawnLinks ?? [],
    }));
  }
}
