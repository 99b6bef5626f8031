import { beginningOf, endOf } from './report-period.js';

const ZONE = 'America/Denver';

it.each([
  ['in winter', '2026-01-15', '2026-01-15T07:00:00.000Z', '2026-01-16T06:59:59.999Z'],
  ['in summer', '2026-07-15', '2026-07-15T06:00:00.000Z', '2026-07-16T05:59:59.999Z'],
  ['when clocks go forward', '2026-03-08', '2026-03-08T07:00:00.000Z', '2026-03-09T05:59:59.999Z'],
  ['when clocks go back', '2026-11-01', '2026-11-01T06:00:00.000Z', '2026-11-02T06:59:59.999Z'],
  ['at the end of a year', '2026-12-31', '2026-12-31T07:00:00.000Z', '2027-01-01T06:59:59.999Z'],
])('a day %s begins and ends at midnight of the site', (_name, date, begins, ends) => {
  expect(beginningOf(date, ZONE).toISOString()).toBe(begins);
  expect(endOf(date, ZONE).toISOString()).toBe(ends);
});

it('a day without a midnight begins with its first instant', () => {
  // in Cairo clocks went from 00:00 to 01:00 on Friday 26 April 2024
  expect(beginningOf('2024-04-26', 'Africa/Cairo').toISOString()).toBe('2024-04-25T22:00:00.000Z');
  expect(endOf('2024-04-25', 'Africa/Cairo').toISOString()).toBe('2024-04-25T21:59:59.999Z');
});

it('a day in a zone of UTC is that of UTC', () => {
  expect(beginningOf('2026-03-02', 'UTC').toISOString()).toBe('2026-03-02T00:00:00.000Z');
});

it('an instant means itself', () => {
  expect(beginningOf('2026-03-02T18:04:00-07:00', ZONE).toISOString()).toBe('2026-03-03T01:04:00.000Z');
  expect(endOf('2026-03-02T18:04:00Z', ZONE).toISOString()).toBe('2026-03-02T18:04:00.000Z');
});
