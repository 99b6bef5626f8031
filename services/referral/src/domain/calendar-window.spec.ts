import fc from 'fast-check';
import { isCalendarDate, startOfWindow, type Window } from './calendar-window.js';

describe('the first day of a window', () => {
  it.each<[string, Window, string]>([
    ['2026-03-02', { years: 10 }, '2016-03-02'],
    ['2026-03-02', { months: 24 }, '2024-03-02'],
    ['2026-03-31', { months: 1 }, '2026-02-28'],
    ['2024-03-31', { months: 1 }, '2024-02-29'],
    ['2024-02-29', { years: 1 }, '2023-02-28'],
    ['2024-02-29', { years: 4 }, '2020-02-29'],
    ['2025-02-28', { years: 1 }, '2024-02-28'],
    ['2026-01-15', { months: 1 }, '2025-12-15'],
    ['2026-03-01', { days: 1 }, '2026-02-28'],
    ['2026-05-31', { years: 1, months: 3, days: 1 }, '2025-02-27'],
  ])('%s less %j is %s', (asOf, window, start) => {
    expect(startOfWindow(asOf, window)).toBe(start);
  });

  const day = fc
    .date({ min: new Date('1995-01-01'), max: new Date('2045-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  const part = fc.nat(30);
  const window = fc.record({ years: part, months: part, days: part });

  it('never moves back as time goes on, nor forward as the window grows, and is a day of the calendar', () => {
    fc.assert(
      fc.property(day, day, window, window, (one, other, length, more) => {
        const [earlier, later] = one < other ? [one, other] : [other, one];
        const start = startOfWindow(earlier, length);
        expect(isCalendarDate(start)).toBe(true);
        expect(start <= earlier).toBe(true);
        expect(start <= startOfWindow(later, length)).toBe(true);
        const longer = {
          years: length.years + more.years,
          months: length.months + more.months,
          days: length.days + more.days,
        };
        expect(startOfWindow(earlier, longer) <= start).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('days of the calendar', () => {
  it.each(['2024-02-29', '2026-12-31'])('%s is one', (text) => {
    expect(isCalendarDate(text)).toBe(true);
  });

  it.each(['2026-02-29', '2026-13-01', '2026-2-1', '2026-03-02T00:00:00Z', 'yesterday', ''])('%j is none', (text) => {
    expect(isCalendarDate(text)).toBe(false);
  });
});
