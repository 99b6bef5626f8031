const GIVEN =
  'Marisol Thomas Aaliyah Robert Guadalupe Dennis Shanice Walter Yesenia Patrick Deborah Lorenzo Katherine Emmett Rosalind'.split(
    ' ',
  );
const SYLLABLES = 'bar chen dal fuen gar hol kin lor man nor pac quin ros sal tor val wes yor zam ter'.split(' ');
const DAY_MS = 86_400_000;

/** The so-many-th of people of whom no two are the same, and few share more than a name or a day. */
export function personNumber(index: number): object {
  const syllable = (step: number): string => SYLLABLES[Math.floor(index / step) % SYLLABLES.length]!;
  const familyName = `${syllable(1)}${syllable(SYLLABLES.length)}${syllable(7)}ez`;
  return {
    givenName: GIVEN[index % GIVEN.length],
    familyName: familyName[0]!.toUpperCase() + familyName.slice(1),
    birthDate: new Date(Date.UTC(1955, 0, 1) + ((index * 7_919) % 18_000) * DAY_MS).toISOString().slice(0, 10),
    aliases: [GIVEN[(index + 1) % GIVEN.length]!.slice(0, 4)],
  };
}
