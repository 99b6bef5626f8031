import type { FieldError } from '@throughline/shared/domain';
import { fullYears, localDate } from './zoned-days.js';

/** A terminal's clock may be ahead of ours by so much. */
const CLOCK_SKEW_MS = 60_000;
/** Older events are typing errors: no site takes a referral for what happened that long ago. */
const OLDEST_EVENT_YEARS = 10;
const OLDEST_PERSON_YEARS = 120;

/** What an officer says about times and dates, as it was sent. */
export interface StatedTimes {
  occurredAt: Date;
  birthDate: string;
  handOffAt?: Date | undefined;
}

/**
 * What cannot be true together, one entry per field, empty where all of it can.
 * @param timeZone of the agency: whether a birthday has come is told by the calendar on its wall
 */
export function contradictions(
  { occurredAt, birthDate, handOffAt }: StatedTimes,
  now: Date,
  timeZone: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const day = localDate(occurredAt, timeZone);
  const latest = now.getTime() + CLOCK_SKEW_MS;
  if (occurredAt.getTime() > latest)
    errors.push({ pointer: '#/occurredAt', detail: 'This is in the future; say when it happened.' });
  if (fullYears(day, localDate(now, timeZone)) >= OLDEST_EVENT_YEARS)
    errors.push({ pointer: '#/occurredAt', detail: `This is ${OLDEST_EVENT_YEARS} years ago or more.` });
  if (birthDate > day)
    errors.push({ pointer: '#/person/birthDate', detail: 'The person was born after the event happened.' });
  else if (fullYears(birthDate, day) > OLDEST_PERSON_YEARS)
    errors.push({
      pointer: '#/person/birthDate',
      detail: `The person would have been over ${OLDEST_PERSON_YEARS} years old.`,
    });
  if (handOffAt && handOffAt < occurredAt)
    errors.push({ pointer: '#/handOffAt', detail: 'The hand-off cannot be before the event.' });
  if (handOffAt && handOffAt.getTime() > latest)
    errors.push({ pointer: '#/handOffAt', detail: 'This is in the future; leave it out until the hand-off was made.' });
  return errors;
}
