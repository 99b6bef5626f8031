/** How two dates of birth agree. */
export type BirthDateAgreement =
  | 'same'
  | 'day-and-month-swapped'
  | 'one-digit-off'
  | 'digits-transposed'
  | 'year-off-by-one'
  | 'first-of-january'
  | 'two-parts-agree'
  | 'different';

/**
 * Compares two dates of birth for the ways in which one is written down wrong.
 * @param a `YYYY-MM-DD`, and so `b`
 */
export function compareBirthDates(a: string, b: string): BirthDateAgreement {
  if (a === b) return 'same';
  const [yearA, monthA, dayA] = partsOf(a);
  const [yearB, monthB, dayB] = partsOf(b);
  if (yearA === yearB && monthA === dayB && dayA === monthB) return 'day-and-month-swapped';
  const sameDay = monthA === monthB && dayA === dayB;
  if (sameDay && Math.abs(Number(yearA) - Number(yearB)) === 1) return 'year-off-by-one';
  const differing = [...a].flatMap((digit, at) => (digit === b[at] ? [] : [at]));
  const [first = 0, second = 0] = differing;
  if (differing.length === 1) return 'one-digit-off';
  if (differing.length === 2 && a[first] === b[second] && a[second] === b[first] && adjacent(first, second))
    return 'digits-transposed';
  // what is written where only the year is known
  if (yearA === yearB && [a, b].some((date) => date.endsWith('-01-01'))) return 'first-of-january';
  if (sameDay || (yearA === yearB && (monthA === monthB || dayA === dayB))) return 'two-parts-agree';
  return 'different';
}

/** Next to each other within one part of the date. */
const adjacent = (first: number, second: number): boolean => second - first === 1;

function partsOf(date: string): [year: string, month: string, day: string] {
  return [date.slice(0, 4), date.slice(5, 7), date.slice(8, 10)];
}
