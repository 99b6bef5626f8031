/** The parts of a name as they are compared: lower-case letters of the basic alphabet, without particles. */
export interface NameParts {
  given: string[];
  family: string[];
  /** Generation, as in "Jr." or "III". */
  suffix?: string;
}

const PARTICLES = new Set(
  'da das de dei del della den der di do dos du el la las le los san santa st ten ter van von y zu'.split(' '),
);
const SUFFIXES = new Map([
  ...['jr', 'junior', 'ii', '2nd'].map((text) => [text, 'jr'] as const),
  ...['sr', 'senior'].map((text) => [text, 'sr'] as const),
  ...['iii', '3rd'].map((text) => [text, 'iii'] as const),
  ['iv', 'iv'] as const,
]);
/** Written apart or together: "Mc Donald" is "McDonald", "O Brien" is "O'Brien". */
const PREFIXES = new Set(['mc', 'mac', 'o']);
/** Letters that do not come apart into a letter and a mark. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
};

/** Most names: nothing of what follows would change them. */
const PLAIN_WORD = /^[A-Za-z]+$/;

/** The words of a name without case, marks, apostrophes and punctuation; a hyphen parts two words. */
export function wordsOf(name: string): string[] {
  if (PLAIN_WORD.test(name)) return [name.toLowerCase()];
  const words = name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ßæœøłđðþ]/g, (letter) => LETTERS[letter] ?? letter)
    .replace(/['’`´ʻ]/g, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  const joined: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const next = words[at + 1];
    if (PREFIXES.has(word) && next !== undefined && !SUFFIXES.has(next)) {
      joined.push(word + next);
      at += 1;
    } else joined.push(word);
  }
  return joined;
}

/** A name of given and family part. Particles and the generation stand apart, unless nothing else is there. */
export function namePartsOf(givenName: string, familyName: string): NameParts {
  const given = wordsOf(givenName);
  const family = wordsOf(familyName);
  // a generation stands last, and never alone: "Junior" may well be all of a given name
  const suffix = [family, given].map((words) => words.length > 1 && SUFFIXES.get(words.at(-1) ?? '')).find(Boolean);
  return { given: bare(given), family: bare(family), ...(suffix && { suffix }) };
}

/**
 * A name written in one line, as an alias is: one word stands for the given name, so that the family name is unchanged;
 * else the last word is the family name, and so is one before it that "Last, First" puts in front.
 */
export function aliasPartsOf(alias: string, family: string[]): NameParts {
  const [last, first] = alias.split(',', 2);
  if (first !== undefined && wordsOf(first).length > 0) return namePartsOf(first, last ?? '');
  const words = bare(wordsOf(alias));
  if (words.length <= 1) return { given: words, family };
  return { given: words.slice(0, -1), family: words.slice(-1) };
}

function bare(words: string[]): string[] {
  const kept = words.filter(
    (word, at) => !PARTICLES.has(word) && !(at > 0 && at === words.length - 1 && SUFFIXES.has(word)),
  );
  return kept.length > 0 ? kept : words;
}
