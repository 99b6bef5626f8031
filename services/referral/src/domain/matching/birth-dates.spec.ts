import { compareBirthDates } from './birth-dates.js';

describe('two dates of birth', () => {
  it.each([
    ['1991-07-04', '1991-07-04', 'same'],
    ['1991-07-04', '1991-04-07', 'day-and-month-swapped'],
    ['1991-07-04', '1981-07-04', 'one-digit-off'],
    ['1991-07-04', '1991-07-05', 'one-digit-off'],
    ['1991-07-14', '1991-07-41', 'digits-transposed'],
    ['1991-07-12', '1919-07-12', 'digits-transposed'],
    ['1999-07-04', '2000-07-04', 'year-off-by-one'],
    ['1991-07-04', '1992-07-04', 'year-off-by-one'],
    ['1991-07-14', '1991-01-01', 'first-of-january'],
    ['1991-07-14', '1991-07-29', 'two-parts-agree'],
    ['1991-07-14', '1978-07-14', 'two-parts-agree'],
    ['1991-07-14', '1991-12-14', 'two-parts-agree'],
    ['1991-07-14', '1968-11-30', 'different'],
    ['1990-01-01', '1968-11-30', 'different'],
  ])('%s and %s: %s', (a, b, agreement) => {
    expect(compareBirthDates(a, b)).toBe(agreement);
    expect(compareBirthDates(b, a)).toBe(agreement);
  });
});
