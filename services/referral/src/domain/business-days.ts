import { DAYS_OF_WEEK, type SitePolicy } from './site-policy.js';

/** The working days of a site: its days of the week without its holidays. */
export type BusinessCalendar = Pick<SitePolicy, 'businessDays' | 'holidays'>;

const DAY_MS = 86_400_000;

/** The calendar date so many days later; both `YYYY-MM-DD`. */
export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** Calendar days from one date to another, negative where the other is earlier. */
export const daysBetween = (from: string, to: string): number =>
  (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS;

export function isBusinessDay(date: string, { businessDays, holidays }: BusinessCalendar): boolean {
  const weekday = DAYS_OF_WEEK[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7];
  return weekday !== undefined && businessDays.includes(weekday) && !holidays.includes(date);
}

/** The date itself if somebody works on it, else the next one on which somebody does. */
export function rolledToBusinessDay(date: string, calendar: BusinessCalendar): string {
  let day = date;
  while (!isBusinessDay(day, calendar)) day = addDays(day, 1);
  return day;
}

/** The date of the `count`-th business day after a date, which itself does not count. */
export function addBusinessDays(date: string, count: number, calendar: BusinessCalendar): string {
  let day = date;
  for (let left = count; left > 0; left -= 1) day = rolledToBusinessDay(addDays(day, 1), calendar);
  return day;
}
