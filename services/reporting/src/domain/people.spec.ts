import { countPeople } from './people.js';
import type { Journey } from './records.js';

const day = (date: number): Date => new Date(Date.UTC(2026, 2, date));
const journey = (referralId: string, ...links: NonNullable<Journey['links']>): Journey => ({
  referralId,
  offenses: [],
  links,
});
const ids = ['a', 'b', 'c', 'd'];

describe('people behind referrals', () => {
  it('are as many as the referrals until somebody says that two are of the same person', () => {
    expect(
      countPeople(
        ids,
        ids.map((id) => journey(id)),
        day(1),
      ),
    ).toBe(4);
  });

  it('are fewer from the day of a link on, and as many again from the day on which it was taken back', () => {
    const all = [
      journey('a'),
      journey('b', { referralId: 'a', linkedAt: day(2), unlinkedAt: day(4) }),
      journey('c'),
      journey('d'),
    ];
    expect([1, 2, 3, 4, 5].map((date) => countPeople(ids, all, day(date)))).toEqual([4, 3, 3, 4, 4]);
  });

  it('are counted once over several links, also over referrals that are not counted, and in a ring', () => {
    const linkedAt = day(1);
    const all = [
      journey('a', { referralId: 'elsewhere', linkedAt }),
      journey('elsewhere', { referralId: 'c', linkedAt }),
      journey('c', { referralId: 'a', linkedAt }),
    ];
    expect(countPeople(ids, all, day(1))).toBe(3);
  });

  it('edge 1: 419 referrals of 378 people', () => {
    const all = Array.from({ length: 419 }, (_, n) =>
      n < 378 ? journey(`r${n}`) : journey(`r${n}`, { referralId: `r${n - 378}`, linkedAt: day(1) }),
    );
    expect(
      countPeople(
        all.map(({ referralId }) => referralId),
        all,
        day(1),
      ),
    ).toBe(378);
  });
});
