import { Injectable } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import {
  assertConsistent,
  episodesOf,
  holderOf,
  judge,
  personOf,
  standingOf,
  withdraw,
  type Episode,
  type PersonLink,
  type Verdict,
} from '../domain/person-links.js';
import { changeOf, ReferralsRepository } from '../referrals/referrals.repository.js';
import { PersonLinksRepository, type LinkableReferral } from './person-links.repository.js';

/** A person as humans have put it together. */
export interface LinkedPerson {
  /** Every referral of the person, the earliest first. */
  referrals: LinkableReferral[];
  episodes: Episode[];
  /** Those referrals, and the others of which something was or is said with one of them. */
  around: LinkableReferral[];
}

@Injectable()
export class PersonLinks {
  constructor(
    private readonly referrals: ReferralsRepository,
    private readonly links: PersonLinksRepository,
  ) {}

  /** The person behind a referral. @throws Refusal `not-found` */
  async person(id: string): Promise<LinkedPerson> {
    return personAmong(await this.links.around(id), id);
  }

  /** The ids of all referrals of the person behind one, itself among them. @throws Refusal `not-found` */
  async referralsOf(id: string): Promise<string[]> {
    return (await this.person(id)).referrals.map((referral) => referral.id);
  }

  /**
   * Says whether two referrals are of the same person. Saying it again changes nothing.
   * @throws Refusal `not-found`, `same-referral`, and what `assertConsistent` and `judge` throw
   */
  async judge(id: string, otherId: string, verdict: Verdict, by: string): Promise<LinkedPerson> {
    if (id === otherId)
      throw new Refusal('invalid', 'same-referral', 'A referral is linked to another one, not to itself.');
    const around = await this.links.around(id, otherId);
    const own = personAmong(around, id);
    personAmong(around, otherId);
    assertConsistent(id, otherId, verdict, around);
    const { holder, other } = holderOf(id, otherId);
    const held = around.find((one) => one.id === holder)?.links ?? [];
    if (held.some((link) => link.referralId === other && link.verdict === verdict)) return own;
    const link = { referralId: other, verdict, by, at: new Date() };
    const joined = around.map((one) => (one.id === holder ? { ...one, links: [...one.links, link] } : one));
    const episode = personAmong(joined, holder).episodes.find(({ referralIds }) => referralIds.includes(holder));
    await this.referrals.store.change(holder, ({ state }) =>
      changeOf(judge(holder, state, link, episode?.id ?? holder)),
    );
    try {
      assertConsistent(id, otherId, verdict, await this.links.around(id, otherId));
    } catch (error) {
      // what contradicts it was said of another two in this moment: at least one of both sees the other, and gives way
      await this.takeBack(holder, link);
      throw error;
    }
    return this.person(id);
  }

  /** Takes back what was said of two referrals. @throws Refusal `not-found` */
  async withdraw(id: string, otherId: string, by: string): Promise<LinkedPerson> {
    const { holder, other } = holderOf(id, otherId);
    const at = new Date();
    await this.referrals.store.change(holder, ({ state }) => changeOf(withdraw(holder, state, other, { by, at })));
    return this.person(id);
  }

  /** Takes a verdict back, unless another one has taken its place. */
  private async takeBack(holder: string, { referralId, by, at }: PersonLink): Promise<void> {
    await this.referrals.store.change(holder, ({ state }) =>
      standingOf(state, referralId)?.at.getTime() === at.getTime()
        ? changeOf(withdraw(holder, state, referralId, { by, at: new Date() }))
        : changeOf({ state, events: [] }),
    );
  }
}

function personAmong(around: LinkableReferral[], id: string): LinkedPerson {
  if (!around.some((one) => one.id === id)) throw new Refusal('not-found', 'not-found', 'There is no such referral.');
  const members = personOf(id, around);
  const referrals = around
    .filter((one) => members.has(one.id))
    .sort(
      ({ id: a, state: { entered: first } }, { id: b, state: { entered: second } }) =>
        first.occurredAt.getTime() - second.occurredAt.getTime() || (a < b ? -1 : 1),
    );
  return {
    referrals,
    episodes: episodesOf(referrals.map((one) => ({ id: one.id, occurredAt: one.state.entered.occurredAt }))),
    around,
  };
}
