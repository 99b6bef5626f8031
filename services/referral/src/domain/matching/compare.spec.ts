import fc from 'fast-check';
import type { Person } from '../referral.js';
import { blockingKeys } from './blocking.js';
import { compare, THRESHOLD } from './compare.js';
import { matchableOf } from './matchable.js';
import { KEY_KINDS } from './blocking.js';

const marisol: Person = { givenName: 'Marisol', familyName: 'Quintanilla', birthDate: '1991-07-04' };
const against = (a: Partial<Person>, b: Partial<Person>) =>
  compare(matchableOf({ ...marisol, ...a }), matchableOf({ ...marisol, ...b }));
const codes = (a: Partial<Person>, b: Partial<Person>) => against(a, b).reasons.map(({ code }) => code);
const shareKey = (a: Person, b: Person): boolean => {
  const keys = new Set(blockingKeys(a).map(({ kind, value }) => `${kind} ${value}`));
  return blockingKeys(b).some(({ kind, value }) => keys.has(`${kind} ${value}`));
};

describe('one person, written down twice', () => {
  it.each<[string, Partial<Person>, Partial<Person>, string[]]>([
    ['case and marks', { familyName: 'Núñez' }, { familyName: 'NUNEZ' }, ['family-same', 'given-same']],
    ['a particle', { familyName: 'de la Cruz' }, { familyName: 'Cruz' }, ['family-same', 'given-same']],
    ['one of two names', { familyName: 'Baca-Lujan' }, { familyName: 'Lujan' }, ['family-part', 'given-same']],
    ['a typing error', { familyName: 'Quintanila' }, {}, ['family-similar', 'given-same']],
    ['a transposition', { familyName: 'Qiuntanilla' }, {}, ['family-similar', 'given-same']],
    ['the sound', { familyName: 'Cruz' }, { familyName: 'Kruse' }, ['family-sound', 'given-same']],
    ['a short form', { givenName: 'William' }, { givenName: 'Bill' }, ['family-same', 'given-nickname']],
    ['two short forms', { givenName: 'Pancho' }, { givenName: 'Paco' }, ['family-same', 'given-nickname']],
    ['a cut form', { givenName: 'Alejand' }, { givenName: 'Alejandro' }, ['family-same', 'given-nickname']],
    ['an initial', { givenName: 'M.' }, {}, ['family-same', 'given-initial']],
    ['the middle name', { givenName: 'Ana Sol' }, { givenName: 'Sol' }, ['family-same', 'given-middle']],
    ['the sound of a given name', { givenName: 'Geoff' }, { givenName: 'Jeff' }, ['family-same', 'given-sound']],
    [
      'names in the other order',
      { givenName: 'Quintanilla', familyName: 'Marisol' },
      {},
      ['family-same', 'given-same', 'in-other-order'],
    ],
    [
      'edge case 3: an alias, to confirm',
      { givenName: 'Luz', familyName: 'Ortega', aliases: ['Marisol Quintanilla'] },
      {},
      ['family-same', 'given-same', 'through-alias'],
    ],
    ['another family name', { familyName: 'Baca' }, {}, ['family-different', 'given-same']],
  ])('%s', (_, a, b, expected) => {
    expect(codes(a, b)).toEqual([...expected, 'birth-same']);
    expect(against(a, b).score).toBeGreaterThanOrEqual(THRESHOLD);
    expect(against(b, a)).toEqual(against(a, b));
    expect(shareKey({ ...marisol, ...a }, { ...marisol, ...b })).toBe(true);
  });

  it.each([
    ['swapped', '1991-04-07'],
    ['one digit', '1991-07-14'],
    ['another decade', '1981-07-04'],
    ['one year', '1990-07-04'],
    ['the first of January', '1991-01-01'],
    ['another day', '1991-07-23'],
  ])('with a date of birth that is %s', (_, birthDate) => {
    expect(against({ birthDate }, {}).score).toBeGreaterThanOrEqual(THRESHOLD);
    expect(shareKey({ ...marisol, birthDate }, marisol)).toBe(true);
  });

  it('is told in words, each with its weight, and the weights add up', () => {
    const { score, reasons } = against(
      { givenName: 'Mari', birthDate: '1991-04-07', phone: '+1 (505) 555-0100' },
      { phone: '505-555-0100' },
    );
    expect(reasons.map(({ sentence }) => sentence)).toEqual([
      'The family names are the same.',
      'One given name is a short form of the other, or both of a third.',
      'Day and month of birth are swapped.',
      'The telephone numbers are the same.',
    ]);
    expect(reasons.reduce((sum, { bits }) => sum + bits, 0)).toBeCloseTo(score, 5);
  });
});

describe('two people', () => {
  it.each<[string, Partial<Person>, string]>([
    ['twins', { givenName: 'Teodoro' }, 'as-twins'],
    ['father and son', { birthDate: '1968-11-30' }, 'birth-different'],
    [
      'father and son with a generation',
      { familyName: 'Quintanilla Jr.', birthDate: '1968-11-30' },
      'generation-different',
    ],
    ['born on one day', { givenName: 'Teodoro', familyName: 'Baca' }, 'given-different'],
  ])('%s are not offered', (_, other, code) => {
    expect(codes(other, {})).toContain(code);
    expect(against(other, {}).score).toBeLessThan(THRESHOLD);
  });

  it('with short names that only resemble each other are not similar', () => {
    expect(codes({ givenName: 'Lee' }, { givenName: 'Leo' })).toContain('given-sound');
    expect(codes({ familyName: 'Kim' }, { familyName: 'Kam' })).not.toContain('family-similar');
  });
});

const name = fc.stringMatching(/^[A-Za-zÀ-ž' -]{1,20}$/).filter((text) => /\p{L}/u.test(text));
const anybody = fc.record(
  {
    givenName: name,
    familyName: name,
    birthDate: fc
      .date({ min: new Date('1900-01-01'), max: new Date('2010-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10)),
    aliases: fc.array(name, { maxLength: 10 }),
  },
  { requiredKeys: ['givenName', 'familyName', 'birthDate'] },
) as fc.Arbitrary<Person>;

describe('whoever it is', () => {
  it('has 1 to 13 keys, each of a kind that can be named, and meets the own record', () => {
    fc.assert(
      fc.property(anybody, (person) => {
        const keys = blockingKeys(person);
        expect(keys.length).toBeGreaterThanOrEqual(1);
        expect(keys.length).toBeLessThanOrEqual(13);
        expect(keys.every(({ kind }) => KEY_KINDS[kind] !== undefined)).toBe(true);
        expect(compare(matchableOf(person), matchableOf(person)).score).toBeGreaterThan(THRESHOLD);
      }),
      { numRuns: 300 },
    );
  });

  it('is compared the same both ways round', () => {
    fc.assert(
      fc.property(anybody, anybody, (a, b) => {
        expect(compare(matchableOf(a), matchableOf(b)).score).toBe(compare(matchableOf(b), matchableOf(a)).score);
      }),
      { numRuns: 300 },
    );
  });
});
