import fc from 'fast-check';
import { endOfDayAfter, fullYears, isTimeZone, localDate } from './zoned-days.js';

describe('the end of a local day', () => {
  it.each([
    [
      '30 days over the change to summer time',
      '2026-03-02T18:04:00Z',
      30,
      'America/Denver',
      '2026-04-02T05:59:59.999Z',
    ],
    ['on the day the clocks go forward', '2026-02-06T18:00:00Z', 30, 'America/Denver', '2026-03-09T05:59:59.999Z'],
    ['on the day the clocks go back', '2026-10-02T18:00:00Z', 30, 'America/Denver', '2026-11-02T06:59:59.999Z'],
    [
      'late in the evening, when it is tomorrow in UTC',
      '2026-03-03T05:30:00Z',
      7,
      'America/Denver',
      '2026-03-10T05:59:59.999Z',
    ],
    ['where midnight does not exist', '2026-03-22T12:00:00Z', 6, 'Asia/Beirut', '2026-03-28T21:59:59.999Z'],
    ['where the clocks go back at midnight', '2026-10-17T12:00:00Z', 7, 'Asia/Beirut', '2026-10-24T21:59:59.999Z'],
    ['at the end of a year', '2026-12-20T12:00:00Z', 30, 'UTC', '2027-01-19T23:59:59.999Z'],
    ['half an hour off', '2026-03-02T18:31:00Z', 0, 'Asia/Kolkata', '2026-03-03T18:29:59.999Z'],
    ['far in the west', '2026-03-02T10:59:00Z', 7, 'Pacific/Pago_Pago', '2026-03-09T10:59:59.999Z'],
    ['far in the east', '2026-03-02T10:00:00Z', 7, 'Pacific/Kiritimati', '2026-03-10T09:59:59.999Z'],
  ])('%s', (_, from, days, zone, end) => {
    expect(endOfDayAfter(new Date(from), days, zone).toISOString()).toBe(end);
  });

  it('is the last instant of the day so many days later, whatever the zone and the time of year', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }),
        fc.integer({ min: 0, max: 60 }),
        fc.constantFrom('America/Denver', 'America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'Asia/Tehran'),
        (from, days, zone) => {
          const end = endOfDayAfter(from, days, zone);
          const day = new Date(Date.parse(`${localDate(from, zone)}T00:00:00Z`) + days * 86_400_000);
          expect(localDate(end, zone)).toBe(day.toISOString().slice(0, 10));
          expect(localDate(new Date(end.getTime() + 1), zone) > localDate(end, zone)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('local dates and ages', () => {
  it.each([
    ['2026-03-03T06:59:59Z', '2026-03-02'],
    ['2026-03-03T07:00:00Z', '2026-03-03'],
  ])('%s is the %s in Denver', (instant, date) => {
    expect(localDate(new Date(instant), 'America/Denver')).toBe(date);
  });

  it.each([
    ['2008-03-02', '2026-03-01', 17],
    ['2008-03-02', '2026-03-02', 18],
    ['2008-02-29', '2026-02-28', 17],
    ['2008-02-29', '2026-03-01', 18],
    ['2026-03-02', '2026-03-02', 0],
    ['2026-03-03', '2026-03-02', -1],
  ])('who was born on %s is on %s %i', (birth, on, years) => {
    expect(fullYears(birth, on)).toBe(years);
  });

  it.each(['America/Denver', 'America/Argentina/Buenos_Aires', 'Etc/GMT+7', 'UTC'])('%s is a zone', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  it.each(['', 'Denver', 'America/Nowhere', '+07:00', 'America/Denver\n', '__proto__/x', 'MST'])(
    '%j is none',
    (name) => {
      expect(isTimeZone(name)).toBe(false);
    },
  );
});

it('says the same day for every zone as the calendar itself, whatever was asked for before', () => {
  for (const timeZone of Intl.supportedValuesOf('timeZone')) {
    const calendar = new Intl.DateTimeFormat('sv-SE', { timeZone });
    for (const start of ['2026-03-08T09:59:00Z', '2026-11-01T08:59:00Z', '1971-12-31T23:59:00Z'].map(Date.parse))
      for (const later of [0, 59_999, 60_000, 14 * 3_600_000 + 1]) {
        const instant = new Date(start + later);
        expect([timeZone, localDate(instant, timeZone)]).toEqual([timeZone, calendar.format(instant)]);
      }
  }
});
