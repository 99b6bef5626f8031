import { Refusal } from '@throughline/shared/domain';
import type { Decided, ReferralState } from './referral.js';

/** What a human said of two referrals. */
export const VERDICTS = ['same-person', 'different-people'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A verdict on the referral that holds it and another one. */
export interface PersonLink {
  /** The other one. */
  referralId: string;
  verdict: Verdict;
  by: string;
  at: Date;
}

export interface WithdrawnLink extends PersonLink {
  withdrawnBy: string;
  withdrawnAt: Date;
}

/** A referral with the verdicts that it holds. */
export interface LinkedReferral {
  id: string;
  links: readonly PersonLink[];
}

/** One time in the programme: referrals of a person without a year between one and the next. */
export interface Episode {
  /** The id of its first referral. */
  id: string;
  referralIds: string[];
  startedAt: Date;
  previousEpisodeId?: string;
}

/** Far more than a person or a referral has; keeps documents and the walk over links small. */
export const MAX_REFERRALS_OF_A_PERSON = 100;
const MAX_VERDICTS = 200;

/** The one of two that holds the verdict on them: the same, whichever of the two somebody has open. */
export const holderOf = (a: string, b: string): { holder: string; other: string } =>
  a < b ? { holder: b, other: a } : { holder: a, other: b };

/**
 * The referrals of one person: those that verdicts of `same-person` connect, directly or through others. Since it is
 * computed from the verdicts, taking one back restores exactly what was before, whatever happened in between.
 */
export function personOf(id: string, referrals: readonly LinkedReferral[]): Set<string> {
  const neighbours = new Map<string, string[]>();
  for (const { id: holder, links } of referrals)
    for (const { referralId, verdict } of links)
      if (verdict === 'same-person') {
        neighbours.set(holder, [...(neighbours.get(holder) ?? []), referralId]);
        neighbours.set(referralId, [...(neighbours.get(referralId) ?? []), holder]);
      }
  const found = new Set([id]);
  for (const member of found) for (const neighbour of neighbours.get(member) ?? []) found.add(neighbour);
  return found;
}

/**
 * @param referrals of both people, with their verdicts
 * @throws Refusal `said-to-be-different`, `linked-through-others` (with the referrals that stand against it),
 *   `too-many-referrals`
 */
export function assertConsistent(a: string, b: string, verdict: Verdict, referrals: readonly LinkedReferral[]): void {
  const { holder, other } = holderOf(a, b);
  const rest = referrals.map(({ id, links }) => ({
    id,
    links: id === holder ? links.filter(({ referralId }) => referralId !== other) : links,
  }));
  const [personA, personB] = [personOf(a, rest), personOf(b, rest)];
  if (verdict === 'different-people') {
    if (personA.has(b))
      throw new Refusal('conflict', 'linked-through-others', 'Other links say that these are of the same person.', {
        extra: { referralIds: [...personA].sort() },
      });
    return;
  }
  for (const { id, links } of rest)
    for (const link of links) {
      const across =
        (personA.has(id) && personB.has(link.referralId)) || (personB.has(id) && personA.has(link.referralId));
      if (across && link.verdict === 'different-people')
        throw new Refusal('conflict', 'said-to-be-different', 'It was said that these are of different people.', {
          extra: { referralIds: [id, link.referralId] },
        });
    }
  if (new Set([...personA, ...personB]).size > MAX_REFERRALS_OF_A_PERSON)
    throw new Refusal(
      'conflict',
      'too-many-referrals',
      `At most ${MAX_REFERRALS_OF_A_PERSON} referrals are linked as one person.`,
    );
}

/**
 * Sets the verdict on this referral and another one. One that stands is replaced, and kept as withdrawn; the same one
 * again changes nothing.
 * @param episodeId that the two are in then
 * @throws Refusal `too-many-verdicts`
 */
export function judge(id: string, state: ReferralState, link: PersonLink, episodeId: string): Decided {
  const standing = standingOf(state, link.referralId);
  if (standing?.verdict === link.verdict) return { state, events: [] };
  const before = standing ? withdraw(id, state, link.referralId, link) : { state, events: [] };
  const links = before.state.links ?? [];
  if (links.length + (before.state.withdrawnLinks?.length ?? 0) >= MAX_VERDICTS)
    throw new Refusal('conflict', 'too-many-verdicts', `A referral holds ${MAX_VERDICTS} verdicts at most.`);
  const linked: Decided['events'] =
    link.verdict === 'same-person'
      ? [
          {
            name: 'referral.linked',
            data: { referralId: id, linkedReferralId: link.referralId, episodeId, linkedAt: link.at.toISOString() },
          },
        ]
      : [];
  return {
    state: { ...before.state, links: [...links, link], matchingDue: true },
    events: [...before.events, ...linked],
  };
}

/** Takes a verdict back. @throws Refusal `not-found` where there is none */
export function withdraw(
  id: string,
  state: ReferralState,
  referralId: string,
  { by, at }: { by: string; at: Date },
): Decided {
  const standing = standingOf(state, referralId);
  if (!standing) throw new Refusal('not-found', 'not-found', 'Nothing was said of these two referrals.');
  return {
    state: {
      ...state,
      links: (state.links ?? []).filter((link) => link !== standing),
      withdrawnLinks: [...(state.withdrawnLinks ?? []), { ...standing, withdrawnBy: by, withdrawnAt: at }],
      matchingDue: true,
    },
    events:
      standing.verdict === 'same-person'
        ? [
            {
              name: 'referral.unlinked',
              data: { referralId: id, linkedReferralId: referralId, unlinkedAt: at.toISOString() },
            },
          ]
        : [],
  };
}

export const standingOf = ({ links = [] }: ReferralState, referralId: string): PersonLink | undefined =>
  links.find((link) => link.referralId === referralId);

/**
 * The episodes of a person, in their order: who is referred again within a year is in the same one; who comes back a year
 * after the last referral or later is in a new one, which names the one before.
 */
export function episodesOf(referrals: readonly { id: string; occurredAt: Date }[]): Episode[] {
  const inOrder = [...referrals].sort(
    (a, b) => a.occurredAt.getTime() - b.occurredAt.getTime() || (a.id < b.id ? -1 : 1),
  );
  const episodes: Episode[] = [];
  let last: Date | undefined;
  for (const { id, occurredAt } of inOrder) {
    const current = episodes.at(-1);
    if (current && last && occurredAt < aYearAfter(last)) current.referralIds.push(id);
    else
      episodes.push({
        id,
        referralIds: [id],
        startedAt: occurredAt,
        ...(current && { previousEpisodeId: current.id }),
      });
    last = occurredAt;
  }
  return episodes;
}

function aYearAfter(time: Date): Date {
  const later = new Date(time);
  later.setUTCFullYear(later.getUTCFullYear() + 1);
  return later;
}
