/** A length of time before a day, by the calendar. At least one part is given and more than 0. */
export interface Window {
  years?: number;
  months?: number;
  days?: number;
}

/**
 * The first day of a window, which belongs to it as its last one does: the same day so many years and months earlier,
 * or the last day of that month where it is shorter (one year before 29 February is 28 February), and then so many
 * days earlier. Calendar dates have no hours, so no change of clocks moves it.
 * @param asOf the last day of the window, `YYYY-MM-DD`
 */
export function startOfWindow(asOf: string, { years = 0, months = 0, days = 0 }: Window): string {
  const [year, month, day] = asOf.split('-').map(Number) as [number, number, number];
  const first = month - 1 - years * 12 - months;
  const lastDay = new Date(Date.UTC(year, first + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, first, Math.min(day, lastDay) - days)).toISOString().slice(0, 10);
}

/** True for a day that the calendar has, as `YYYY-MM-DD`. */
export function isCalendarDate(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
