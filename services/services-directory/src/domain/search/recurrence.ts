import { calendarDateOf, civilDay, weekdayOf, type CivilDay } from './civil-day.js';

/** A recurrence rule (RFC 5545, 3.3.10) as HSDS schedules carry it, read into numbers. COUNT is turned into UNTIL. */
export interface Recurrence {
  freq: 'WEEKLY' | 'MONTHLY';
  interval: number;
  /** The first day: occurrences are counted from here. Absent: the rule holds at all times. */
  start?: CivilDay;
  /** The last day on which it may occur, inclusive. */
  until?: CivilDay;
  /** Weekday on which a week begins: 0 is Monday. */
  weekStart: number;
  /** Days of every week of which it may be, as bits: bit 0 is Monday. */
  weekdays: number;
  /** Days of the month by their position in it, from its end when negative. In a monthly rule alone. */
  nthDays: readonly { weekday: number; nth: number }[];
  byMonthDay: readonly number[];
}

/**
 * Whether a rule occurs on a day. A rule that never ends costs as much as any other: the day is tested, occurrences
 * are not enumerated.
 */
export function occursOn(rule: Recurrence, day: CivilDay): boolean {
  if (rule.start !== undefined && day < rule.start) return false;
  if (rule.until !== undefined && day > rule.until) return false;
  return matches(rule, day);
}

/** Weeks or months looked through for the last of `count` occurrences; a rule that needs more counts as endless. */
const MAX_PERIODS = 2000;

/** The rule that ends with its `count`-th occurrence, counted from its start. */
export function endingAfter(rule: Recurrence, start: CivilDay, count: number): Recurrence {
  const { freq, interval, weekStart } = rule;
  let left = count;
  let period = freq === 'WEEKLY' ? weekOf(start, weekStart) : firstOfMonth(start, 0);
  for (let periods = 0; periods < MAX_PERIODS; periods += 1) {
    const end = freq === 'WEEKLY' ? period + 7 : firstOfMonth(period, 1);
    for (let day = Math.max(period, start); day < end; day += 1) {
      if (!matches(rule, day)) continue;
      left -= 1;
      if (left === 0) return { ...rule, until: day };
    }
    period = freq === 'WEEKLY' ? period + 7 * interval : firstOfMonth(period, interval);
  }
  return rule;
}

function matches(rule: Recurrence, day: CivilDay): boolean {
  return rule.freq === 'WEEKLY' ? matchesWeek(rule, day) : matchesMonth(rule, day);
}

function matchesWeek({ interval, start, weekStart, weekdays }: Recurrence, day: CivilDay): boolean {
  const named = weekdays === 0 ? weekdayOf(day) === weekdayOf(start ?? day) : isAmong(weekdays, day);
  if (!named || interval === 1 || start === undefined) return named;
  return ((weekOf(day, weekStart) - weekOf(start, weekStart)) / 7) % interval === 0;
}

/** The day on which the week of a day began. */
const weekOf = (day: CivilDay, weekStart: number): CivilDay => day - ((weekdayOf(day) - weekStart + 7) % 7);

const isAmong = (weekdays: number, day: CivilDay): boolean => ((weekdays >>> weekdayOf(day)) & 1) === 1;

function matchesMonth({ interval, start, weekdays, nthDays, byMonthDay }: Recurrence, day: CivilDay): boolean {
  const { year, month, dayOfMonth, monthLength } = calendarDateOf(day);
  if (interval > 1 && start !== undefined) {
    const first = calendarDateOf(start);
    if ((year * 12 + month - first.year * 12 - first.month) % interval !== 0) return false;
  }
  const inMonth = (wanted: number) => dayOfMonth === (wanted > 0 ? wanted : monthLength + 1 + wanted);
  if (byMonthDay.length > 0 && !byMonthDay.some(inMonth)) return false;
  if (weekdays !== 0 || nthDays.length > 0)
    return isAmong(weekdays, day) || nthDays.some((one) => matchesNth(one, day, dayOfMonth, monthLength));
  if (byMonthDay.length > 0) return true;
  return start !== undefined && dayOfMonth === calendarDateOf(start).dayOfMonth;
}

function matchesNth(
  { weekday, nth }: { weekday: number; nth: number },
  day: CivilDay,
  dayOfMonth: number,
  monthLength: number,
): boolean {
  if (weekdayOf(day) !== weekday) return false;
  return nth > 0 ? Math.ceil(dayOfMonth / 7) === nth : Math.ceil((monthLength - dayOfMonth + 1) / 7) === -nth;
}

function firstOfMonth(day: CivilDay, monthsLater: number): CivilDay {
  const { year, month } = calendarDateOf(day);
  return civilDay(year, month + monthsLater, 1);
}
