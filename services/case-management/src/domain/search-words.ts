/** Shorter beginnings would match nearly everything. */
const SHORTEST_BEGINNING = 3;
const LONGEST_WORD = 24;
const MOST_KEYS = 600;

/** The words of a text in lower case and without diacritics, as they are compared. */
export function wordsOf(text: string): string[] {
  const folded = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return [...new Set((folded.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.slice(0, LONGEST_WORD)))];
}

/**
 * Everything that a search word may be so as to find these texts: each word, and each of its beginnings of three letters
 * or more. An index on them answers by equality alone, which every engine does without reading the collection.
 */
export function searchKeysOf(texts: readonly string[]): string[] {
  const keys = new Set<string>();
  for (const word of texts.flatMap(wordsOf)) {
    for (let length = Math.min(SHORTEST_BEGINNING, word.length); length <= word.length; length += 1)
      keys.add(word.slice(0, length));
    if (keys.size >= MOST_KEYS) break;
  }
  return [...keys];
}
