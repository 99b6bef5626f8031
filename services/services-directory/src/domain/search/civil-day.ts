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

export function calendarDateOf(day: CivilDay): CalendarDate {
  const date = new Date(day * DAY_MS);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth() + 1;
  const monthLength = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return { year, month, dayOfMonth: date.getUTCDate(), monthLength };
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
