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

/**
 * Whether a group of schedules is open. An empty group: nobody knows.
 * @param group places in `said`
 * @param said what each schedule said of the moment (`askOpening`)
 */
export function openVerdictOf(group: readonly number[], said: ArrayLike<number>): Verdict {
  if (group.length === 0) return 'unknown';
  let all = 0;
  for (const one of group) all |= said[one]!;
  const exceptionToday = (all & EXCEPTION_TODAY) !== 0;
  const exceptionYesterday = (all & EXCEPTION_YESTERDAY) !== 0;
  let unknown = false;
  for (const one of group) {
    const bits = said[one]!;
    const holdsToday = !exceptionToday || (bits & EXCEPTION_TODAY) !== 0;
    const heldYesterday = !exceptionYesterday || (bits & EXCEPTION_YESTERDAY) !== 0;
    if ((holdsToday && bits & OPEN_TODAY) || (heldYesterday && bits & OPEN_SINCE_YESTERDAY)) return 'yes';
    if (holdsToday && bits & UNKNOWN_TODAY) unknown = true;
  }
  return unknown ? 'unknown' : 'no';
}

/** One open place is enough. */
export function openVerdictOfGroups(groups: readonly (readonly number[])[], said: ArrayLike<number>): Verdict {
  let unknown = false;
  for (const group of groups) {
    const verdict = openVerdictOf(group, said);
    if (verdict === 'yes') return 'yes';
    if (verdict === 'unknown') unknown = true;
  }
  return unknown ? 'unknown' : 'no';
}
