import { jaroWinkler } from '@skyra/jaro-winkler';
import { compareBirthDates, type BirthDateAgreement } from './birth-dates.js';
import type { Matchable, MatchableName } from './matchable.js';
import { REASONS, type Reason, type ReasonCode } from './weights.js';

/** How much speaks for two records being of one person, and why. */
export interface Comparison {
  /** The sum of the bits of the reasons. */
  score: number;
  reasons: Reason[];
}

/** From this score on a pair is shown to a human: precision is still over 0.95 there, on the labelled set. */
export const THRESHOLD = 12;
/** So many are shown at most, the likeliest. */
export const MAX_CANDIDATES = 50;

/**
 * Typing errors: string similarity of Jaro as improved by Winkler ("String Comparator Metrics and Enhanced Decision Rules
 * in the Fellegi-Sunter Model of Record Linkage", 1990), which forgives transpositions and trusts beginnings.
 */
const SIMILAR = 0.9;
/** A name this short is similar to too many. */
const SHORT = 3;

const birthReasons: Readonly<Record<BirthDateAgreement, ReasonCode>> = {
  same: 'birth-same',
  'day-and-month-swapped': 'birth-swapped',
  'one-digit-off': 'birth-digit',
  'digits-transposed': 'birth-transposed',
  'year-off-by-one': 'birth-year',
  'first-of-january': 'birth-january',
  'two-parts-agree': 'birth-two-parts',
  different: 'birth-different',
};

/** Compares two people by the pair of their names that agrees best, the date of birth, and what else is known. */
export function compare(a: Matchable, b: Matchable): Comparison {
  const birth = birthReasons[compareBirthDates(a.birthDate, b.birthDate)];
  let best: Comparison | undefined;
  for (const nameA of a.names)
    for (const nameB of b.names)
      for (const codes of [inOrder(nameA, nameB), inOtherOrder(nameA, nameB)]) {
        if (codes.length === 0) continue;
        const comparison = sumOf([...codes, ...aliasOf(nameA, nameB), ...familyTie(codes, birth)]);
        if (!best || comparison.score > best.score) best = comparison;
      }
  const others: ReasonCode[] = [
    birth,
    ...(a.phone !== undefined && a.phone === b.phone ? ['phone-same' as const] : []),
  ];
  return sumOf([...(best?.reasons.map(({ code }) => code) ?? []), ...others]);
}

function inOrder(a: MatchableName, b: MatchableName): ReasonCode[] {
  return [
    familyAgreement(a, b),
    givenAgreement(a, b),
    ...(a.suffix !== b.suffix ? ['generation-different' as const] : []),
  ];
}

/** Worth a look only where each is exactly the other, or sounds like it: anything may resemble anything by chance. */
function inOtherOrder(a: MatchableName, b: MatchableName): ReasonCode[] {
  const crossed = (given: string[], family: string[]): boolean =>
    given.length > 0 && (given.join('') === family.join('') || (given.length === 1 && family.includes(given[0] ?? '')));
  return crossed(a.given, b.family) && crossed(b.given, a.family)
    ? ['family-same', 'given-same', 'in-other-order']
    : [];
}

const aliasOf = (a: MatchableName, b: MatchableName): ReasonCode[] => (a.isAlias || b.isAlias ? ['through-alias'] : []);

function familyTie(codes: ReasonCode[], birth: ReasonCode): ReasonCode[] {
  const sameFamily = codes.some((code) => code.startsWith('family-') && code !== 'family-different');
  return sameFamily && birth === 'birth-same' && codes.includes('given-different') ? ['as-twins'] : [];
}

function familyAgreement(a: MatchableName, b: MatchableName): ReasonCode {
  const [nameA, nameB] = [a.family.join(''), b.family.join('')];
  if (nameA === nameB) return 'family-same';
  const compound = a.family.length > 1 || b.family.length > 1;
  if (compound && a.family.some((word) => word.length > SHORT && b.family.includes(word))) return 'family-part';
  if (similar(nameA, nameB)) return 'family-similar';
  if (compound && a.family.some((wordA) => b.family.some((wordB) => similar(wordA, wordB)))) return 'family-similar';
  if (a.familySounds.some((sound) => b.familySounds.includes(sound))) return 'family-sound';
  return 'family-different';
}

function givenAgreement(a: MatchableName, b: MatchableName): ReasonCode {
  const [firstA = '', firstB = ''] = [a.given[0], b.given[0]];
  if (firstA === firstB || a.given.join('') === b.given.join('')) return 'given-same';
  if (firstA.length === 1 || firstB.length === 1) return firstA[0] === firstB[0] ? 'given-initial' : 'given-different';
  if (a.formal.some((name) => b.formal.includes(name))) return 'given-nickname';
  if (isStem(firstA, firstB) || isStem(firstB, firstA)) return 'given-nickname';
  if (similar(firstA, firstB)) return 'given-similar';
  if (a.given.slice(1).includes(firstB) || b.given.slice(1).includes(firstA)) return 'given-middle';
  if (a.givenSound === b.givenSound) return 'given-sound';
  return 'given-different';
}

/** "Alejand" of "Alejandro": a form that cuts the end off. */
const isStem = (short: string, long: string): boolean => short.length >= SHORT && long.startsWith(short);

const similar = (a: string, b: string): boolean => Math.min(a.length, b.length) > SHORT && jaroWinkler(a, b) >= SIMILAR;

function sumOf(codes: ReasonCode[]): Comparison {
  const reasons = codes.map((code) => REASONS[code]);
  const score = reasons.reduce((sum, { bits }) => sum + bits, 0);
  return { score: Math.round(score * 10) / 10, reasons };
}
