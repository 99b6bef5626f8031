import { isAllDay, readTimeOfDay, readWeekdays } from './opening-times.js';
import type { OwnerKind, Part, RowReader } from './row-reader.js';

const OWNERS: OwnerKind[] = ['service_at_location', 'service', 'location'];
const BYDAY = /^[+-]?\d{0,2}(MO|TU|WE|TH|FR|SA|SU)(,[+-]?\d{0,2}(MO|TU|WE|TH|FR|SA|SU))*$/;
const NUMBERS = /^[+-]?\d{1,3}(,[+-]?\d{1,3})*$/;
const EVERY_DAY = 'MO,TU,WE,TH,FR,SA,SU';

/**
 * A schedule of HSDS 2 and 3, whose columns are parts of a recurrence rule (RFC 5545, section 3.3.10). HSDS 3 knows the
 * frequencies WEEKLY and MONTHLY alone: DAILY is WEEKLY on every day, and what recurs yearly cannot be said.
 */
export function schedule(row: RowReader): Part[] {
  const owner = row.owner(...OWNERS);
  const [freq, everyDay] = frequency(row);
  const byday = weekdays(row) ?? (everyDay ? EVERY_DAY : undefined);
  const record = {
    valid_from: row.date('valid_from'),
    valid_to: row.date('valid_to'),
    dtstart: row.date('dtstart'),
    timezone: row.number('timezone', -14, 14),
    until: row.date('until'),
    count: row.number('count', 1, 100_000),
    wkst: weekStart(row),
    freq,
    interval: row.number('interval', 1, 1000),
    byday,
    byweekno: numbers(row, 'byweekno'),
    bymonthday: numbers(row, 'bymonthday'),
    byyearday: numbers(row, 'byyearday'),
    description: row.text('description'),
    ...times(row),
    schedule_link: row.uri('schedule_link'),
    attending_type: row.text('attending_type'),
    notes: row.text('notes'),
  };
  return [{ kind: 'schedule', id: row.idOrDerived(), owner, record }];
}

function frequency(row: RowReader): ['WEEKLY' | 'MONTHLY' | undefined, boolean] {
  const text = row.text('freq')?.toUpperCase();
  if (text === undefined || text === 'WEEKLY' || text === 'MONTHLY') return [text, false];
  if (text !== 'DAILY')
    return row.reject('freq-unknown', 'freq is neither WEEKLY nor MONTHLY, and HSDS 3 knows no other');
  row.note('freq-rewritten', 'DAILY was written as WEEKLY on every day');
  return ['WEEKLY', true];
}

function weekdays(row: RowReader): string | undefined {
  const text = row.text('byday');
  if (text === undefined) return undefined;
  const plain = text.toUpperCase().replaceAll(' ', '');
  if (BYDAY.test(plain)) return plain;
  const read = readWeekdays(text);
  if (!read) return row.reject('weekday-unreadable', 'byday names no days of the week');
  row.note('weekday-range', `byday stood for ${read.byday}`);
  return read.byday;
}

function weekStart(row: RowReader): string | undefined {
  const text = row.text('wkst')?.toUpperCase();
  if (text === undefined || EVERY_DAY.split(',').includes(text)) return text;
  row.note('wkst-unknown', 'wkst is no day of the week and was left out');
  return undefined;
}

function numbers(row: RowReader, column: string): string | undefined {
  const text = row.text(column)?.replaceAll(' ', '');
  if (text === undefined || NUMBERS.test(text)) return text;
  row.note('numbers-unreadable', `${column} is no list of numbers and was left out`);
  return undefined;
}

function times(row: RowReader): { opens_at?: string; closes_at?: string } {
  if (isAllDay(row.text('opens_at') ?? '')) {
    row.note('open-all-day', '24 hours was written as 00:00 to 23:59');
    return { opens_at: '00:00', closes_at: '23:59' };
  }
  const read = (column: 'opens_at' | 'closes_at') => {
    const text = row.text(column);
    if (text === undefined) return {};
    const found = readTimeOfDay(text) ?? row.reject('time-unreadable', `${column} is no time of day`);
    if (found.rewritten) row.note('time-rewritten', `${column} was written as ${found.time}`);
    return { [column]: found.time };
  };
  return { ...read('opens_at'), ...read('closes_at') };
}
