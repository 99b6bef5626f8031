/** A time of day as HSDS writes it: `HH:MM`, with `Z` or an offset where the source gives one. */
export interface TimeOfDay {
  time: string;
  /** What stood beside the time, for example `dispensing` in `10:30am (dispensing)`. */
  remark?: string;
  /** True when the text was not a plain 24-hour time. */
  rewritten: boolean;
}

const TIME = /^(\d{1,2})(?:[:.](\d{2}))?(?::\d{2}(?:\.\d+)?)?\s*([ap])?(?:\.?m\.?)?\s*(z|[+-]\d{2}:?\d{2})?$/i;

/** Reads `9:00`, `8:30AM`, `5 p.m.`, `noon`, `10:30am (dispensing)`, `09:00-05:00`; undefined for anything else. */
export function readTimeOfDay(text: string): TimeOfDay | undefined {
  const [, plain = '', remark] = /^([^(]*?)\s*(?:\(([^)]*)\)\s*)?$/.exec(text.trim()) ?? [];
  const named = { noon: '12:00', midday: '12:00', midnight: '00:00' }[plain.toLowerCase()];
  const beside = remark?.trim() ? { remark: remark.trim() } : {};
  if (named) return { time: named, ...beside, rewritten: true };
  const match = TIME.exec(plain);
  if (!match) return undefined;
  const [, hourText, minute = '00', half, zone = ''] = match;
  const twelveHour = half !== undefined;
  let hour = Number(hourText);
  if (twelveHour && (hour < 1 || hour > 12)) return undefined;
  if (twelveHour) hour = (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  if (hour > 24 || Number(minute) > 59 || (hour === 24 && minute !== '00')) return undefined;
  const endOfDay = hour === 24;
  const clock = endOfDay ? '23:59' : `${String(hour).padStart(2, '0')}:${minute}`;
  const rewritten = twelveHour || endOfDay || match[2] === undefined || remark !== undefined;
  return { time: clock + zone.toUpperCase(), ...beside, rewritten };
}

/** Whether a text says that something is open all day: HSDS has no word for it, so it becomes 00:00 to 23:59. */
export const isAllDay = (text: string): boolean => /^(24\s*(hours?|hrs?|\/\s*7)|all day|open 24.*)$/i.test(text.trim());

const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
const NAMES = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/**
 * Reads a weekday cell as an iCalendar BYDAY list: a name or its beginning, a number (HSDS 1.1: 1 is Monday, 7 Sunday;
 * 0 is taken as Sunday too), a range (`Monday-Friday`, over the week's end as well), a list, `weekdays`, `daily`.
 * @returns `several` when the one cell stands for more than one day; undefined for anything that is no weekday
 */
export function readWeekdays(text: string): { byday: string; several: boolean } | undefined {
  const groups: Record<string, string> = {
    daily: 'monday-sunday',
    'every day': 'monday-sunday',
    everyday: 'monday-sunday',
    weekdays: 'monday-friday',
    weekends: 'saturday-sunday',
  };
  const plain = text.trim().toLowerCase();
  const chosen = new Set<number>();
  for (const piece of (groups[plain] ?? plain).split(/\s*(?:,|;|&|\/|\band\b)\s*/)) {
    const ends = piece.split(/\s*(?:-|–|—|\bto\b|\bthrough\b|\bthru\b)\s*/).map(dayIndex);
    const [first, last = first] = ends;
    if (first === undefined || last === undefined || ends.includes(undefined) || ends.length > 2) return undefined;
    for (let day = first; ; day = (day + 1) % 7) {
      chosen.add(day);
      if (day === last) break;
    }
  }
  const byday = DAYS.filter((_, index) => chosen.has(index)).join(',');
  return { byday, several: chosen.size > 1 };
}

function dayIndex(text: string): number | undefined {
  const plain = text.replace(/\.$/, '');
  if (/^[0-7]$/.test(plain)) return (Number(plain) + 6) % 7;
  const found = plain.length >= 2 ? NAMES.findIndex((name) => name.startsWith(plain.replace(/s$/, ''))) : -1;
  return found === -1 || (plain.length < 3 && plain !== DAYS[found]?.toLowerCase()) ? undefined : found;
}
