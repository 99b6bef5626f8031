import type { Person } from '../referral.js';
import { NICKNAMES } from '../../data/nicknames.js';
import { wordsOf } from './names.js';
import { FEMALE_NAMES, MALE_NAMES, SURNAMES } from './us-names.fixture.js';

/** A record, and whose it is: what a matcher must find out. */
export interface Labelled {
  owner: number;
  person: Person;
}

type Random = () => number;

/** mulberry32 (Tommy Ettinger, public domain): small, seeded, and good enough to draw names. */
function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SPANISH = 'Garcia Martinez Rodriguez Hernandez Lopez Gonzalez Perez Sanchez Ramirez Torres Flores Rivera'.split(
  ' ',
);
const shortForms = new Map(NICKNAMES.map((line) => [line.split(' ')[0] ?? '', line.split(' ').slice(1)]));
/** Ways of writing that sound alike: a name that was heard, and not read. */
const HEARD: readonly (readonly [string, string])[] = [
  ['ph', 'f'],
  ['ck', 'k'],
  ['wr', 'r'],
  ['kn', 'n'],
  ['wh', 'w'],
  ['c', 'k'],
  ['k', 'c'],
  ['v', 'f'],
  ['d', 't'],
  ['b', 'p'],
  ['z', 's'],
  ['ie', 'y'],
  ['y', 'i'],
  ['nn', 'n'],
  ['ll', 'l'],
  ['tt', 't'],
  ['ee', 'ea'],
  ['ai', 'ay'],
  ['ey', 'y'],
  ['sh', 'sch'],
  ['son', 'sen'],
];

/**
 * People with their records, as intake sees them: 10,000 people, of whom a third come back once and a tenth twice, each time
 * written down by another officer with the mistakes of that day; among them twins, and fathers and sons of one name.
 */
export function labelledPeople(seed: number, count = 10_000): Labelled[] {
  const random = randomOf(seed);
  const people: Person[] = [];
  while (people.length < count) {
    const person = somebody(random);
    people.push(person);
    const kin = random();
    if (kin < 0.01) people.push({ ...person, givenName: givenName(random) });
    else if (kin < 0.02) people.push(sonOf(person, random));
  }
  return people.slice(0, count).flatMap((person, owner) => {
    const again = random();
    const records = again < 0.1 ? 2 : again < 0.43 ? 1 : 0;
    const known = maybe(random, 0.06, person, (it) => ({ ...it, aliases: [aliasOf(it, random)] }));
    return [known, ...Array.from({ length: records }, () => writtenAgain(known, random))].map((written) => ({
      owner,
      person: written,
    }));
  });
}

/** Ranks by Zipf's law, flattened at the head as the frequencies of names are. */
function pick<T>(random: Random, list: readonly T[], flat = 8): T {
  const total = Math.log((list.length + flat) / flat);
  const rank = Math.floor(flat * Math.exp(random() * total) - flat);
  return list[Math.min(rank, list.length - 1)] as T;
}

const oneOf = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
const maybe = <T>(random: Random, chance: number, value: T, change: (value: T) => T): T =>
  random() < chance ? change(value) : value;
const two = (number: number): string => String(number).padStart(2, '0');

const givenName = (random: Random): string => pick(random, random() < 0.65 ? MALE_NAMES : FEMALE_NAMES);
const familyName = (random: Random): string =>
  random() < 0.12 ? `${pick(random, SPANISH)} ${oneOf(random, SPANISH)}` : pick(random, SURNAMES, 30);

function somebody(random: Random): Person {
  const year = 1956 + Math.floor((random() + random()) * 25);
  return {
    givenName: maybe(random, 0.25, givenName(random), (name) => `${name} ${givenName(random)}`),
    familyName: familyName(random),
    birthDate: `${year}-${two(1 + Math.floor(random() * 12))}-${two(1 + Math.floor(random() * 28))}`,
    ...(random() < 0.3 && { phone: phone(random) }),
  };
}

const phone = (random: Random): string => `505${String(Math.floor(random() * 1e7)).padStart(7, '0')}`;

/** Lives in the same house, with the same name, and often the same telephone. */
function sonOf(father: Person, random: Random): Person {
  const born = somebody(random).birthDate.slice(5);
  const year = Number(father.birthDate.slice(0, 4)) + 18 + Math.floor(random() * 15);
  return { ...father, familyName: `${father.familyName}${random() < 0.5 ? ' Jr.' : ''}`, birthDate: `${year}-${born}` };
}

function aliasOf({ givenName: given, familyName: family }: Person, random: Random): string {
  return random() < 0.5
    ? nicknameOf(given, random)
    : `${nicknameOf(given, random)} ${oneOf(random, family.split(' '))}`;
}

function nicknameOf(given: string, random: Random): string {
  const short = shortForms.get(wordsOf(given)[0] ?? '');
  return short ? capital(oneOf(random, short)) : given.slice(0, Math.max(3, given.length - 2));
}

/** The same person in another record. The rates are of each mistake alone; about one record in six has several. */
function writtenAgain(person: Person, random: Random): Person {
  let { givenName: given, familyName: family, birthDate } = person;
  given = maybe(random, 0.14, given, (name) => nicknameOf(name, random));
  given = maybe(random, 0.3, given, (name) => name.split(' ')[0] ?? name);
  given = maybe(random, 0.02, given, (name) => `${name.slice(0, 1)}.`);
  given = maybe(random, 0.01, given, (name) => name.split(' ').reverse().join(' '));
  given = maybe(random, 0.05, given, (name) => mistyped(name, random));
  given = maybe(random, 0.06, given, (name) => heard(name, random));
  family = maybe(random, 0.03, family, () => familyName(random));
  family = maybe(random, 0.07, family, (name) => mistyped(name, random));
  family = maybe(random, 0.1, family, (name) => heard(name, random));
  family = maybe(random, 0.5, family, (name) => compound(name, random));
  family = maybe(random, 0.2, family, (name) => (random() < 0.5 ? name.toUpperCase() : accented(name)));
  birthDate = maybe(random, 0.12, birthDate, (date) => misdated(date, random));
  const aliases = random() < 0.08 ? [aliasOf(person, random)] : undefined;
  const swapped = random() < 0.015;
  const { phone: known } = person;
  return {
    givenName: swapped ? family : given,
    familyName: swapped ? given : family,
    birthDate,
    ...(aliases && { aliases }),
    ...(known !== undefined && { phone: random() < 0.6 ? known : phone(random) }),
  };
}

/** One of two family names left out, or a hyphen between them, or their order. */
function compound(name: string, random: Random): string {
  const [first, second] = name.split(' ');
  if (first === undefined || second === undefined) return name;
  return oneOf(random, [first, first, `${first}-${second}`, second, `de ${first} ${second}`]);
}

function mistyped(name: string, random: Random): string {
  const at = 1 + Math.floor(random() * (name.length - 1));
  const [before, here, after] = [name.slice(0, at), name.slice(at, at + 1), name.slice(at + 1)];
  const letter = oneOf(random, [...'aeiounrstl']);
  switch (Math.floor(random() * 4)) {
    case 0:
      return name.length > 3 ? before + after : name;
    case 1:
      return before + letter + here + after;
    case 2:
      return before + letter + after;
    default:
      return before.slice(0, -1) + here + before.slice(-1) + after;
  }
}

function heard(name: string, random: Random): string {
  const lower = name.toLowerCase();
  const fitting = HEARD.filter(([written]) => lower.includes(written));
  if (fitting.length === 0) return name;
  const [written, other] = oneOf(random, fitting);
  return capital(lower.replace(written, other));
}

function misdated(date: string, random: Random): string {
  const [year = '', month = '', day = ''] = date.split('-');
  switch (Math.floor(random() * 5)) {
    case 0:
      return Number(day) <= 12 ? `${year}-${day}-${month}` : `${year}-${month}-01`;
    case 1:
      return `${year}-${month}-${two(1 + Math.floor(random() * 28))}`;
    case 2:
      return `${Number(year) + (random() < 0.5 ? 1 : -1)}-${month}-${day}`;
    case 3:
      return `${year.slice(0, 2)}${5 + Math.floor(random() * 5)}${year.slice(3)}-${month}-${day}`;
    default:
      return `${year}-${two(1 + Math.floor(random() * 12))}-${day}`;
  }
}

const accented = (name: string): string => name.replace('a', 'á').replace('e', 'é').replace('n', 'ñ');
const capital = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1);
