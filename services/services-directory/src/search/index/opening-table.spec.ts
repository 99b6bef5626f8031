import fc from 'fast-check';
import { isoDate, readCivilDay } from '../../domain/search/civil-day.js';
import { askOpening, readOpening, WEEKDAYS } from '../../domain/search/opening.js';
import type { HsdsSchedule } from '../../domain/hsds.js';
import { OpeningTable } from './opening-table.js';

const DAY = readCivilDay('2026-09-14')!;
const date = fc.integer({ min: -40, max: 40 }).map((days) => isoDate(DAY + days));
const seldom = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { nil: undefined, freq: 2 });
const schedules: fc.Arbitrary<HsdsSchedule> = fc
  .record({
    freq: fc.constantFrom('WEEKLY' as const, 'WEEKLY' as const, 'MONTHLY' as const, undefined),
    byday: seldom(fc.subarray([...WEEKDAYS], { minLength: 1 }).map((days) => days.join(','))),
    bymonthday: fc.constantFrom(undefined, undefined, '1,15'),
    interval: fc.constantFrom(undefined, 1, 2, 3),
    wkst: fc.constantFrom(...WEEKDAYS, undefined),
    count: fc.constantFrom(undefined, undefined, 4),
    dtstart: seldom(date),
    until: seldom(date),
    valid_from: seldom(date),
    valid_to: seldom(date),
    hours: fc.constantFrom([], ['09:00', '17:00'], ['20:00', '02:00'], ['00:00', '23:59'], ['13:00Z', '21:00Z'], ['9']),
    description: fc.constantFrom(undefined, 'Closed'),
  })
  .map(({ hours: [opens_at, closes_at], ...rest }) => {
    const given = Object.entries({ opens_at, closes_at, ...rest }).filter(([, value]) => value !== undefined);
    return { id: 's', ...Object.fromEntries(given) } as HsdsSchedule;
  });

it('says of every schedule what it says when it is asked alone, whatever came and went before', () => {
  const table = new OpeningTable();
  let told = 0;
  fc.assert(
    fc.property(
      fc.array(schedules, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: -45, max: 45 }),
      fc.constantFrom(0, 60, 600, 1439),
      (given, days, minute) => {
        const wallTime = (offset: number | undefined) => ({ day: DAY + days, minute: (minute + (offset ?? 5)) % 1440 });
        const numbers = given.map((schedule) => table.keep(schedule));
        const said = table.ask(wallTime);
        const expected = given.map((schedule) => {
          const opening = readOpening(schedule);
          return askOpening(opening, wallTime(opening.offset));
        });
        expect(numbers.map((number) => said[number])).toEqual(expected);
        told += expected.filter((bits) => bits !== 0).length;
        for (const number of numbers.slice(1)) table.release(number);
      },
    ),
    { numRuns: 200 },
  );
  expect(told).toBeGreaterThan(200);
});
