import { doubleMetaphone } from 'double-metaphone';
import type { Person } from '../referral.js';
import { aliasPartsOf, namePartsOf, type NameParts } from './names.js';
import { formalNamesOf } from './nicknames.js';

/** One name of a person, ready to be compared. */
export interface MatchableName extends NameParts {
  isAlias: boolean;
  /** The formal names that the first given name may stand for. */
  formal: string[];
  /** How the first given name sounds. */
  givenSound: string;
  familySounds: string[];
}

/** What is compared of a person. It is made when it is needed, and is stored nowhere. */
export interface Matchable {
  names: MatchableName[];
  birthDate: string;
  /** The last ten digits. */
  phone?: string;
}

const PHONE_DIGITS = 10;
/** Double Metaphone codes are cut to this length by its author: endings are what is heard least. */
const SOUND_LENGTH = 4;

/** How a name sounds: Double Metaphone (Lawrence Philips, C/C++ Users Journal 18(6), 2000), the primary code. */
export const soundOf = (word: string): string => doubleMetaphone(word)[0].slice(0, SOUND_LENGTH) || word;

/** The name of a person, then the aliases. */
export function allNamesOf({ givenName, familyName, aliases = [] }: Person): NameParts[] {
  const name = namePartsOf(givenName, familyName);
  return [name, ...aliases.map((alias) => aliasPartsOf(alias, name.family))];
}

export function matchableOf(person: Person): Matchable {
  const { birthDate, phone } = person;
  const digits = phone?.replace(/\D/g, '').slice(-PHONE_DIGITS);
  return {
    names: allNamesOf(person).map((parts, index) => nameOf(parts, index > 0)),
    birthDate,
    ...(digits?.length === PHONE_DIGITS && { phone: digits }),
  };
}

const nameOf = (parts: NameParts, isAlias: boolean): MatchableName => ({
  ...parts,
  isAlias,
  formal: formalNamesOf(parts.given[0] ?? ''),
  givenSound: soundOf(parts.given[0] ?? ''),
  familySounds: parts.family.map(soundOf),
});
