/** A day of the calendar without a time zone: days since 1970-01-01. */
export type CivilDay = number;

const DAY_MS = 86_400_000;

/** 0 is Monday, 6 Sunday. */
export const weekdayOf = (day: CivilDay): number => (((day + 3) % 7) + 7) % 7;

export const civilDay = (year: number, month: number, dayOfMonth: number): CivilDay =>
  Math.floor(Date.UTC(year, month - 1, dayOfMonth) / DAY_MS);

export interface CalendarDate {
  year: number;
  /** 1 to 12. */
  month: number;
  dayOfMonth: number;
  /** Days of that month. */
  monthLength: number;
}

const DAYS_BEFORE_1970 = 719_468;
const DAYS_OF_400_YEARS = 146_097;
const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * The Gregorian calendar by arithmetic on years that begin in March (Hinnant, chrono-compatible low-level date
 * algorithms), since thousands of rules ask for it in one query and a `Date` costs ten times as much.
 */
export function calendarDateOf(day: CivilDay): CalendarDate {
  const shifted = day + DAYS_BEFORE_1970;
  const era = Math.floor(shifted / DAYS_OF_400_YEARS);
  const dayOfEra = shifted - era * DAYS_OF_400_YEARS;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return { year, month, dayOfMonth, monthLength: month === 2 && isLeap ? 29 : MONTH_LENGTHS[month - 1]! };
}

const DATE = /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?$/;

/** The day at the head of an ISO 8601 or iCalendar date or date-time; undefined for a text that is none. */
export function readCivilDay(text: string | undefined): CivilDay | undefined {
  const [, year, month, dayOfMonth] = DATE.exec(text?.trim() ?? '') ?? [];
  if (year === undefined) return undefined;
  const day = civilDay(Number(year), Number(month), Number(dayOfMonth));
  const read = calendarDateOf(day);
  return read.month === Number(month) && read.dayOfMonth === Number(dayOfMonth) ? day : undefined;
}

export const isoDate = (day: CivilDay): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** The time on a clock on the wall: its day, and the minutes since that day began. */
export interface WallTime {
  day: CivilDay;
  minute: number;
}

/** What a clock shows that is so many minutes ahead of UTC. */
export function wallTimeAtOffset(at: Date, offsetMinutes: number): WallTime {
  const minutes = Math.floor(at.getTime() / 60_000) + offsetMinutes;
  const day = Math.floor(minutes / 1440);
  return { day, minute: minutes - day * 1440 };
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Made once a zone, since making one takes longer than a search. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** What a clock in that zone (IANA name) shows, daylight-saving time included. */
export function wallTimeInZone(at: Date, timeZone: string): WallTime {
  const parts = formatOf(timeZone).formatToParts(at);
  const part = (type: string) => Number(parts.find((one) => one.type === type)!.value);
  return { day: civilDay(part('year'), part('month'), part('day')), minute: part('hour') * 60 + part('minute') };
}
