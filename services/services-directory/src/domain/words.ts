/** The words of some texts in one text, each after a space, so that ` be` finds the beginning of a word and nothing else. */
export const searchText = (...texts: (string | undefined)[]): string =>
  wordsOf(...texts)
    .map((word) => ` ${word}`)
    .join('');

/**
 * The distinct words of some texts, for full-text search: without case, accents and punctuation, at most 64 letters
 * each, in order. What is neither letter nor digit parts words, except an apostrophe (`driver's` is `drivers`).
 */
export function wordsOf(...texts: (string | undefined)[]): string[] {
  const plain = texts
    .filter((text) => text !== undefined)
    .join(' ')
    .normalize('NFKD')
    .replace(/[\p{M}'’]/gu, '')
    .toLowerCase();
  return [...new Set(plain.match(/[\p{L}\p{N}]+/gu) ?? [])].map((word) => word.slice(0, 64)).sort();
}
