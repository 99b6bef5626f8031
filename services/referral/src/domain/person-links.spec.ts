import { Refusal } from '@throughline/shared/domain';
import fc from 'fast-check';
import {
  assertConsistent,
  episodesOf,
  holderOf,
  judge,
  MAX_REFERRALS_OF_A_PERSON,
  personOf,
  withdraw,
  type LinkedReferral,
  type Verdict,
} from './person-links.js';
import { submitted } from './referral.fixture.js';
import type { ReferralState } from './referral.js';

const by = 'persona:coordinator';
const at = new Date('2026-03-05T16:00:00Z');
const link = (referralId: string, verdict: Verdict = 'same-person') => ({ referralId, verdict, by, at });
const refusal = (attempt: () => unknown): Refusal | undefined => {
  try {
    attempt();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  return undefined;
};

/** Referrals, each holding verdicts on others. */
const referrals = (links: Record<string, ReturnType<typeof link>[]>): LinkedReferral[] =>
  ['a', 'b', 'c', 'd'].map((id) => ({ id, links: links[id] ?? [] }));

describe('a verdict on two referrals', () => {
  const { state } = submitted();

  it('is held by the same one of the two, whichever is open', () => {
    expect(holderOf('a', 'b')).toEqual({ holder: 'b', other: 'a' });
    expect(holderOf('b', 'a')).toEqual({ holder: 'b', other: 'a' });
  });

  it('of the same person is announced by ids alone, and changes nothing else', () => {
    const decided = judge('b', state, link('a'), 'a');
    expect(decided.events).toEqual([
      {
        name: 'referral.linked',
        data: { referralId: 'b', linkedReferralId: 'a', episodeId: 'a', linkedAt: at.toISOString() },
      },
    ]);
    expect(decided.state).toEqual({ ...state, links: [link('a')] });
  });

  it('of different people is kept, and announced to nobody', () => {
    expect(judge('b', state, link('a', 'different-people'), 'b')).toEqual({
      state: { ...state, links: [link('a', 'different-people')] },
      events: [],
    });
  });

  it('that is said again changes nothing', () => {
    const once = judge('b', state, link('a'), 'a').state;
    expect(judge('b', once, { ...link('a'), by: 'persona:other' }, 'a')).toEqual({ state: once, events: [] });
  });

  it('that is turned round unlinks, and is kept with who said it', () => {
    const once = judge('b', state, link('a'), 'a').state;
    const turned = judge('b', once, link('a', 'different-people'), 'b');
    expect(turned.events.map(({ name }) => name)).toEqual(['referral.unlinked']);
    expect(turned.state.links).toEqual([link('a', 'different-people')]);
    expect(turned.state.withdrawnLinks).toEqual([{ ...link('a'), withdrawnBy: by, withdrawnAt: at }]);
  });

  it('is taken back with a trace; where there is none there is nothing to take back', () => {
    const once = judge('b', state, link('a'), 'a').state;
    const { state: after, events } = withdraw('b', once, 'a', { by: 'persona:other', at });
    expect(after.links).toEqual([]);
    expect(after.withdrawnLinks).toEqual([{ ...link('a'), withdrawnBy: 'persona:other', withdrawnAt: at }]);
    expect(events).toEqual([
      { name: 'referral.unlinked', data: { referralId: 'b', linkedReferralId: 'a', unlinkedAt: at.toISOString() } },
    ]);
    expect(refusal(() => withdraw('b', after, 'a', { by, at }))).toMatchObject({ kind: 'not-found' });
  });

  it('is one of 200 at most', () => {
    let many: ReferralState = state;
    for (let n = 0; n < 200; n += 1) many = judge('z', many, link(`r${n}`, 'different-people'), 'z').state;
    expect(refusal(() => judge('z', many, link('last'), 'z'))).toMatchObject({ code: 'too-many-verdicts' });
  });
});

describe('contradicting verdicts are refused, and say what stands against them', () => {
  it('of different people, where other links connect them', () => {
    const around = referrals({ b: [link('a')], c: [link('b')] });
    expect(refusal(() => assertConsistent('a', 'c', 'different-people', around))).toMatchObject({
      code: 'linked-through-others',
      details: { extra: { referralIds: ['a', 'b', 'c'] } },
    });
    // their own link is what it would replace
    expect(refusal(() => assertConsistent('b', 'c', 'different-people', around))).toBeUndefined();
  });

  it('of the same person, where two others of the two were told apart', () => {
    const around = referrals({ b: [link('a')], d: [link('c'), link('a', 'different-people')] });
    expect(refusal(() => assertConsistent('b', 'c', 'same-person', around))).toMatchObject({
      code: 'said-to-be-different',
      details: { extra: { referralIds: ['d', 'a'] } },
    });
    expect(refusal(() => assertConsistent('b', 'c', 'same-person', around.slice(0, 3)))).toBeUndefined();
  });

  it('of one person with more referrals than anybody has', () => {
    const chain = Array.from({ length: MAX_REFERRALS_OF_A_PERSON }, (_, n) => ({
      id: `r${n}`,
      links: n === 0 ? [] : [link(`r${n - 1}`)],
    }));
    const around = [...chain, { id: 's', links: [] }];
    expect(refusal(() => assertConsistent('r0', 's', 'same-person', around))).toMatchObject({
      code: 'too-many-referrals',
    });
  });
});

describe('unlinking', () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  const pair = fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...ids)).filter(([a, b]) => a !== b);
  const graphOf = (pairs: [string, string][]): LinkedReferral[] =>
    ids.map((id) => ({
      id,
      links: pairs.flatMap(([a, b]) => (holderOf(a, b).holder === id ? [link(holderOf(a, b).other)] : [])),
    }));
  const peopleIn = (pairs: [string, string][]) => ids.map((id) => [...personOf(id, graphOf(pairs))].sort());

  it('edge 21: a wrong link taken back restores both exactly, whatever was linked meanwhile', () => {
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 8 }), pair, fc.array(pair, { maxLength: 4 }), (before, wrong, after) => {
        const same = ([a, b]: [string, string]) =>
          holderOf(a, b).holder === holderOf(...wrong).holder && holderOf(a, b).other === holderOf(...wrong).other;
        const others = [...before, ...after].filter((one) => !same(one));
        expect(peopleIn([...others, wrong].filter((one) => !same(one)))).toEqual(peopleIn(others));
        const linked = personOf(wrong[0], graphOf([...others, wrong]));
        expect(linked.has(wrong[1])).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('leaves everybody in exactly one person', () => {
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 8 }), (pairs) => {
        const people = new Set(peopleIn(pairs).map((members) => members.join()));
        expect([...people].flatMap((members) => members.split(',')).sort()).toEqual(ids);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the episodes of a person', () => {
  const referral = (id: string, time: string) => ({ id, occurredAt: new Date(time) });

  it('edge 1: two officers who refer one person within a year are in one', () => {
    expect(episodesOf([referral('b', '2026-03-09T00:00:00Z'), referral('a', '2026-03-02T00:00:00Z')])).toEqual([
      { id: 'a', referralIds: ['a', 'b'], startedAt: new Date('2026-03-02T00:00:00Z') },
    ]);
  });

  it.each([
    ['2025-03-02T18:00:00Z', '2026-03-02T17:59:59Z', 1],
    ['2025-03-02T18:00:00Z', '2026-03-02T18:00:00Z', 2],
    ['2024-02-29T18:00:00Z', '2025-03-01T17:59:59Z', 1],
    ['2024-02-29T18:00:00Z', '2025-03-01T18:00:00Z', 2],
  ])('edge 15: a year after the last referral begins a new one: %s, %s', (first, second, count) => {
    expect(episodesOf([referral('a', first), referral('b', second)])).toHaveLength(count);
  });

  it('edge 15: a new one names the one before', () => {
    const episodes = episodesOf([
      referral('a', '2023-01-01T00:00:00Z'),
      referral('b', '2023-10-01T00:00:00Z'),
      referral('c', '2024-09-30T00:00:00Z'),
      referral('d', '2026-01-01T00:00:00Z'),
    ]);
    expect(episodes.map(({ id, referralIds, previousEpisodeId }) => [id, referralIds, previousEpisodeId])).toEqual([
      ['a', ['a', 'b', 'c'], undefined],
      ['d', ['d'], 'a'],
    ]);
  });
});
