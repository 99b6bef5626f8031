import type { HsdsSchedule, HsdsServiceContent } from '../hsds.js';
import { wallTimeAtOffset, wallTimeInZone } from './civil-day.js';
import { askOpening, readOpening } from './opening.js';
import { openVerdictOf, scheduleGroupsOf } from './opening-hours.js';

/** Open at that time, in a directory of Chicago? */
function openAt(at: string, ...schedules: Partial<HsdsSchedule>[]): string {
  const moment = new Date(at);
  const said = schedules.map((schedule) => {
    const opening = readOpening({ id: 's', ...schedule });
    const { offset } = opening;
    const wall = offset === undefined ? wallTimeInZone(moment, 'America/Chicago') : wallTimeAtOffset(moment, offset);
    return askOpening(opening, wall);
  });
  return openVerdictOf([...said.keys()], said);
}

const mondays: Partial<HsdsSchedule> = { freq: 'WEEKLY', byday: 'MO', opens_at: '09:00', closes_at: '17:00' };
const afternoons = { ...mondays, opens_at: '13:00' };
const mornings = { ...mondays, closes_at: '12:00' };
const fridayNights: Partial<HsdsSchedule> = { freq: 'WEEKLY', byday: 'FR', opens_at: '20:00', closes_at: '02:00' };
const laborDay: Partial<HsdsSchedule> = { valid_from: '2026-09-07', valid_to: '2026-09-07', description: 'Closed' };

// 2026-09-14 is a Monday; Chicago is 5 hours behind UTC in summer and 6 in winter.
it.each([
  ['in the middle of the day', '2026-09-14T17:00:00Z', [mondays], 'yes'],
  ['at the minute when it opens', '2026-09-14T14:00:00Z', [mondays], 'yes'],
  ['a minute before', '2026-09-14T13:59:00Z', [mondays], 'no'],
  ['at the minute when it closes', '2026-09-14T22:00:00Z', [mondays], 'no'],
  ['on another day', '2026-09-15T17:00:00Z', [mondays], 'no'],
  ['after the clocks went back, by the clock on the wall', '2026-11-02T15:00:00Z', [mondays], 'yes'],
  ['after the clocks went back, an hour too early', '2026-11-02T14:30:00Z', [mondays], 'no'],
  ['in the first of several intervals', '2026-09-14T15:00:00Z', [mornings, afternoons], 'yes'],
  ['between two intervals', '2026-09-14T17:30:00Z', [mornings, afternoons], 'no'],
  ['before midnight', '2026-09-19T04:00:00Z', [fridayNights], 'yes'],
  ['after midnight, which is Saturday', '2026-09-19T06:59:00Z', [fridayNights], 'yes'],
  ['when the night is over', '2026-09-19T07:00:00Z', [fridayNights], 'no'],
  ['in the night before', '2026-09-18T06:00:00Z', [fridayNights], 'no'],
  [
    'in the hour after the one that the spring change leaves out',
    '2026-03-08T08:15:00Z',
    [{ ...fridayNights, byday: 'SA', closes_at: '03:30' }],
    'yes',
  ],
  [
    'in the hour that the autumn change repeats, the first time',
    '2026-11-01T06:30:00Z',
    [{ ...fridayNights, byday: 'SA' }],
    'yes',
  ],
  [
    'in the hour that the autumn change repeats, the second time',
    '2026-11-01T07:30:00Z',
    [{ ...fridayNights, byday: 'SA' }],
    'yes',
  ],
  ['on a holiday that is closed', '2026-09-07T17:00:00Z', [mondays, laborDay], 'no'],
  ['a week after that holiday', '2026-09-14T17:00:00Z', [mondays, laborDay], 'yes'],
  [
    'on a holiday with hours of its own',
    '2026-09-07T23:00:00Z',
    [mondays, { ...laborDay, opens_at: '17:00', closes_at: '20:00' }],
    'yes',
  ],
  [
    'on a holiday of which nothing is said',
    '2026-09-07T17:00:00Z',
    [mondays, { ...laborDay, description: 'Holiday hours' }],
    'unknown',
  ],
  [
    'in the night that goes on into a holiday',
    '2026-09-07T05:30:00Z',
    [{ ...fridayNights, byday: 'SU' }, laborDay],
    'yes',
  ],
  [
    'in the night after a holiday that was closed',
    '2026-09-08T05:30:00Z',
    [{ ...fridayNights, byday: 'MO' }, laborDay],
    'no',
  ],
  ['before the season', '2026-05-11T17:00:00Z', [{ ...mondays, valid_from: '2026-06-01' }], 'no'],
  ['after the season', '2026-11-09T17:00:00Z', [{ ...mondays, valid_to: '2026-10-31' }], 'no'],
  [
    'with an offset of its own, also in winter',
    '2026-12-14T14:00:00Z',
    [{ ...mondays, opens_at: '09:00-05:00', closes_at: '17:00-05:00' }],
    'yes',
  ],
  ['with times in UTC', '2026-09-14T09:30:00Z', [{ ...mondays, opens_at: '09:00Z', closes_at: '17:00Z' }], 'yes'],
  ['with a time zone in hours', '2026-09-14T03:30:00Z', [{ ...mondays, timezone: 5.5 }], 'yes'],
  [
    'all day, to the last minute',
    '2026-09-15T04:59:30Z',
    [{ ...mondays, opens_at: '00:00', closes_at: '23:59' }],
    'yes',
  ],
  ['from midnight to midnight', '2026-09-14T23:00:00Z', [{ ...mondays, opens_at: '00:00', closes_at: '00:00' }], 'yes'],
  ['on a day without times', '2026-09-14T17:00:00Z', [{ freq: 'WEEKLY', byday: 'MO' }], 'unknown'],
  ['on the day after', '2026-09-15T17:00:00Z', [{ freq: 'WEEKLY', byday: 'MO' }], 'no'],
  ['with a description alone', '2026-09-14T17:00:00Z', [{ description: 'Call for hours' }], 'unknown'],
  ['with a time that is none', '2026-09-14T17:00:00Z', [{ ...mondays, opens_at: 'nine' }], 'unknown'],
  ['with a time too few', '2026-09-14T17:00:00Z', [{ freq: 'WEEKLY', byday: 'MO', opens_at: '09:00' }], 'unknown'],
  ['without a schedule', '2026-09-14T17:00:00Z', [], 'unknown'],
] as [string, string, Partial<HsdsSchedule>[], string][])('open %s', (_, at, schedules, expected) => {
  expect(openAt(at, ...schedules)).toBe(expected);
});

it('what is said nearest to the service at a place counts, and each place counts for itself', () => {
  const schedule = (id: string): HsdsSchedule => ({ id, ...mondays });
  const location = { id: 'l', location_type: 'physical' as const };
  const groupsOf = (service: Partial<HsdsServiceContent>) =>
    scheduleGroupsOf({ id: 'x', name: 'x', status: 'active', ...service }).map((group) => group.map(({ id }) => id));
  const place = { id: 'p', location: { ...location, schedules: [schedule('of the place')] } };
  expect(groupsOf({})).toEqual([[]]);
  expect(groupsOf({ schedules: [schedule('own')] })).toEqual([['own']]);
  expect(groupsOf({ service_at_locations: [place] })).toEqual([['of the place']]);
  expect(groupsOf({ schedules: [schedule('own')], service_at_locations: [place] })).toEqual([['own']]);
  const here = { ...place, schedules: [schedule('here')] };
  expect(groupsOf({ schedules: [schedule('own')], service_at_locations: [here, place, { id: 'q' }] })).toEqual([
    ['here'],
    ['own'],
    ['own'],
  ]);
});
