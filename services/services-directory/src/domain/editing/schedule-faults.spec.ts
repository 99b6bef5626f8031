import type { HsdsSchedule } from '../hsds.js';
import { scheduleFaults } from './schedule-faults.js';

const hours = { opens_at: '09:00', closes_at: '17:00' };
const weekly = { freq: 'WEEKLY', byday: 'MO', ...hours } as const;
const monthly = { freq: 'MONTHLY', dtstart: '2026-01-01', ...hours } as const;
const faultsOf = (schedule: Partial<HsdsSchedule>) =>
  scheduleFaults({ id: 's', ...schedule }).map(({ path, detail }) => `${path.join('/')} ${detail}`);

it.each<[string, Partial<HsdsSchedule>]>([
  ['hours on some days of the week', weekly],
  ['without an end', { ...weekly, dtstart: '2026-01-05' }],
  ['with an end', { ...weekly, dtstart: '2026-01-05', until: '2026-12-31' }],
  ['so many times', { ...weekly, dtstart: '2026-01-05', count: 10 }],
  ['every second week', { ...weekly, dtstart: '2026-01-05', interval: 2 }],
  ['the first Monday of the month', { ...monthly, byday: '1MO' }],
  ['the 31st, in months that have one', { ...monthly, bymonthday: '31' }],
  ['29 February, some times', { ...monthly, dtstart: '2028-02-01', interval: 12, bymonthday: '29', count: 3 }],
  ['a holiday', { valid_from: '2026-12-25', valid_to: '2026-12-25', description: 'Closed' }],
  ['hours of every day', hours],
  ['through the night', { ...weekly, opens_at: '20:00', closes_at: '02:00' }],
  ['around the clock', { ...weekly, opens_at: '00:00', closes_at: '00:00' }],
  ['words alone', { description: 'Call for hours' }],
  ['an address alone', { schedule_link: 'https://example.org/hours' }],
])('takes %s', (_, schedule) => {
  expect(faultsOf(schedule)).toEqual([]);
});

it.each<[string, Partial<HsdsSchedule>, string]>([
  ['one end of the hours', { ...weekly, closes_at: undefined as never }, 'closes_at is needed with opens_at'],
  [
    'hours without a length',
    { ...weekly, closes_at: '09:00' },
    'closes_at is when it opens: 00:00 to 00:00 means all day',
  ],
  [
    'two ends',
    { ...monthly, byday: '1MO', count: 3, until: '2027-01-01' },
    'count does not go with until: one of them ends a rule',
  ],
  [
    'an end before the beginning',
    { ...weekly, dtstart: '2026-02-01', until: '2026-01-01' },
    'until is before the first day',
  ],
  [
    'a season that ends before it begins',
    { ...weekly, valid_from: '2026-02-01', valid_to: '2026-01-01' },
    'valid_to is before valid_from',
  ],
  ['a count from nowhere', { ...weekly, count: 3 }, 'dtstart is needed with count'],
  ['an interval from nowhere', { ...weekly, interval: 2 }, 'dtstart is needed with an interval'],
  ['days without a frequency', { ...hours, byday: 'MO' }, 'freq is needed with byday'],
  ['an interval without a frequency', { ...hours, interval: 2 }, 'freq is needed with interval'],
  ['a frequency without days', { freq: 'WEEKLY', ...hours }, 'byday or dtstart says on which days'],
  [
    'the second Monday of a week',
    { ...weekly, byday: '2MO' },
    'byday has a number, which belongs in monthly rules alone',
  ],
  ['days of the month in a week', { ...weekly, bymonthday: '1' }, 'bymonthday needs freq MONTHLY'],
  [
    'weeks of the year',
    { ...weekly, byweekno: '1' },
    'byweekno belongs in yearly rules alone (RFC 5545), and HSDS has none',
  ],
  [
    'days of the year',
    { ...weekly, byyearday: '1' },
    'byyearday belongs in yearly rules alone (RFC 5545), and HSDS has none',
  ],
  [
    '30 February',
    { ...monthly, dtstart: '2026-02-01', interval: 12, bymonthday: '30' },
    'byday with the other fields is on no day at all',
  ],
  [
    'a count that is never reached',
    { ...monthly, dtstart: '2026-02-01', interval: 12, bymonthday: '30', count: 2 },
    'count is never reached',
  ],
  [
    'a rule that is over before it occurs',
    { ...monthly, byday: '5FR', until: '2026-01-15' },
    'byday with the other fields is on no day at all',
  ],
  ['nothing', {}, ' says neither when it is open nor where to ask'],
])('refuses %s', (_, schedule, fault) => {
  expect(faultsOf(JSON.parse(JSON.stringify(schedule)) as Partial<HsdsSchedule>)).toEqual([fault]);
});
