import { Refusal } from '@throughline/shared/domain';
import { isActiveAt, type Departure, type OfficerState, type Period } from './agency.js';

/** Why an officer may not refer any more. A transfer names the other agency and has its own command. */
export const DEPARTURE_REASONS = ['resigned', 'retired', 'dismissed', 'decertified', 'inactive', 'deceased'] as const;

/** The timer of a transfer whose officer is not in the other agency yet. */
export const TRANSFER_TIMER = 'transfer';

/**
 * Ends the last period of an officer and keeps why. What happened before that moment may still be referred and what was referred
 * stays valid. A departure that was entered wrongly is entered again; after a transfer the other agency has the officer.
 * @param at the first moment at which the officer may not refer any more; it may be to come
 * @throws Refusal `officer-not-enrolled-then`, `officer-transferred` (409)
 */
export function endLastPeriod(officer: OfficerState, at: Date, departure: Departure): OfficerState {
  const last = officer.periods.at(-1);
  if (!last || at <= last.activeFrom)
    throw new Refusal(
      'conflict',
      'officer-not-enrolled-then',
      'The last period of the officer begins at this time or later; a period ends after it began.',
    );
  if (!last.departure && last.activeUntil && at > last.activeUntil)
    throw new Refusal(
      'conflict',
      'officer-not-enrolled-then',
      'The last period of the officer had ended by this time; a departure makes no period longer.',
    );
  if (last.departure?.reason === 'transferred')
    throw new Refusal('conflict', 'officer-transferred', 'The officer has been transferred to another agency.');
  return { ...officer, periods: [...officer.periods.slice(0, -1), { ...last, activeUntil: at, departure }] };
}

/** Where the last transfer of an officer leads, and the period there. */
export function transferOf({ periods }: OfficerState): { toAgencyId: string; period: Period } {
  const last = periods.findLast(({ departure }) => departure?.toAgencyId !== undefined);
  if (!last?.activeUntil || last.departure?.toAgencyId === undefined)
    throw new TypeError('the officer was not transferred');
  const { toAgencyId, toUnit } = last.departure;
  return { toAgencyId, period: { activeFrom: last.activeUntil, ...(toUnit !== undefined && { unit: toUnit }) } };
}

/** The period in which an officer who has left served last; undefined for one who serves, or is yet to come. */
export const lastServed = (officer: OfficerState, now: Date): Period | undefined =>
  isActiveAt(officer, now)
    ? undefined
    : officer.periods.filter(({ activeUntil }) => activeUntil && activeUntil <= now).at(-1);

/**
 * Whether a supervisor gets the feedback in the place of an officer who has left. It goes to the unit; where either of the two
 * has none, to the agency, so that nothing is told to nobody.
 */
export const getsFeedbackOf = (supervisorsUnit: string | undefined, unitLeft: string | undefined): boolean =>
  supervisorsUnit === undefined || unitLeft === undefined || supervisorsUnit === unitLeft;
