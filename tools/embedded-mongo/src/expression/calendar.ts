/** Time zones and calendar units: local time is milliseconds as if the zone were UTC. */
import { MongoError, failedToParse } from '../errors.js';

export const UNITS = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond'] as const;
export type Unit = (typeof UNITS)[number];
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

const MILLIS: Record<string, number> = { hour: 3_600_000, minute: 60_000, second: 1000, millisecond: 1 };
export const DAY = 86_400_000;
/** 1 January 2000, from which `$dateTrunc` counts bins. */
const REFERENCE = Date.UTC(2000, 0, 1);

export interface Zone {
  /** Milliseconds to add to UTC at an instant. */
  offset(ms: number): number;
}
export const UTC: Zone = { offset: () => 0 };
const zones = new Map<string, Zone>([
  ['UTC', UTC],
  ['GMT', UTC],
  ['Z', UTC],
]);

/** @throws MongoError 40485 for a name that is no zone */
export function zoneOf(name: string): Zone {
  let zone = zones.get(name);
  if (zone) return zone;
  const fixed = /^([+-])(\d\d):?(\d\d)?$/.exec(name);
  if (fixed) {
    const ms = (Number(fixed[2]) * 60 + Number(fixed[3] ?? 0)) * 60_000 * (fixed[1] === '-' ? -1 : 1);
    zone = { offset: () => ms };
  } else zone = named(name);
  zones.set(name, zone);
  return zone;
}

function named(name: string): Zone {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    });
  } catch {
    throw new MongoError(40485, `unrecognized time zone identifier: "${name}"`);
  }
  return {
    offset(ms) {
      const p: Record<string, string> = {};
      for (const { type, value } of format.formatToParts(ms)) p[type] = value;
      const year = p.era === 'BC' ? 1 - Number(p.year) : Number(p.year);
      const local = new Date(0);
      local.setUTCFullYear(year, Number(p.month) - 1, Number(p.day));
      local.setUTCHours(Number(p.hour), Number(p.minute), Number(p.second));
      return local.getTime() - Math.floor(ms / 1000) * 1000;
    },
  };
}

export const toLocal = (ms: number, zone: Zone): number => ms + zone.offset(ms);

/** The instant of a local time: the earlier one where clocks go back, moved forward where they skip it. */
export function fromLocal(local: number, zone: Zone): number {
  const before = local - zone.offset(local - DAY);
  if (toLocal(before, zone) === local) return before;
  const after = local - zone.offset(local + DAY);
  return toLocal(after, zone) === local ? after : before;
}

export function weekday(name: string): number {
  const i = WEEKDAYS.findIndex((d) => d === name.toLowerCase() || d.slice(0, 3) === name.toLowerCase());
  if (i < 0) throw failedToParse(`unknown day of week value: ${name}`);
  return i;
}

const months = (local: number): number => {
  const d = new Date(local);
  return d.getUTCFullYear() * 12 + d.getUTCMonth();
};
const ofMonth = (n: number): number => Date.UTC(2000, n - 24000, 1);
const days = (local: number): number => Math.floor(local / DAY);
/** Days since 1970 of which the first is a Thursday, counted in weeks that begin on a day of the week. */
const weeks = (local: number, start: number): number => Math.floor((days(local) + 4 - start) / 7);
const PER_UNIT: Partial<Record<Unit, number>> = { year: 12, quarter: 3, month: 1 };

/** The start of the bin that an instant lies in. */
export function truncate(ms: number, unit: Unit, size: number, zone: Zone, startOfWeek: number): number {
  const millis = MILLIS[unit];
  if (millis) {
    const start = fromLocal(REFERENCE, zone);
    return start + Math.floor((ms - start) / (millis * size)) * millis * size;
  }
  const local = toLocal(ms, zone);
  const perUnit = PER_UNIT[unit];
  if (perUnit) {
    const bin = perUnit * size;
    const base = months(REFERENCE);
    return fromLocal(ofMonth(base + Math.floor((months(local) - base) / bin) * bin), zone);
  }
  const base = unit === 'day' ? days(REFERENCE) : days(REFERENCE) + ((startOfWeek - 6 + 7) % 7);
  const bin = (unit === 'day' ? 1 : 7) * size;
  return fromLocal((base + Math.floor((days(local) - base) / bin) * bin) * DAY, zone);
}

/** How many boundaries of the unit lie between two instants. */
export function difference(from: number, to: number, unit: Unit, zone: Zone, startOfWeek: number): number {
  const [a, b] = [toLocal(from, zone), toLocal(to, zone)];
  switch (unit) {
    case 'year':
      return Math.floor(months(b) / 12) - Math.floor(months(a) / 12);
    case 'quarter':
      return Math.floor(months(b) / 3) - Math.floor(months(a) / 3);
    case 'month':
      return months(b) - months(a);
    case 'week':
      return weeks(b, startOfWeek) - weeks(a, startOfWeek);
    case 'day':
      return days(b) - days(a);
    case 'hour':
    case 'minute': {
      const moved = (b - to - (a - from)) / MILLIS[unit]!;
      return Math.trunc(Math.floor(b / MILLIS[unit]!) - Math.floor(a / MILLIS[unit]!) - moved);
    }
    default:
      return Math.floor(to / MILLIS[unit]!) - Math.floor(from / MILLIS[unit]!);
  }
}

/**
 * An instant moved by calendar units; a day that the month does not have becomes its last. The server loses a second on
 * instants before 1970 with a fraction of a second (recorded: aggregate-dates-0073), and so it is here.
 */
export function move(ms: number, unit: Unit, amount: number, zone: Zone): number {
  const millis = MILLIS[unit];
  if (millis) return ms + amount * millis;
  return moveByCalendar(ms, unit, amount, zone) - (ms % 1000 < 0 ? 1000 : 0);
}

function moveByCalendar(ms: number, unit: Unit, amount: number, zone: Zone): number {
  const local = toLocal(ms, zone);
  const perUnit = PER_UNIT[unit];
  if (!perUnit) return fromLocal(local + amount * DAY * (unit === 'week' ? 7 : 1), zone);
  const month = months(local) + amount * perUnit;
  const first = ofMonth(month);
  const length = (ofMonth(month + 1) - first) / DAY;
  const day = Math.min(new Date(local).getUTCDate(), length);
  return fromLocal(first + (day - 1) * DAY + (local - days(local) * DAY), zone);
}

/** ISO 8601 week and the year that it belongs to. */
export function isoWeek(local: number): { week: number; year: number; day: number } {
  const day = (((days(local) + 3) % 7) + 7) % 7;
  const thursday = new Date((days(local) - day + 3) * DAY);
  const year = thursday.getUTCFullYear();
  return { week: Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / DAY / 7) + 1, year, day: day + 1 };
}
export const dayOfYear = (local: number): number => {
  const start = new Date(0).setUTCFullYear(new Date(local).getUTCFullYear(), 0, 1);
  return days(local) - days(start) + 1;
};
