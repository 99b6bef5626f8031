import type { Course, Stage } from './courses.js';
import { stagesReached, STAGES } from './courses.js';

/** How long people waited between two stages, in minutes; absent figures where nobody has passed both. */
export interface WaitingTime {
  from: Stage;
  to: Stage;
  /** People who had passed both stages. */
  count: number;
  medianMinutes?: number;
  p90Minutes?: number;
}

/** Each stage to the next, and the two that programmes are judged by: referral to first contact, referral to intake. */
const SPANS: readonly (readonly [Stage, Stage])[] = [
  ...STAGES.slice(1).map((to, index) => [STAGES[index]!, to] as const),
  ['referred', 'contacted'],
  ['referred', 'intake-completed'],
];

/**
 * The quantile of sorted numbers by linear interpolation between the closest ranks (Hyndman and Fan 1996, type 7: what
 * R, NumPy and spreadsheets answer unless told otherwise).
 * @param sorted ascending, not empty
 * @param share 0 to 1
 */
export function quantile(sorted: readonly number[], share: number): number {
  const rank = (sorted.length - 1) * share;
  const below = sorted[Math.floor(rank)]!;
  const above = sorted[Math.ceil(rank)]!;
  return below + (above - below) * (rank - Math.floor(rank));
}

const minutes = (milliseconds: number): number => Math.round(milliseconds / 6_000) / 10;

/** The waits of those who had passed both stages of a span at that instant. Who still waits is not in it. */
export function waitingTimes(courses: readonly Course[], asOf: Date): WaitingTime[] {
  return SPANS.map(([from, to]) => {
    const start = STAGES.indexOf(from);
    const end = STAGES.indexOf(to);
    const waits = courses
      .filter((course) => stagesReached(course, asOf) > end)
      .map(({ reached }) => reached[end]!.getTime() - reached[start]!.getTime())
      .sort((a, b) => a - b);
    if (waits.length === 0) return { from, to, count: 0 };
    return {
      from,
      to,
      count: waits.length,
      medianMinutes: minutes(quantile(waits, 0.5)),
      p90Minutes: minutes(quantile(waits, 0.9)),
    };
  });
}
