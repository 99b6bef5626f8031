import type { Window } from './calendar-window.js';
import { startOfWindow } from './calendar-window.js';
import type { Criterion, FactValue, Verdict } from './criteria.js';

/** What a sentence of a criterion may hold in braces, beside `fact`: `value`, or `window` and `since`. */
export const placeholdersOf = ({ operator }: Pick<Criterion, 'operator'>): readonly string[] =>
  operator === 'none-within' || operator === 'some-within' ? ['fact', 'window', 'since'] : ['fact', 'value'];

export const PLACEHOLDER = /\{(\w*)\}/g;

/** The sentence of a criterion for a verdict, with what was found and what is asked for. */
export function sentenceOf(criterion: Criterion, verdict: Verdict, fact: FactValue | undefined, asOf: string): string {
  const { met, notMet, unknown } = criterion.sentences;
  const sentence = { met, 'not-met': notMet, unknown }[verdict];
  if (!sentence.includes('{')) return sentence;
  const words: Record<string, () => string> = {
    fact: () => (fact === undefined ? 'not known' : inWords(fact)),
    ...('window' in criterion
      ? { window: () => lengthOf(criterion.window), since: () => startOfWindow(asOf, criterion.window) }
      : { value: () => inWords(criterion.value) }),
  };
  return sentence.replaceAll(PLACEHOLDER, (whole, name: string) => words[name]?.() ?? whole);
}

function inWords(value: FactValue): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'object') return String(value);
  return value.length === 0 ? 'none' : joined(value);
}

function lengthOf({ years = 0, months = 0, days = 0 }: Window): string {
  const parts = Object.entries({ year: years, month: months, day: days }).filter(([, count]) => count > 0);
  return joined(parts.map(([unit, count]) => `${count} ${unit}${count === 1 ? '' : 's'}`));
}

const joined = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
