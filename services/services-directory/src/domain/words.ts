/** The words of some texts in one text, each after a space, so that ` be` finds the beginning of a word and nothing else. */
export const searchText = (...texts: (string | undefined)[]): string =>
  wordsOf(...texts)
    .map((word) => ` ${word}`)
    .join('');

const APOSTROPHES = /[\p{M}'’]/gu;
const WORD = /[\p{L}\p{N}]+/gu;
const LONGEST = 64;

/**
 * The distinct words of some texts, for full-text search: without case, accents and punctuation, at most 64 letters
 * each, in order. What is neither letter nor digit parts words, except an apostrophe (`driver's` is `drivers`).
 */
export const wordsOf = (...texts: (string | undefined)[]): string[] =>
  [...new Set(texts.flatMap((text) => wordsIn(text ?? '')))].sort();

/** The same of one text, as they come, repeated ones too. */
export function wordsIn(text: string): string[] {
  // nine of ten texts are plain, and what Unicode asks for takes several times as long
  const words = /[^\0-\x7f]/.test(text)
    ? text.normalize('NFKD').replace(APOSTROPHES, '').toLowerCase().match(WORD)
    : text
        .replaceAll("'", '')
        .toLowerCase()
        .match(/[a-z0-9]+/g);
  return words?.map((word) => word.slice(0, LONGEST)) ?? [];
}
