const DAY = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** How far the clocks of a zone are ahead of UTC at an instant, in milliseconds. */
function offsetAt(instant: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((one) => one.type === type)?.value);
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return wall - Math.floor(instant / 1000) * 1000;
}

/** Midnight at the beginning of a day of a zone; on the rare day that has no midnight, its first instant. */
function startOfDay(date: number, zone: string): number {
  const guess = date - offsetAt(date, zone);
  const start = date - offsetAt(guess, zone);
  return offsetAt(start, zone) === offsetAt(guess, zone) ? start : Math.max(start, guess);
}

/**
 * The first instant of what a person means by `2026-03-02`; an instant (ISO 8601 with an offset) means itself.
 * @param zone IANA name, for example `America/Denver`
 */
export function beginningOf(text: string, zone: string): Date {
  return new Date(DATE.test(text) ? startOfDay(Date.parse(text), zone) : text);
}

/** The last instant of it, to the millisecond: a report as of a day tells what had happened by the end of that day. */
export function endOf(text: string, zone: string): Date {
  return new Date(DATE.test(text) ? startOfDay(Date.parse(text) + DAY, zone) - 1 : text);
}
