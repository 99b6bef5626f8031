import type { Verdict } from './verdict.js';

/**
 * The order of hits is a sum of whole points, each of which can be named. No figure depends on the rest of the
 * directory, so that a service keeps its place while others come and go.
 */

/** Where a word may stand, from the weightiest: bit n of a mask is place n. */
export const FIELDS = ['name', 'other name', 'category', 'organization', 'place', 'description', 'other text'] as const;
const FIELD_POINTS = [10, 8, 6, 4, 3, 2, 1];

/** How a word was found: as it was typed, as the beginning of a longer one, or with a typing error. */
export type WordMatch = 'exact' | 'prefix' | 'similar';
const MATCH_FACTOR: Readonly<Record<WordMatch, number>> = { exact: 4, prefix: 3, similar: 2 };

/** Place of the weightiest field in a mask. */
export const bestField = (mask: number): number => 31 - Math.clz32(mask & -mask);

/** Points of a word, for each mask of the fields where it stands. */
export const WORD_POINTS: Readonly<Record<WordMatch, Uint8Array>> = {
  exact: pointsOfMasks('exact'),
  prefix: pointsOfMasks('prefix'),
  similar: pointsOfMasks('similar'),
};

function pointsOfMasks(match: WordMatch): Uint8Array {
  const points = new Uint8Array(1 << FIELDS.length);
  for (let mask = 1; mask < points.length; mask += 1)
    points[mask] = FIELD_POINTS[bestField(mask)]! * MATCH_FACTOR[match];
  return points;
}

/** Points of a distance, in bands: a service at the next corner goes before one across the town. */
export const DISTANCE_BANDS: readonly { km: number; points: number }[] = [
  { km: 1, points: 20 },
  { km: 3, points: 16 },
  { km: 5, points: 13 },
  { km: 10, points: 10 },
  { km: 25, points: 6 },
  { km: 50, points: 3 },
];

export type Capacity = 'available' | 'full' | 'unknown';
export type Freshness = 'fresh' | 'stale' | 'unknown';

export const OPEN_POINTS: Readonly<Record<Verdict, number>> = { yes: 8, unknown: 2, no: 0 };
export const REACH_POINTS: Readonly<Record<Verdict, number>> = { yes: 4, unknown: 0, no: 0 };
export const FIT_POINTS: Readonly<Record<Verdict, number>> = { yes: 6, unknown: 0, no: -20 };
export const CAPACITY_POINTS: Readonly<Record<Capacity, number>> = { available: 6, unknown: 0, full: -6 };
export const FRESHNESS_POINTS: Readonly<Record<Freshness, number>> = { fresh: 4, unknown: 0, stale: -2 };

/** Figures of free places that are older than this many days say nothing about today. */
export const CAPACITY_DAYS = 14;

/** No day: before all others. */
export const NO_DAY = -1_000_000;

/** Whether there is room, by the days when room, and none, was last reported; `NO_DAY` for never. */
export function capacityOn(today: number, roomDay: number, fullDay: number): Capacity {
  if (today - roomDay <= CAPACITY_DAYS) return 'available';
  return today - fullDay <= CAPACITY_DAYS ? 'full' : 'unknown';
}

/** A record that nobody has assured for this many days is stale. */
export const FRESH_DAYS = 180;

export function freshnessOf(assuredDay: number, today: number): Freshness {
  if (assuredDay === NO_DAY) return 'unknown';
  return today - assuredDay > FRESH_DAYS ? 'stale' : 'fresh';
}

/** Free words carry no meaning of their own; they are left out where others are left. */
export const FREE_WORDS = new Set(
  'a an and are at by for from i in is me my near of on or the to with who where that which need help'.split(' '),
);

/** Errors that a word of that length may have. */
export const errorsAllowed = (word: string): number => (word.length < 4 ? 0 : word.length < 8 ? 1 : 2);
