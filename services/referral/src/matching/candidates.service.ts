import { Injectable } from '@nestjs/common';
import { KEY_KINDS, type KeyKind } from '../domain/matching/blocking.js';
import { compare, MAX_CANDIDATES, THRESHOLD, type Comparison } from '../domain/matching/compare.js';
import { matchableOf } from '../domain/matching/matchable.js';
import type { Person, ReferralState } from '../domain/referral.js';
import { isNoEncounter } from '../domain/side-exits.js';
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
  /** Of these it was said already whether they are the same person, or they are the referral itself. */
  judged: ReadonlySet<string>;
}

/** Under one key so many are opened and compared at most, the latest. */
export const MAX_BLOCK = 200;
const FIELDS = { 'state.status': 1, 'state.entered': 1, 'state.confidential': 1, 'state.personKeyId': 1 } as const;

/**
 * Finds other referrals that may be of the same person, never while one is taken: blind keys lead to the few that share
 * one, and only those are decrypted and compared.
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
    const { others, crowded } = await this.sharing(person);
    const possible = others
      .map(({ _id, state }) => ({ id: _id, state }))
      .filter((other) => !judged.has(other.id) && !isNoEncounter(other.state.status));
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
      leftOut: crowded.map((kind) => ({ kind, compared: MAX_BLOCK })),
      judged,
    };
  }

  /** The referral itself, those of the same person, and all of those people that this one is said not to be. */
  async judged(id: string): Promise<Set<string>> {
    const { referrals, around } = await this.links.person(id);
    const own = new Set(referrals.map((one) => one.id));
    const strangers = around
      .flatMap((one) => one.links.map(({ referralId }) => [one.id, referralId] as const))
      .flatMap(([a, b]) => (own.has(a) === own.has(b) ? [] : own.has(a) ? [b] : [a]));
    const people = await Promise.all([...new Set(strangers)].map((stranger) => this.links.referralsOf(stranger)));
    return new Set([...own, ...people.flat()]);
  }

  /** Those that share a key, and the kinds of key that more share than are compared. */
  private async sharing(person: Person): Promise<{ others: Sharing[]; crowded: KeyKind[] }> {
    const asked = this.blindIndex.keysOf(person);
    const all = await this.latest(
      asked.flatMap(({ keys }) => keys),
      FIELDS,
    );
    // nearly always these are few, and one look is enough
    if (all.length <= MAX_BLOCK) return { others: all, crowded: [] };
    const blocks = await Promise.all(
      asked.map(async ({ kind, keys }) => ({ kind, found: await this.latest(keys, { _id: 1 }) })),
    );
    const ids = new Set(blocks.flatMap(({ found }) => found.slice(0, MAX_BLOCK).map(({ _id }) => _id)));
    const others = await this.referrals.model.collection
      .find({ _id: { $in: [...ids] } } as never, { projection: FIELDS })
      .toArray();
    return {
      others: others as unknown as Sharing[],
      crowded: blocks.filter(({ found }) => found.length > MAX_BLOCK).map(({ kind }) => kind),
    };
  }

  private async latest(keys: string[], projection: object): Promise<Sharing[]> {
    const found = await this.referrals.model.collection
      .find({ 'state.blindKeys': keys.length === 1 ? keys[0] : { $in: keys } } as never, {
        sort: { 'state.entered.enteredAt': -1 },
        limit: MAX_BLOCK + 1,
        projection,
      })
      .toArray();
    return found as unknown as Sharing[];
  }
}

/** In words, what was left out. */
export const leftOutSentence = ({ kind, compared }: LeftOut): string =>
  `Many referrals share the ${KEY_KINDS[kind]}; only the latest ${compared} of them were compared.`;
