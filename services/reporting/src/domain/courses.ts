import { groupBy } from './grouping.js';
import { withMergedCases } from './merged-cases.js';
import type { Case, Journey, Linkage, Records } from './records.js';

/** The way from a referral to a measured outcome, as far as events can show it today. */
export const STAGES = [
  'referred',
  'eligible',
  'accepted',
  'handed-off',
  'contacted',
  'intake-completed',
  'linked',
  'service-completed',
] as const;

export type Stage = (typeof STAGES)[number];

/** A journey with what came of it, put together from the records of three kinds of aggregates. */
export interface Course {
  journey: Journey;
  case?: Case;
  linkages: readonly Linkage[];
  /** When each stage was reached, in the order of `STAGES`; it ends before the first stage that was not reached. */
  reached: readonly Date[];
}

const earliest = (times: readonly (Date | undefined)[]): Date | undefined => {
  const known = times.filter((time) => time !== undefined).map((time) => time.getTime());
  return known.length > 0 ? new Date(Math.min(...known)) : undefined;
};

/**
 * The evidence for each stage. A later event stands in for an earlier one only where it could not be true without it: the
 * prosecutor has the last word on eligibility, so acceptance is eligibility; an open case is a hand-off; nobody completes
 * an intake without having been reached.
 */
function evidence({ journey, case: served, linkages }: Omit<Course, 'reached'>): (Date | undefined)[] {
  return [
    journey.referredAt,
    earliest([journey.eligibleAt, journey.acceptedAt]),
    journey.acceptedAt,
    earliest([journey.handedOffAt, served?.openedAt]),
    earliest([served?.contactedAt, served?.intakeCompletedAt]),
    served?.intakeCompletedAt,
    earliest(linkages.map(({ requestedAt }) => requestedAt)),
    earliest(linkages.map(({ completedAt }) => completedAt)),
  ];
}

/**
 * A stage counts as reached when it and all before it have happened, at the time of the last of them. So each stage is a
 * part of the one before it, at any date, and no stage is claimed that did not happen: a need that was linked before
 * intake counts as linked once intake is completed.
 */
function reachedOf(times: readonly (Date | undefined)[]): Date[] {
  const reached: Date[] = [];
  for (const time of times) {
    if (!time) break;
    const before = reached.at(-1);
    reached.push(before && before > time ? before : time);
  }
  return reached;
}

const counts = ({ ends = [] }: Journey): boolean =>
  !ends.some(({ as }) => as === 'entered-in-error' || as === 'duplicate');

/**
 * Joins the records by ids: a journey to its case, the case to its linkages. A record whose partner is unknown stays alone.
 * A linkage that was entered in error counts at no date, as it never should have been there; so does a referral that was,
 * or that is another one entered twice.
 */
export function coursesOf(records: Pick<Records, 'journeys' | 'cases' | 'linkages'>): Course[] {
  const { journeys, cases, linkages } = withMergedCases(records);
  const byCase = new Map(cases.map((one) => [one.caseId, one]));
  const byReferral = new Map(cases.flatMap((one) => one.referralIds.map((referralId) => [referralId, one] as const)));
  const linkagesOf = groupBy(
    linkages.filter(({ enteredInErrorAt }) => enteredInErrorAt === undefined),
    ({ caseId }) => caseId,
  );
  return journeys.filter(counts).map((journey) => {
    const served = (journey.caseId && byCase.get(journey.caseId)) || byReferral.get(journey.referralId);
    const course = {
      journey,
      linkages: (served && linkagesOf.get(served.caseId)) ?? [],
      ...(served && { case: served }),
    };
    return { ...course, reached: reachedOf(evidence(course)) };
  });
}

/** Cases once each: several referrals of one person lead to the same case. */
export const casesOf = (courses: readonly Course[]): Course[] => [
  ...new Map(courses.flatMap((course) => (course.case ? [[course.case.caseId, course] as const] : []))).values(),
];

/** How many stages a course has behind it at that instant: 0 before the referral, `STAGES.length` at the end. */
export function stagesReached({ reached }: Course, asOf: Date): number {
  const next = reached.findIndex((time) => time > asOf);
  return next === -1 ? reached.length : next;
}
