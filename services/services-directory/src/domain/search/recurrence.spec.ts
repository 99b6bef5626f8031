import fc from 'fast-check';
import rrule from 'rrule';
import { civilDay, isoDate, readCivilDay, type CivilDay } from './civil-day.js';
import { askOpening, EXCEPTION_TODAY, readOpening, WEEKDAYS } from './opening.js';
import { occursOn, type Recurrence } from './recurrence.js';
import type { HsdsSchedule } from '../hsds.js';

const { RRule } = rrule;
const START = civilDay(1997, 9, 2);

/** The days on which a schedule occurs, of those between two dates, by testing each. */
function daysOf(schedule: Partial<HsdsSchedule>, from: CivilDay, to: CivilDay): string[] {
  const { rule } = readOpening({ id: 's', ...schedule });
  if (!rule) throw new Error('the rule cannot be read');
  const days: string[] = [];
  for (let day = from; day <= to; day += 1) if (occursOn(rule, day)) days.push(isoDate(day));
  return days;
}

// RFC 5545, 3.8.5.3: the examples that HSDS can express, as they stand there (America/New_York, 9:00).
const EXAMPLES: [name: string, schedule: Partial<HsdsSchedule>, days: string][] = [
  [
    'weekly for 10 occurrences',
    { freq: 'WEEKLY', count: 10, dtstart: '1997-09-02' },
    '9/2 9/9 9/16 9/23 9/30 10/7 10/14 10/21 10/28 11/4',
  ],
  [
    'weekly until December 24',
    { freq: 'WEEKLY', until: '19971224T000000Z', dtstart: '1997-09-02' },
    '9/2 9/9 9/16 9/23 9/30 10/7 10/14 10/21 10/28 11/4 11/11 11/18 11/25 12/2 12/9 12/16 12/23',
  ],
  [
    'every other week',
    { freq: 'WEEKLY', interval: 2, wkst: 'SU', dtstart: '1997-09-02' },
    '9/2 9/16 9/30 10/14 10/28 11/11 11/25 12/9 12/23',
  ],
  [
    'Tuesday and Thursday for five weeks',
    { freq: 'WEEKLY', count: 10, wkst: 'SU', byday: 'TU,TH', dtstart: '1997-09-02' },
    '9/2 9/4 9/9 9/11 9/16 9/18 9/23 9/25 9/30 10/2',
  ],
  [
    'every other week on Monday, Wednesday and Friday until December 24',
    { freq: 'WEEKLY', interval: 2, until: '1997-12-24', wkst: 'SU', byday: 'MO,WE,FR', dtstart: '1997-09-01' },
    '9/1 9/3 9/5 9/15 9/17 9/19 9/29 10/1 10/3 10/13 10/15 10/17 10/27 10/29 10/31 11/10 11/12 11/14 11/24 11/26 11/28 12/8 12/10 12/12 12/22 12/24',
  ],
  [
    'every other week on Tuesday and Thursday, for 8 occurrences',
    { freq: 'WEEKLY', interval: 2, count: 8, wkst: 'SU', byday: 'TU,TH', dtstart: '1997-09-02' },
    '9/2 9/4 9/16 9/18 9/30 10/2 10/14 10/16',
  ],
  [
    'monthly on the first Friday until December 24',
    { freq: 'MONTHLY', until: '1997-12-24', byday: '1FR', dtstart: '1997-09-05' },
    '9/5 10/3 11/7 12/5',
  ],
  [
    'every other month on the first and last Sunday for 10',
    { freq: 'MONTHLY', interval: 2, count: 10, byday: '1SU,-1SU', dtstart: '1997-09-07' },
    '9/7 9/28 11/2 11/30',
  ],
  [
    'monthly on the second-to-last Monday for 6 months',
    { freq: 'MONTHLY', count: 6, byday: '-2MO', dtstart: '1997-09-22' },
    '9/22 10/20 11/17 12/22',
  ],
  [
    'monthly on the third-to-the-last day',
    { freq: 'MONTHLY', bymonthday: '-3', dtstart: '1997-09-28' },
    '9/28 10/29 11/28 12/29',
  ],
  [
    'monthly on the 2nd and 15th for 10 occurrences',
    { freq: 'MONTHLY', count: 10, bymonthday: '2,15', dtstart: '1997-09-02' },
    '9/2 9/15 10/2 10/15 11/2 11/15 12/2 12/15',
  ],
  [
    'monthly on the first and last day for 10 occurrences',
    { freq: 'MONTHLY', count: 10, bymonthday: '1,-1', dtstart: '1997-09-30' },
    '9/30 10/1 10/31 11/1 11/30 12/1 12/31',
  ],
  ['every Friday the 13th', { freq: 'MONTHLY', byday: 'FR', bymonthday: '13', dtstart: '1997-09-02' }, ''],
  [
    'the first Saturday that follows the first Sunday',
    { freq: 'MONTHLY', byday: 'SA', bymonthday: '7,8,9,10,11,12,13', dtstart: '1997-09-13' },
    '9/13 10/11 11/8 12/13',
  ],
];

it.each(EXAMPLES)('RFC 5545: %s', (_, schedule, days) => {
  const expected = days.split(' ').filter(Boolean);
  const found = daysOf(schedule, civilDay(1997, 8, 1), civilDay(1997, 12, 31));
  expect(found.map((day) => `${Number(day.slice(5, 7))}/${Number(day.slice(8))}`)).toEqual(expected);
});

it('RFC 5545: the day on which a week begins makes a difference', () => {
  const days = (wkst: HsdsSchedule['wkst']) =>
    daysOf(
      { freq: 'WEEKLY', interval: 2, count: 4, byday: 'TU,SU', wkst, dtstart: '1997-08-05' },
      civilDay(1997, 8, 1),
      civilDay(1997, 9, 30),
    );
  expect(days('MO')).toEqual(['1997-08-05', '1997-08-10', '1997-08-19', '1997-08-24']);
  expect(days('SU')).toEqual(['1997-08-05', '1997-08-17', '1997-08-19', '1997-08-31']);
});

it('RFC 5545: a day that a month does not have is skipped', () => {
  const found = daysOf(
    { freq: 'MONTHLY', bymonthday: '15,30', count: 5, dtstart: '2007-01-15' },
    civilDay(2007, 1, 1),
    civilDay(2007, 12, 31),
  );
  expect(found).toEqual(['2007-01-15', '2007-01-30', '2007-02-15', '2007-03-15', '2007-03-30']);
});

/** A day of the month on which such a weekday may fall: the other engine takes a second to find that it never does. */
function dayOfNth(nth: number): number {
  if (Math.abs(nth) === 5) return 6 * nth;
  return nth > 0 ? 7 * nth - 3 : 7 * nth + 3;
}

it('agrees with another engine on any rule', () => {
  const weekday = fc.integer({ min: 0, max: 6 });
  const rules = fc.record({
    freq: fc.constantFrom('WEEKLY' as const, 'MONTHLY' as const),
    interval: fc.integer({ min: 1, max: 4 }),
    start: fc.integer({ min: 0, max: 400 }).map((days) => START + days),
    // the other engine forgets a plain weekday that stands beside a numbered one
    byDay: fc
      .constantFrom([0], [1, 2, 3, 4, 5, -1, -2, -5])
      .chain((nths) => fc.uniqueArray(fc.record({ weekday, nth: fc.constantFrom(...nths) }), { maxLength: 3 })),
    byMonthDay: fc.uniqueArray(fc.constantFrom(1, 2, 13, 15, 28, 29, 30, 31, -1, -3, -31), { maxLength: 3 }),
    weekStart: weekday,
    count: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
    until: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
  });
  const asDate = (day: CivilDay) => new Date(`${isoDate(day)}T00:00:00Z`);
  fc.assert(
    fc.property(rules, ({ freq, interval, start, byDay, byMonthDay, weekStart, count, until }) => {
      const weekly = freq === 'WEEKLY';
      const days = weekly ? byDay.map(({ weekday: day }) => ({ weekday: day, nth: 0 })) : byDay;
      const numbered = days.filter(({ nth }) => nth !== 0).map(({ nth }) => dayOfNth(nth));
      const monthDays = weekly || byMonthDay.length === 0 ? [] : [...new Set([...byMonthDay, ...numbered])];
      const ends = count === undefined && until !== undefined ? start + until : undefined;
      const schedule: Partial<HsdsSchedule> = {
        freq,
        interval,
        dtstart: isoDate(start),
        wkst: WEEKDAYS[weekStart]!,
        byday: days.map(({ weekday: day, nth }) => `${nth || ''}${WEEKDAYS[day]}`).join(','),
        bymonthday: monthDays.join(','),
        ...(count === undefined ? {} : { count }),
        ...(ends === undefined ? {} : { until: isoDate(ends) }),
      };
      const other = new RRule({
        freq: weekly ? RRule.WEEKLY : RRule.MONTHLY,
        interval,
        dtstart: asDate(start),
        wkst: weekStart,
        byweekday:
          days.length > 0
            ? days.map(({ weekday: day, nth }) => (nth ? new rrule.Weekday(day, nth) : new rrule.Weekday(day)))
            : null,
        bymonthday: monthDays.length > 0 ? monthDays : null,
        count: count ?? null,
        until: asDate(ends ?? start + 300), // without an end it looks for a day that never comes until the year 9999
      });
      const to = start + 300;
      const expected = other.between(asDate(start), asDate(to), true).map((date) => date.toISOString().slice(0, 10));
      expect(daysOf(schedule, start, to)).toEqual(expected);
    }),
    { numRuns: 150 },
  );
});

it('a rule that never ends costs no more on a distant day, and a count of which no month has the day is bounded', () => {
  const endless: Recurrence = {
    freq: 'WEEKLY',
    interval: 1,
    weekStart: 0,
    weekdays: 1,
    nthDays: [],
    byMonthDay: [],
  };
  const distant = readCivilDay('9999-01-04')!;
  const began = performance.now();
  for (let times = 0; times < 100_000; times += 1) occursOn(endless, distant);
  expect(occursOn(endless, distant)).toBe(true);
  readOpening({ id: 's', freq: 'MONTHLY', bymonthday: '31', interval: 12, dtstart: '2026-02-01', count: 9_999 });
  expect(performance.now() - began).toBeLessThan(2_000);
});

it.each([
  ['an interval of 0', { freq: 'WEEKLY', byday: 'MO', interval: 0 }],
  ['an interval without a beginning', { freq: 'WEEKLY', byday: 'MO', interval: 2 }],
  ['a count without a beginning', { freq: 'WEEKLY', byday: 'MO', count: 3 }],
  ['a weekday that is none', { freq: 'WEEKLY', byday: 'MO,XX' }],
  ['a numbered weekday in a weekly rule', { freq: 'WEEKLY', byday: '2MO' }],
  ['a 32nd day', { freq: 'MONTHLY', bymonthday: '32' }],
  ['weeks by number', { freq: 'WEEKLY', byday: 'MO', byweekno: '5' }],
  ['a day that no calendar has', { freq: 'WEEKLY', byday: 'MO', dtstart: '2026-02-30' }],
  ['nothing to go by', { freq: 'WEEKLY' }],
] as [string, Partial<HsdsSchedule>][])('a schedule with %s says nothing that could be relied on', (_, schedule) => {
  const opening = readOpening({ id: 's', opens_at: '09:00', closes_at: '17:00', ...schedule });
  expect(opening.kind).toBe('unreadable');
  expect(askOpening(opening, { day: START, minute: 600 }) & EXCEPTION_TODAY).toBe(0);
});
