import { wordsOf } from '../../domain/words.js';
import type { DirectoryIndex } from './directory-index.js';
import type { Reading, Word } from './word-index.js';

const MOST = 10;
/** A word that so few services hold may be a typing error of a source, or of the reader. */
const RARE = 3;
/** A similar word must be this many times as frequent to be suggested instead of a rare one. */
const MUCH_MORE = 20;

export interface Suggestions {
  /** The text with its last word completed, the most frequent first. */
  completions: string[];
  /** Categories of which a word begins so. */
  categories: { id: string; name: string; count: number }[];
}

/** Completes what somebody is typing. */
export function complete(index: DirectoryIndex, text: string): Suggestions {
  const last = /[^\s]+$/.exec(text)?.[0] ?? '';
  const [typed = ''] = wordsOf(last).slice(-1);
  const head = text.slice(0, text.length - last.length);
  const words = typed === '' ? [] : mostFrequent([...index.words.beginningWith(typed)]);
  const categories = [...index.facets.category]
    .flatMap(([id, { size }]) => {
      const name = index.terms.get(id)?.name;
      return name && typed !== '' && wordsOf(name).some((word) => word.startsWith(typed))
        ? [{ id, name, count: size }]
        : [];
    })
    .sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1));
  return { completions: words.map((word) => head + word.text), categories: categories.slice(0, MOST) };
}

/** What was typed with words that are unknown, or rare beside a similar one, replaced; undefined where there are none. */
export function didYouMean(index: DirectoryIndex, readings: readonly Reading[]): string | undefined {
  const replaced = readings.map(({ typed, match, words }) => {
    if (match === 'similar') return mostFrequent(words.map((one) => one.word))[0]!.text;
    const held = words.reduce((sum, { word: { size } }) => sum + size, 0);
    const [similar] = held > 0 && held <= RARE ? mostFrequent(index.words.similarTo(typed)) : [];
    return similar && similar.size >= held * MUCH_MORE ? similar.text : typed;
  });
  return replaced.every((word, at) => word === readings[at]!.typed) ? undefined : replaced.join(' ');
}

const mostFrequent = (words: readonly Word[]): Word[] =>
  [...words].sort((a, b) => b.size - a.size || (a.text < b.text ? -1 : 1)).slice(0, MOST);
