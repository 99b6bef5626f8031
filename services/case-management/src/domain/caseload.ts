import { Refusal } from '@throughline/shared/domain';

/** A caseload is 12 to 15 at real sites, may average 20 counting people "in the wind", and is never over 25. */
export const CASELOAD_WARNING = 15;
export const CASELOAD_SOFT_LIMIT = 20;
export const CASELOAD_HARD_LIMIT = 25;

export type CaseloadLevel = 'normal' | 'warn' | 'soft';

/** How full a caseload of `count` cases is. */
export function caseloadLevel(count: number): CaseloadLevel {
  if (count >= CASELOAD_SOFT_LIMIT) return 'soft';
  return count >= CASELOAD_WARNING ? 'warn' : 'normal';
}

/**
 * The lowest place that is free in a case manager's caseload, from 1 to the hard limit. Places are what makes the limit
 * hold when two coordinators assign at once: no two cases can have the same one.
 * @throws Refusal `caseload-full`, a conflict, when every place is taken
 */
export function freePlace(taken: readonly number[]): number {
  const occupied = new Set(taken);
  for (let place = 1; place <= CASELOAD_HARD_LIMIT; place += 1) if (!occupied.has(place)) return place;
  throw new Refusal(
    'conflict',
    'caseload-full',
    `This case manager has ${CASELOAD_HARD_LIMIT} cases, which is the limit. Assign somebody else.`,
    { extra: { caseload: { count: CASELOAD_HARD_LIMIT, limit: CASELOAD_HARD_LIMIT } } },
  );
}

/** The mark of a place, unique over all caseloads. */
export const placeMark = (caseManagerId: string, place: number): string => `${caseManagerId}#${place}`;

/** The number of the place that a mark stands for. */
export const placeNumber = (mark: string): number => Number(mark.slice(mark.lastIndexOf('#') + 1));
