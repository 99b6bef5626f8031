import type { HsdsSchedule } from '../hsds.js';
import { readCivilDay } from '../search/civil-day.js';
import { readOpening } from '../search/opening.js';
import { endingAfter } from '../search/recurrence.js';
import type { RecordFault } from './record-fault.js';

/**
 * What is wrong with a schedule whose fields are well formed, each by itself: its rule by RFC 5545 (3.3.10), and whether
 * somebody who reads it can tell when a door is open. Opening hours without an end are what most schedules are; a rule
 * that is to occur so many times and never does, or never occurs at all, is refused.
 */
export function scheduleFaults(schedule: HsdsSchedule): RecordFault[] {
  const fields = [...ruleFaults(schedule), ...dateFaults(schedule), ...hourFaults(schedule)];
  const faults = fields.map(([field, detail]) => ({ path: [field], detail }));
  return faults.length > 0 ? faults : courseFaults(schedule);
}

type FieldFault = [keyof HsdsSchedule, string];

function ruleFaults({ freq, interval, count, until, byday, bymonthday, byweekno, byyearday, ...rest }: HsdsSchedule) {
  const faults: FieldFault[] = [];
  const yearlyAlone = 'belongs in yearly rules alone (RFC 5545), and HSDS has none';
  if (byweekno !== undefined) faults.push(['byweekno', yearlyAlone]);
  if (byyearday !== undefined) faults.push(['byyearday', yearlyAlone]);
  if (bymonthday !== undefined && freq !== 'MONTHLY') faults.push(['bymonthday', 'needs freq MONTHLY']);
  if (byday !== undefined && freq === undefined) faults.push(['freq', 'is needed with byday']);
  if (byday !== undefined && freq === 'WEEKLY' && /\d/.test(byday))
    faults.push(['byday', 'has a number, which belongs in monthly rules alone']);
  if (count !== undefined && until !== undefined)
    faults.push(['count', 'does not go with until: one of them ends a rule']);
  const start = rest.dtstart ?? rest.valid_from;
  if (freq === undefined) {
    for (const [field, value] of Object.entries({ interval, count, until }))
      if (value !== undefined) faults.push(['freq', `is needed with ${field}`]);
  } else if (start === undefined) {
    if (count !== undefined) faults.push(['dtstart', 'is needed with count']);
    if (interval !== undefined && interval > 1) faults.push(['dtstart', 'is needed with an interval']);
    if (byday === undefined && bymonthday === undefined) faults.push(['byday', 'or dtstart says on which days']);
  }
  return faults;
}

function dateFaults({ valid_from, valid_to, dtstart, until }: HsdsSchedule): FieldFault[] {
  const faults: FieldFault[] = [];
  const before = (end: string | undefined, start: string | undefined): boolean =>
    end !== undefined && start !== undefined && readCivilDay(end)! < readCivilDay(start)!;
  if (before(valid_to, valid_from)) faults.push(['valid_to', 'is before valid_from']);
  if (before(until, dtstart ?? valid_from)) faults.push(['until', 'is before the first day']);
  return faults;
}

function hourFaults({ opens_at, closes_at }: HsdsSchedule): FieldFault[] {
  if (opens_at !== undefined && closes_at === undefined) return [['closes_at', 'is needed with opens_at']];
  if (closes_at !== undefined && opens_at === undefined) return [['opens_at', 'is needed with closes_at']];
  if (opens_at === undefined || opens_at !== closes_at || opens_at.startsWith('00:00')) return [];
  return [['closes_at', 'is when it opens: 00:00 to 00:00 means all day']];
}

/** Of what has no fault of its own: whether it can be read as a whole, and ever occurs. */
function courseFaults(schedule: HsdsSchedule): RecordFault[] {
  const { count, freq, description, notes, schedule_link: link, dtstart, valid_from: from } = schedule;
  const opening = readOpening(schedule);
  if (opening.kind === 'unreadable')
    return (description ?? notes ?? link)
      ? []
      : [{ path: [], detail: 'says neither when it is open nor where to ask' }];
  const { rule } = opening;
  const start = readCivilDay(dtstart) ?? readCivilDay(from);
  if (!rule || freq === undefined || start === undefined) return [];
  if (count !== undefined && rule.until === undefined) return [{ path: ['count'], detail: 'is never reached' }];
  const first = endingAfter(rule, start, 1).until;
  return first === undefined || (rule.until !== undefined && first > rule.until)
    ? [{ path: ['byday'], detail: 'with the other fields is on no day at all' }]
    : [];
}
