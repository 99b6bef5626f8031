import type { HsdsSchedule } from '../hsds.js';
import { readCivilDay, type CivilDay, type WallTime } from './civil-day.js';
import { endingAfter, occursOn, type Recurrence } from './recurrence.js';

/** One HSDS schedule, read once, so that asking whether it is open costs next to nothing. */
export interface Opening {
  /**
   * `regular` recurs. `exception` is a dated schedule without a frequency, such as a holiday: on its days it stands in
   * for everything regular. `unreadable` says something of which no opening time can be told.
   */
  kind: 'regular' | 'exception' | 'unreadable';
  from?: CivilDay;
  to?: CivilDay;
  rule?: Recurrence;
  /** Minutes after midnight; `closes` beyond 1440 is on the next day. Absent: open or not, but nobody knows when. */
  opens?: number;
  closes?: number;
  /** An exception that says that it is closed. */
  closed?: true;
  /** Minutes ahead of UTC, where the schedule says so; else the zone of the directory holds. */
  offset?: number;
}

export const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
const BY_DAY = /^([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)$/;
const TIME = /^(\d{1,2}):(\d{2})(?::\d{2})?(?:\s*(Z|[+-]\d{2}:?\d{2}))?$/i;
const SAYS_CLOSED = /\bclosed\b/i;
/** A range of dates without a frequency that is longer than this is a season, not a holiday. */
const LONGEST_EXCEPTION = 31;

/**
 * Reads a schedule. What the standard does not allow (an interval of 0, a weekday that is none, a part that this
 * engine does not read) makes it `unreadable`: then nobody is told that a door is open.
 */
export function readOpening(schedule: HsdsSchedule): Opening {
  const from = readCivilDay(schedule.valid_from);
  const to = readCivilDay(schedule.valid_to);
  const dates = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const hours = readHours(schedule);
  if (hours === undefined || (schedule.valid_from && from === undefined) || (schedule.valid_to && to === undefined))
    return { kind: 'unreadable', ...dates };
  if (schedule.freq === undefined && !schedule.byday && !schedule.bymonthday)
    return readUnruled(schedule, dates, hours);
  const rule = readRule(schedule);
  return rule ? { kind: 'regular', rule, ...dates, ...hours } : { kind: 'unreadable', ...dates };
}

type Hours = Pick<Opening, 'opens' | 'closes' | 'offset'>;

/** Without a rule: a date, a range of dates, or hours of every day. */
function readUnruled(schedule: HsdsSchedule, dates: { from?: CivilDay; to?: CivilDay }, hours: Hours): Opening {
  const day = readCivilDay(schedule.dtstart);
  const { from = day, to = day } = dates;
  const closed = SAYS_CLOSED.test(`${schedule.description ?? ''} ${schedule.notes ?? ''}`);
  const timed = hours.opens !== undefined;
  if (from !== undefined && to !== undefined && to - from < LONGEST_EXCEPTION)
    return { kind: 'exception', from, to, ...hours, ...(closed && !timed ? { closed: true as const } : {}) };
  if (!timed) return { kind: 'unreadable', ...dates };
  const rule: Recurrence = { freq: 'WEEKLY', interval: 1, weekStart: 0, weekdays: 127, nthDays: [], byMonthDay: [] };
  return { kind: 'regular', rule, ...dates, ...hours };
}

/** Undefined where a time is given that cannot be read, or one of the two is missing. */
function readHours({ opens_at, closes_at, timezone }: HsdsSchedule): Hours | undefined {
  const offset = typeof timezone === 'number' && Math.abs(timezone) <= 14 ? { offset: Math.round(timezone * 60) } : {};
  if (!opens_at && !closes_at) return offset;
  const opens = readTime(opens_at);
  const closes = readTime(closes_at);
  if (!opens || !closes) return undefined;
  const end = closes.minute === 1439 ? 1440 : closes.minute; // 23:59 is how sources write the end of the day
  if (end === opens.minute && end !== 0) return undefined; // all day, or never: it does not say
  return {
    opens: opens.minute,
    closes: end > opens.minute ? end : end + 1440,
    ...offset,
    ...(opens.offset === undefined ? {} : { offset: opens.offset }),
  };
}

function readTime(text: string | undefined): { minute: number; offset?: number } | undefined {
  const [, hour, minute, zone] = TIME.exec(text?.trim() ?? '') ?? [];
  const minutes = Number(hour) * 60 + Number(minute);
  if (!(minutes >= 0 && minutes <= 1440 && Number(minute) < 60)) return undefined;
  if (zone === undefined) return { minute: minutes };
  if (/^z$/i.test(zone)) return { minute: minutes, offset: 0 };
  const digits = zone.slice(1).replace(':', '');
  const ahead = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return { minute: minutes, offset: zone.startsWith('-') ? -ahead : ahead };
}

function readRule(schedule: HsdsSchedule): Recurrence | undefined {
  const { freq = schedule.bymonthday ? 'MONTHLY' : 'WEEKLY', interval = 1, count, byweekno, byyearday } = schedule;
  const start = readCivilDay(schedule.dtstart) ?? readCivilDay(schedule.valid_from);
  const until = readCivilDay(schedule.until);
  const byDay = readByDay(schedule.byday, freq);
  const byMonthDay = readMonthDays(schedule.bymonthday, freq);
  const weekStart = WEEKDAYS.indexOf((schedule.wkst ?? 'MO') as 'MO');
  const bad =
    (freq !== 'WEEKLY' && freq !== 'MONTHLY') ||
    !isCount(interval) ||
    (count !== undefined && !isCount(count)) ||
    ((interval > 1 || count !== undefined) && start === undefined) ||
    (schedule.until && until === undefined) ||
    (schedule.dtstart && readCivilDay(schedule.dtstart) === undefined) ||
    byweekno ||
    byyearday ||
    weekStart < 0;
  if (bad || !byDay || !byMonthDay) return undefined;
  if (byDay.weekdays === 0 && byDay.nthDays.length + byMonthDay.length === 0 && start === undefined) return undefined;
  const dates = { ...(start === undefined ? {} : { start }), ...(until === undefined ? {} : { until }) };
  const rule: Recurrence = { freq, interval, weekStart, ...byDay, byMonthDay, ...dates };
  return count === undefined || start === undefined ? rule : endingAfter(rule, start, count);
}

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 10_000;

const partsOf = (list: string | undefined): string[] => list?.split(/[\s,]+/).filter((part) => part !== '') ?? [];

/** RFC 5545: a number before a weekday has no place in a weekly rule. */
function readByDay(list: string | undefined, freq: string): Pick<Recurrence, 'weekdays' | 'nthDays'> | undefined {
  let weekdays = 0;
  const nthDays: { weekday: number; nth: number }[] = [];
  for (const part of partsOf(list)) {
    const [, nth, name] = BY_DAY.exec(part.toUpperCase()) ?? [];
    const weekday = WEEKDAYS.indexOf(name as 'MO');
    if (weekday < 0 || (freq === 'WEEKLY' && nth !== undefined)) return undefined;
    if (nth === undefined) weekdays |= 1 << weekday;
    else nthDays.push({ weekday, nth: Number(nth) });
  }
  return { weekdays, nthDays };
}

function readMonthDays(list: string | undefined, freq: string): readonly number[] | undefined {
  const days = partsOf(list).map(Number);
  const bad = days.some((day) => !Number.isInteger(day) || day === 0 || Math.abs(day) > 31);
  return bad || (days.length > 0 && freq === 'WEEKLY') ? undefined : days;
}

/** What a schedule says about a moment, as bits: those of what began today, and of what began yesterday and goes on. */
export const OPEN_TODAY = 1;
export const UNKNOWN_TODAY = 2;
export const EXCEPTION_TODAY = 4;
export const OPEN_SINCE_YESTERDAY = 8;
export const EXCEPTION_YESTERDAY = 16;

/** Asks a schedule about a moment on the clock of its own zone. */
export function askOpening(opening: Opening, { day, minute }: WallTime): number {
  if (opening.kind === 'unreadable') return isValid(opening, day) ? UNKNOWN_TODAY : 0;
  const { opens, closes } = opening;
  const isException = opening.kind === 'exception';
  let said = 0;
  if (occurs(opening, day)) {
    if (isException) said |= EXCEPTION_TODAY;
    if (opens === undefined || closes === undefined) said |= opening.closed ? 0 : UNKNOWN_TODAY;
    else if (minute >= opens && minute < closes) said |= OPEN_TODAY;
  }
  const reachesOver = closes !== undefined && closes > 1440;
  if ((reachesOver || isException) && occurs(opening, day - 1)) {
    if (isException) said |= EXCEPTION_YESTERDAY;
    if (reachesOver && minute < closes - 1440) said |= OPEN_SINCE_YESTERDAY;
  }
  return said;
}

const isValid = ({ from, to }: Opening, day: CivilDay): boolean =>
  (from === undefined || day >= from) && (to === undefined || day <= to);

const occurs = (opening: Opening, day: CivilDay): boolean =>
  isValid(opening, day) && (opening.rule === undefined || occursOn(opening.rule, day));
