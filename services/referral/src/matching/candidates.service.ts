import { Injectable } from '@nestjs/common';
import { KEY_KINDS, type KeyKind } from '../domain/matching/blocking.js';
import { compare, THRESHOLD, type Comparison } from '../domain/matching/compare.js';
import { matchableOf } from '../domain/matching/matchable.js';
import type { Person, ReferralState } from '../domain/referral.js';
import { ReferralIdentities } from '../referrals/referral-identities.js';
import { ReferralsRepository } from '../referrals/referrals.repository.js';
import { BlindIndex } from './blind-index.js';
import { PersonLinks } from './person-links.service.js';

/** What is read of a referral that shares a key. */
interface Sharing {
  _id: string;
  state: Pick<ReferralState, 'status' | 'entered' | 'confidential' | 'personKeyId'>;
}

/** A referral that may be of the same person. */
export interface Candidate extends Comparison {
  id: string;
  state: Pick<ReferralState, 'status' | 'entered'>;
  person: Person;
}

/** A key that so many share that only the latest were compared. */
export interface LeftOut {
  kind: KeyKind;
  /** So many were compared, the latest; there are more. */
  compared: number;
}

export interface Candidates {
  candidates: Candidate[];
  leftOut: LeftOut[];
}

/** Under one key so many are opened and compared at most, the latest. */
export const MAX_BLOCK = 200;
const MAX_CANDIDATES = 50;
const FIELDS = { 'state.status': 1, 'state.entered': 1, 'state.confidential': 1, 'state.personKeyId': 1 } as const;
/** They are no encounters with a person: another referral stands for them, or they never should have been. */
const NO_CANDIDATES: ReadonlySet<string> = new Set(['duplicate', 'entered-in-error']);

/**
 * Finds other referrals that may be of the same person. It is done when it is asked for, and never while a referral is
 * taken: blind keys lead to the few that share one, and only those are decrypted and compared.
 */
@Injectable()
export class CandidateFinder {
  constructor(
    private readonly referrals: ReferralsRepository,
    private readonly identities: ReferralIdentities,
    private readonly blindIndex: BlindIndex,
    private readonly links: PersonLinks,
  ) {}

  /**
   * Candidates for a human to look at, the likeliest first; without those of which it was said already whether they are the
   * same person. @throws Refusal `not-found`
   */
  async find(id: string, person: Person): Promise<Candidates> {
    const judged = await this.judged(id);
    const blocks = await Promise.all(
      this.blindIndex.keysOf(person).map(async ({ kind, keys }) => ({ kind, found: await this.sharing(keys) })),
    );
    const others = new Map(
      blocks.flatMap(({ found }) => found.slice(0, MAX_BLOCK)).map((document) => [document._id, document.state]),
    );
    const possible = [...others]
      .map(([otherId, state]) => ({ id: otherId, state }))
      .filter((other) => !judged.has(other.id) && !NO_CANDIDATES.has(other.state.status));
    const opened = await this.identities.openAll(possible);
    const subject = matchableOf(person);
    const candidates = possible.flatMap((other, at): Candidate[] => {
      const identity = opened[at];
      if (!identity) return []; // erased meanwhile
      const comparison = compare(subject, matchableOf(identity.person));
      return comparison.score >= THRESHOLD ? [{ ...other, person: identity.person, ...comparison }] : [];
    });
    candidates.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
    return {
      candidates: candidates.slice(0, MAX_CANDIDATES),
      leftOut: blocks
        .filter(({ found }) => found.length > MAX_BLOCK)
        .map(({ kind }) => ({ kind, compared: MAX_BLOCK })),
    };
  }

  /** The referral itself, those of the same person, and those that are said to be of another one. */
  private async judged(id: string): Promise<Set<string>> {
    const { referrals, around } = await this.links.person(id);
    const own = new Set(referrals.map((one) => one.id));
    const judged = new Set(own);
    for (const one of around)
      for (const { referralId } of one.links) {
        if (own.has(one.id)) judged.add(referralId);
        if (own.has(referralId)) judged.add(one.id);
      }
    return judged;
  }

  private async sharing(keys: string[]): Promise<Sharing[]> {
    const found = await this.referrals.model.collection
      .find({ 'state.blindKeys': keys.length === 1 ? keys[0] : { $in: keys } } as never, {
        sort: { 'state.entered.enteredAt': -1 },
        limit: MAX_BLOCK + 1,
        projection: FIELDS,
      })
      .toArray();
    return found as unknown as Sharing[];
  }
}

/** In words, what was left out. */
export const leftOutSentence = ({ kind, compared }: LeftOut): string =>
  `Many referrals share the ${KEY_KINDS[kind]}; only the latest ${compared} of them were compared.`;
