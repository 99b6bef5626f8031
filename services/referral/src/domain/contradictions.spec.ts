import { contradictions } from './contradictions.js';

const NOW = new Date('2026-03-02T18:30:00Z');
const check = (changes: { occurredAt?: string; birthDate?: string; handOffAt?: string }): string[] =>
  contradictions(
    {
      occurredAt: new Date(changes.occurredAt ?? '2026-03-02T18:04:00Z'),
      birthDate: changes.birthDate ?? '1991-07-04',
      handOffAt: changes.handOffAt === undefined ? undefined : new Date(changes.handOffAt),
    },
    NOW,
    'America/Denver',
  ).map(({ pointer }) => pointer);

describe('what cannot be true together', () => {
  it.each<[string, Parameters<typeof check>[0], string[]]>([
    ['a likely story', { handOffAt: '2026-03-02T18:20:00Z' }, []],
    ['a clock a little ahead', { occurredAt: '2026-03-02T18:30:50Z' }, []],
    ['an event in the future', { occurredAt: '2026-03-02T18:32:00Z' }, ['#/occurredAt']],
    ['an event of ten years ago', { occurredAt: '2016-03-02T18:00:00Z' }, ['#/occurredAt']],
    ['an event of almost ten years ago', { occurredAt: '2016-03-03T18:00:00Z' }, []],
    ['a birth after the event', { birthDate: '2026-03-03' }, ['#/person/birthDate']],
    ['a birth on the local day of the event', { birthDate: '2026-03-02', occurredAt: '2026-03-02T18:04:00Z' }, []],
    [
      'a birth on the day after, by the local calendar',
      { birthDate: '2026-03-02', occurredAt: '2026-03-02T06:00:00Z' },
      ['#/person/birthDate'],
    ],
    ['somebody very old', { birthDate: '1900-01-01' }, ['#/person/birthDate']],
    ['a hand-off before the arrest', { handOffAt: '2026-03-02T18:03:59Z' }, ['#/handOffAt']],
    ['a hand-off to come', { handOffAt: '2026-03-02T20:00:00Z' }, ['#/handOffAt']],
  ])('%s', (_, changes, pointers) => {
    expect(check(changes)).toEqual(pointers);
  });
});
