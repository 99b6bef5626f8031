import { CASE_ENDS, type CaseEnd } from '@throughline/shared/contracts';
import { chargeHolds, type ChargeHolds } from './charge-holds.js';
import { casesOf, coursesOf, stagesReached, STAGES, type Course, type Stage } from './courses.js';
import { groupBy } from './grouping.js';
import { linkageRates, serviceUse, type CategoryRates, type ServiceUse } from './linkage-rates.js';
import { holding, type Agency, type Pathway, type Records, type Span } from './records.js';
import { countPeople } from './people.js';
import { waitingTimes, type WaitingTime } from './waiting-times.js';

/** What a report is about. */
export interface FunnelQuery {
  /** The report tells what had happened up to and including this instant. */
  asOf: Date;
  /** Referrals that happened at this instant or later; absent for all. */
  from?: Date;
  pathway?: Pathway;
  agency?: string;
  district?: string;
}

/** How many referrals had reached each stage; each count is at most the one before it. */
export type StageCounts = Record<Stage, number>;

export interface Group {
  /** Code or id; `none-recorded` where the referral names none. */
  key: string;
  /** A name for people, where one is known. */
  name?: string;
  counts: StageCounts;
}

export interface FunnelReport {
  stages: { stage: Stage; count: number; ofReferred: number; ofPrevious: number }[];
  /** People behind the referrals, as far as it was confirmed by then which are of the same person. */
  people: number;
  /** Referrals that the prosecutor had declined. */
  declined: number;
  /** Referrals that ended beside the line, by the way they ended. Services may go on after it, and count on. */
  ended: Record<CountedEnd, number>;
  /** Cases that had ended and not been re-opened, by the way they ended. */
  casesEnded: Record<CaseEnd, number>;
  waitingTimes: WaitingTime[];
  chargeHolds: ChargeHolds;
  /**
   * Each referral has one pathway, agency and district, so these groups add up to the totals. It may have several
   * offences, so those groups may add up to more.
   */
  groups: { pathway: Group[]; agency: Group[]; district: Group[]; offense: Group[] };
  needs: CategoryRates[];
  services: ServiceUse[];
}

/** What was entered in error or twice is no referral, and in no report. */
export const COUNTED_ENDS = ['withdrawn', 'declined-by-person', 'unable-to-contact', 'expired', 'closed'] as const;
export type CountedEnd = (typeof COUNTED_ENDS)[number];

const UNKNOWN = 'none-recorded';

function countStages(courses: readonly Course[], asOf: Date): StageCounts {
  const counts = Object.fromEntries(STAGES.map((stage) => [stage, 0])) as StageCounts;
  for (const course of courses) for (const stage of STAGES.slice(0, stagesReached(course, asOf))) counts[stage] += 1;
  return counts;
}

function groupsBy(courses: readonly Course[], asOf: Date, keysOf: (course: Course) => readonly string[]): Group[] {
  const keyed = courses.flatMap((course) => {
    const keys = new Set(keysOf(course));
    return [...(keys.size > 0 ? keys : [UNKNOWN])].map((key) => ({ key, course }));
  });
  return [...groupBy(keyed, ({ key }) => key)]
    .map(([key, members]) => ({
      key,
      counts: countStages(
        members.map(({ course }) => course),
        asOf,
      ),
    }))
    .sort((a, b) => b.counts.referred - a.counts.referred || (a.key < b.key ? -1 : 1));
}

/** How many of them had ended in each way, as it stood at that instant. */
function endsAt<End extends string>(
  names: readonly End[],
  all: readonly (readonly Span<string>[] | undefined)[],
  asOf: Date,
): Record<End, number> {
  const ended = Object.fromEntries(names.map((name) => [name, 0])) as Record<End, number>;
  for (const ends of all) {
    const end = names.find((name) => name === holding(ends, asOf));
    if (end) ended[end] += 1;
  }
  return ended;
}

const some = (key: string | undefined): string[] => (key === undefined ? [] : [key]);

function named(groups: Group[], agencies: readonly Agency[]): Group[] {
  const names = new Map(agencies.map(({ agencyId, name }) => [agencyId, name]));
  return groups.map((group) => {
    const name = names.get(group.key);
    return name ? { ...group, name } : group;
  });
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** The funnel and what belongs to it, from records alone: the same records and query always give the same report. */
export function funnelReport(records: Records, query: FunnelQuery): FunnelReport {
  const { asOf, from, pathway, agency, district } = query;
  const courses = coursesOf(records).filter(
    (course) =>
      stagesReached(course, asOf) > 0 &&
      (!from || course.reached[0]! >= from) &&
      (pathway === undefined || course.journey.pathway === pathway) &&
      (agency === undefined || course.journey.agencyId === agency) &&
      (district === undefined || course.journey.district === district),
  );
  const counts = countStages(courses, asOf);
  return {
    stages: STAGES.map((stage, index) => ({
      stage,
      count: counts[stage],
      ofReferred: share(counts[stage], counts.referred),
      ofPrevious: share(counts[stage], counts[STAGES[Math.max(0, index - 1)]!]),
    })),
    people: countPeople(
      courses.map(({ journey: { referralId } }) => referralId),
      records.journeys,
      asOf,
    ),
    declined: courses.filter(({ journey: { declinedAt } }) => declinedAt && declinedAt <= asOf).length,
    ended: endsAt(
      COUNTED_ENDS,
      courses.map(({ journey }) => journey.ends),
      asOf,
    ),
    casesEnded: endsAt(
      CASE_ENDS,
      casesOf(courses).map((course) => course.case?.ends),
      asOf,
    ),
    waitingTimes: waitingTimes(courses, asOf),
    chargeHolds: chargeHolds(courses, asOf),
    groups: {
      pathway: groupsBy(courses, asOf, ({ journey }) => some(journey.pathway)),
      agency: named(
        groupsBy(courses, asOf, ({ journey }) => some(journey.agencyId)),
        records.agencies,
      ),
      district: groupsBy(courses, asOf, ({ journey }) => some(journey.district)),
      offense: groupsBy(courses, asOf, ({ journey }) => journey.offenses),
    },
    needs: linkageRates(courses, asOf),
    services: serviceUse(courses, records.services, asOf),
  };
}
