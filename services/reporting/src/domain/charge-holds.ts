import type { Course } from './courses.js';

/** Charges held for people on the arrest-diversion pathway; `open + satisfied + lapsed + ended` is `held`. */
export interface ChargeHolds {
  held: number;
  /** Neither satisfied nor lapsed nor ended yet. */
  open: number;
  /** Intake was completed in time, or the prosecutor says so by hand. The time of the event governs, also where it was entered after the lapse. */
  satisfied: number;
  /** Ran out without a completed intake. The prosecutor reviews it; nothing is ever filed by itself. */
  lapsed: number;
  /** Ended by the prosecutor, with whom the charge is again. */
  ended: number;
}

/** Counts the charge holds as they stood at that instant. */
export function chargeHolds(courses: readonly Course[], asOf: Date): ChargeHolds {
  const count: ChargeHolds = { held: 0, open: 0, satisfied: 0, lapsed: 0, ended: 0 };
  const until = (time: Date | undefined): boolean => time !== undefined && time <= asOf;
  for (const { journey } of courses) {
    if (!journey.chargeHoldDueAt || !until(journey.acceptedAt)) continue;
    count.held += 1;
    if (until(journey.chargeHoldSatisfiedAt)) count.satisfied += 1;
    else if (until(journey.chargeHoldEndedAt)) count.ended += 1;
    else if (until(journey.chargeHoldLapsedAt)) count.lapsed += 1;
    else count.open += 1;
  }
  return count;
}
