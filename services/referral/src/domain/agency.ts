import { Refusal } from '@throughline/shared/domain';

export interface AgencyState {
  name: string;
  /** IANA time zone: its days begin and end there, and birthdays come. */
  timeZone: string;
  /** The site whose policy governs its referrals; absent: site `default`. */
  site?: string;
  enrolledAt: Date;
}

export interface Period {
  activeFrom: Date;
  /** The first moment at which the officer may not refer any more; absent while there is no end in sight. */
  activeUntil?: Date;
  /** District, station or squad, as the agency calls it. */
  unit?: string;
  /** Why it ended, where that was said. */
  departure?: Departure;
}

export interface Departure {
  reason: string;
  /** Of a transfer: where the officer went. */
  toAgencyId?: string;
  /** And to which unit there. */
  toUnit?: string;
}

/** One sworn officer of one agency. Officers are records of their own, so that an agency may have thousands. */
export interface OfficerState {
  agencyId: string;
  officerId: string;
  /** Oldest first, without overlap. */
  periods: Period[];
}

const MAX_PERIODS = 50;

/** The period in which an officer serves at a time: from its first moment until just before its end. */
export const periodAt = ({ periods }: OfficerState, at: Date): Period | undefined =>
  periods.find(({ activeFrom, activeUntil }) => activeFrom <= at && (!activeUntil || at < activeUntil));

/** Who has left keeps the referrals made before. */
export const isActiveAt = (officer: OfficerState, at: Date): boolean => periodAt(officer, at) !== undefined;

/**
 * Adds a period; one that begins at the same time as a known one replaces it, which is how an open one gets its end.
 * A departure that was recorded stands: nobody takes it back by entering the period again.
 * @throws Refusal `period-overlaps`, `too-many-periods`, `departure-recorded` (409)
 */
export function withPeriod(officer: OfficerState, period: Period): OfficerState {
  const before = officer.periods.find(({ activeFrom }) => activeFrom.getTime() === period.activeFrom.getTime());
  if (before?.departure && before.activeUntil?.getTime() !== period.activeUntil?.getTime())
    throw new Refusal('conflict', 'departure-recorded', 'A departure has ended this period; a return is a new one.');
  const others = officer.periods.filter(({ activeFrom }) => activeFrom.getTime() !== period.activeFrom.getTime());
  const end = (one: Period): number => one.activeUntil?.getTime() ?? Infinity;
  if (others.some((one) => one.activeFrom.getTime() < end(period) && period.activeFrom.getTime() < end(one)))
    throw new Refusal('conflict', 'period-overlaps', 'The officer is enrolled in a part of this period already.');
  if (others.length >= MAX_PERIODS)
    throw new Refusal('conflict', 'too-many-periods', `An officer has ${MAX_PERIODS} periods at most.`);
  const kept = {
    ...(before?.unit !== undefined && { unit: before.unit }),
    ...(before?.departure && { departure: before.departure }),
  };
  const periods = [...others, { ...kept, ...period }].sort((a, b) => a.activeFrom.getTime() - b.activeFrom.getTime());
  return { ...officer, periods };
}
