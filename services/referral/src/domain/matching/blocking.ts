import type { Person } from '../referral.js';
import { allNamesOf, soundOf } from './matchable.js';
import { formalNamesOf } from './nicknames.js';

/** What two records must share, at least one of them, to be compared at all; in words for who decides. */
export const KEY_KINDS = {
  'birth-date': 'date of birth',
  'family-year': 'family name by sound, and year of birth',
  'family-day': 'family name by sound, and day and month of birth',
  'given-month': 'given name, and year and month of birth',
  'given-day': 'given name, and year and day of birth',
  'given-birthday': 'given name, and day and month of birth',
} as const;
export type KeyKind = keyof typeof KEY_KINDS;

export interface BlockingKey {
  kind: KeyKind;
  value: string;
}

/** Of a person with many names and aliases these many are looked up by; each costs keys. */
const MAX_FAMILY_NAMES = 3;
const MAX_GIVEN_NAMES = 2;

/**
 * The keys of a person, 13 at most. Each drops one thing that is often wrong, so that records of one person share a key
 * unless both the name and the date of birth are wrong in more than one place. Day and month stand sorted, so that
 * swapped ones meet; family names as they sound; given names as the formal names that they may stand for.
 */
export function blockingKeys(person: Person): BlockingKey[] {
  const names = allNamesOf(person);
  const [year = '', ...monthAndDay] = person.birthDate.split('-');
  const [month = '', day = ''] = monthAndDay;
  const sorted = [...monthAndDay].sort().join('-');
  const families = firstSounds(
    MAX_FAMILY_NAMES,
    names.flatMap(({ family }) => family),
  );
  const givens = firstSounds(MAX_GIVEN_NAMES, byRank(names.map(({ given }) => formalNamesOf(given[0] ?? ''))));
  return [
    { kind: 'birth-date', value: `${year}|${sorted}` },
    ...families.flatMap((family): BlockingKey[] => [
      { kind: 'family-year', value: `${family}|${year}` },
      { kind: 'family-day', value: `${family}|${sorted}` },
    ]),
    ...givens.flatMap((given): BlockingKey[] => [
      { kind: 'given-month', value: `${given}|${year}-${month}` },
      { kind: 'given-day', value: `${given}|${year}-${day}` },
      { kind: 'given-birthday', value: `${given}|${sorted}` },
    ]),
  ];
}

/** How the words sound, up to so many that sound differently. */
function firstSounds(most: number, words: readonly string[]): string[] {
  const sounds = new Set<string>();
  for (const word of new Set(words)) {
    if (sounds.size === most) break;
    if (word !== '') sounds.add(soundOf(word));
  }
  return [...sounds];
}

/** The first of each list before the second of any. */
function byRank(lists: readonly (readonly string[])[]): string[] {
  const longest = Math.max(...lists.map((list) => list.length));
  const ranked: string[] = [];
  for (let rank = 0; rank < longest; rank += 1)
    for (const list of lists) if (list[rank] !== undefined) ranked.push(list[rank]!);
  return ranked;
}
