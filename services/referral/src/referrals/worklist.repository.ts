import { Injectable } from '@nestjs/common';
import { REFERRAL_STATUSES, type ReferralStatus } from '../domain/referral-status.js';
import type { ReferralState } from '../domain/referral.js';
import { DUE, NOT_QUARANTINED, OVER, type Flag } from '../domain/worklist.js';
import {
  BY_ENTRY,
  BY_URGENCY,
  HAS_CANDIDATES,
  ReferralsRepository,
  type MatchedDocument,
} from './referrals.repository.js';

export interface WorklistFilter {
  state?: ReferralStatus | undefined;
  pathway?: string | undefined;
  agency?: string | undefined;
  district?: string | undefined;
  flag?: Flag | undefined;
  /** The sites that have no place left for social contacts. */
  fullSites: ReadonlySet<string>;
  /** Only what has a hold to watch that ends before this instant, or would end. */
  dueBefore?: Date | undefined;
  /** Also those whose age is in doubt. */
  quarantined: boolean;
}

/** A referral as a worklist needs it. */
export interface Listed {
  id: string;
  state: ReferralState;
  /** Others that may be of the same person, of which nobody has said yet whether they are. */
  candidates: readonly string[];
}

/** Place in the worklist: the key that it is sorted by, and the id where two have the same. */
export type WorklistPosition = { sort: 'due'; order: string; id: string } | { sort: 'entered'; at: Date; id: string };

export type Sort = WorklistPosition['sort'];

@Injectable()
export class WorklistRepository {
  private readonly collection;

  constructor(referrals: ReferralsRepository) {
    this.collection = referrals.model.collection;
  }

  /** Referrals that match, in order, from the one after `after` on. */
  async list(filter: WorklistFilter, sort: Sort, limit: number, after?: WorklistPosition): Promise<Listed[]> {
    const order = sort === 'due' ? BY_URGENCY : BY_ENTRY;
    const query = { $and: [matching(filter), ...(after ? [behind(after)] : [])] };
    const found = await this.collection
      .find(query as never, { sort: order, limit, projection: { state: 1, candidates: 1 } })
      .toArray();
    return (found as unknown as MatchedDocument[]).map(({ _id: id, state, candidates = [] }) => ({
      id,
      state,
      candidates,
    }));
  }

  /** How many there are of each state and of each of these flags; all are read from indexes. */
  async counts(
    viewer: Pick<WorklistFilter, 'quarantined' | 'fullSites'>,
    flags: readonly Flag[],
  ): Promise<{ states: [ReferralStatus, number][]; flags: [Flag, number][] }> {
    const count = (filter: Partial<WorklistFilter>): Promise<number> =>
      this.collection.countDocuments(matching({ ...viewer, ...filter }) as never);
    const [states, flagged] = await Promise.all([
      Promise.all(REFERRAL_STATUSES.map(async (state) => [state, await count({ state })] as [ReferralStatus, number])),
      Promise.all(flags.map(async (flag) => [flag, await count({ flag })] as [Flag, number])),
    ]);
    return { states, flags: flagged };
  }
}

const matching = ({
  state,
  pathway,
  agency,
  district,
  flag,
  fullSites,
  dueBefore,
  quarantined,
}: WorklistFilter): object => ({
  ...(state && { 'state.status': state }),
  ...(pathway && { 'state.entered.pathway': pathway }),
  ...(agency && { 'state.entered.agencyId': agency }),
  ...(district && { 'state.entered.district': district }),
  ...(flag && { $and: [having(flag, fullSites)] }),
  ...(dueBefore
    ? { 'state.worklist.order': { $gte: DUE, $lt: DUE + dueBefore.toISOString() } }
    : !quarantined && { 'state.worklist.order': { $gte: NOT_QUARANTINED } }),
});

/** Two flags stand in no list of a record: others change them, and not the referral itself. */
function having(flag: Flag, fullSites: ReadonlySet<string>): object {
  switch (flag) {
    case 'waiting-for-capacity':
      return {
        'state.status': 'pending-decision',
        'state.entered.pathway': 'social-contact',
        'state.site.id': { $in: [...fullSites] },
      };
    case 'has-candidates':
      return { ...HAS_CANDIDATES, 'state.worklist.order': { $lt: OVER } };
    default:
      return { 'state.worklist.flags': flag };
  }
}

function behind(position: WorklistPosition): object {
  const [key, value] =
    position.sort === 'due' ? ['state.worklist.order', position.order] : ['state.entered.enteredAt', position.at];
  return { $or: [{ [key]: { $gt: value } }, { [key]: value, _id: { $gt: position.id } }] };
}
