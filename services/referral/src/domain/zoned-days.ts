import { addDays } from './business-days.js';

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Making one takes longer than using it a hundred times. */
function formatterOf(timeZone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formatters.set(timeZone, formatter);
  }
  return formatter;
}

/** Since then no zone has been off UTC by anything but whole quarters of an hour, so that a day changes at one of them. */
const QUARTERS_SINCE = Date.UTC(1980, 0, 1);
const QUARTER_MS = 900_000;

/** What was asked for last, by zone and quarter of an hour: an intake asks several times for the days of now. */
const knownDates = new Map<string, string>();
const KNOWN_DATES = 1_000;

/** The calendar date `YYYY-MM-DD` on the wall of that IANA time zone. */
export function localDate(instant: Date, timeZone: string): string {
  const time = instant.getTime();
  if (!(time >= QUARTERS_SINCE)) return formattedDate(instant, timeZone);
  const key = `${timeZone} ${Math.floor(time / QUARTER_MS)}`;
  let date = knownDates.get(key);
  if (date === undefined) {
    date = formattedDate(instant, timeZone);
    if (knownDates.size >= KNOWN_DATES) knownDates.clear();
    knownDates.set(key, date);
  }
  return date;
}

function formattedDate(instant: Date, timeZone: string): string {
  const parts = formatterOf(timeZone).formatToParts(instant);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}

const DAY_MS = 86_400_000;

/**
 * The last millisecond of a calendar date `YYYY-MM-DD` on the wall of that zone.
 *
 * It is found by looking for the first instant with a later date, because a day has 23 to 25 hours where the clocks
 * change, and its midnight may not exist at all.
 */
export function endOfDay(day: string, timeZone: string): Date {
  const key = `${timeZone} ${day}`;
  const end = knownEnds.get(key) ?? lookedForEnd(day, timeZone);
  if (knownEnds.size >= KNOWN_ENDS) knownEnds.clear();
  knownEnds.set(key, end);
  return new Date(end);
}

/** The days of today's intake end at the same few instants, and looking for one takes as long as encrypting a person. */
const knownEnds = new Map<string, number>();
const KNOWN_ENDS = 1_000;

function lookedForEnd(day: string, timeZone: string): number {
  // no zone is farther than 14 hours from UTC: these two are surely before and after the end of that day
  let within = Date.parse(`${day}T00:00:00Z`) - DAY_MS;
  let after = within + 4 * DAY_MS;
  while (after - within > 1) {
    const middle = Math.floor((within + after) / 2);
    if (localDate(new Date(middle), timeZone) <= day) within = middle;
    else after = middle;
  }
  return within;
}

/** The last millisecond of the local day that is `days` after the local day of `from`. */
export const endOfDayAfter = (from: Date, days: number, timeZone: string): Date =>
  endOfDay(addDays(localDate(from, timeZone), days), timeZone);

/** Full years between two calendar dates `YYYY-MM-DD`; who is born on 29 February turns older on 1 March. */
export function fullYears(birthDate: string, on: string): number {
  const years = Number(on.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return on.slice(5) < birthDate.slice(5) ? years - 1 : years;
}

/** True for a name of the IANA time zone database, such as `America/Denver`, and not for an offset or a wish. */
export function isTimeZone(name: string): boolean {
  if (!/^(UTC|[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+)$/.test(name)) return false;
  try {
    return formatterOf(name).resolvedOptions().timeZone !== undefined;
  } catch {
    return false;
  }
}
