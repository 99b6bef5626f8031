import type { HsdsSchedule, HsdsServiceContent } from '../hsds.js';
import type { Verdict } from './verdict.js';
import { EXCEPTION_TODAY, EXCEPTION_YESTERDAY, OPEN_SINCE_YESTERDAY, OPEN_TODAY, UNKNOWN_TODAY } from './opening.js';

/**
 * The schedules that say when a service is open: a group for each place where it is offered, of which one open group
 * is enough. What is said of the service at that place goes before what is said of the service, and that before the
 * hours of the place itself. A place of which nothing is said has an empty group.
 */
export function scheduleGroupsOf(service: HsdsServiceContent): HsdsSchedule[][] {
  const own = service.schedules ?? [];
  const places = service.service_at_locations ?? [];
  if (places.length === 0) return [own];
  return places.map((place) => {
    const nearest = [place.schedules, own, place.location?.schedules].find((list) => list && list.length > 0);
    return nearest ?? [];
  });
}

/** Stands between the schedules of one place and those of the next, where the groups of a service are one list. */
export const NEXT_PLACE = 0xffffffff;

/** Groups of numbers as one list. */
export const hoursOf = (groups: readonly (readonly number[])[]): number[] =>
  groups.flatMap((group, at) => (at === 0 ? group : [NEXT_PLACE, ...group]));

/**
 * Whether a service is open: at one of its places, which is enough. A place of which nothing is said is unknown.
 * @param hours numbers of schedules, those of each place together, see `hoursOf`; the part from `from` to `to` counts
 * @param said by number, what each schedule said of the moment (`askOpening`)
 */
export function openVerdictOf(hours: ArrayLike<number>, said: ArrayLike<number>, from = 0, to = hours.length): Verdict {
  let unknown = false;
  for (let start = from; start <= to;) {
    let end = start;
    while (end < to && hours[end] !== NEXT_PLACE) end += 1;
    const verdict = verdictOfPlace(hours, said, start, end);
    if (verdict === 'yes') return 'yes';
    if (verdict === 'unknown') unknown = true;
    start = end + 1;
  }
  return unknown ? 'unknown' : 'no';
}

function verdictOfPlace(hours: ArrayLike<number>, said: ArrayLike<number>, from: number, to: number): Verdict {
  if (from === to) return 'unknown';
  let all = 0;
  for (let at = from; at < to; at += 1) all |= said[hours[at]!]!;
  const exceptionToday = (all & EXCEPTION_TODAY) !== 0;
  const exceptionYesterday = (all & EXCEPTION_YESTERDAY) !== 0;
  let unknown = false;
  for (let at = from; at < to; at += 1) {
    const bits = said[hours[at]!]!;
    const holdsToday = !exceptionToday || (bits & EXCEPTION_TODAY) !== 0;
    const heldYesterday = !exceptionYesterday || (bits & EXCEPTION_YESTERDAY) !== 0;
    if ((holdsToday && bits & OPEN_TODAY) || (heldYesterday && bits & OPEN_SINCE_YESTERDAY)) return 'yes';
    if (holdsToday && bits & UNKNOWN_TODAY) unknown = true;
  }
  return unknown ? 'unknown' : 'no';
}
