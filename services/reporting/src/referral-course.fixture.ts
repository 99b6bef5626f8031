import {
  AgencyEnrolled,
  CaseContacted,
  CaseEnded,
  CaseManagerAssigned,
  CaseOpened,
  IntakeCompleted,
  LinkageAccepted,
  LinkageCompleted,
  LinkageRequested,
  LinkageStarted,
  NeedRecorded,
  ReferralAccepted,
  ReferralClosed,
  ReferralEnrolled,
  ReferralEvaluated,
  ReferralHandedOff,
  ReferralSubmitted,
  ServicePublished,
  type EventDefinition,
} from '@throughline/shared/contracts';

export interface CourseEvent {
  source: string;
  subject: string;
  type: string;
  data: unknown;
}

const event = <Data>(source: string, subject: string, definition: EventDefinition<Data>, changes: Partial<Data>) => ({
  source,
  subject,
  type: definition.routingKey,
  data: definition.read({ ...(definition.samples[0] as Data), ...changes }),
});

/** The agency and the service that the courses below name. */
export const surroundings: readonly CourseEvent[] = [
  event('/referral', 'santa-fe-pd', AgencyEnrolled, {}),
  event('/services-directory', 's-1', ServicePublished, { serviceId: 's-1' }),
];

/**
 * The events of one referral that comes all the way, made of the golden samples, with ids that belong together. Each
 * stage is reached an hour after the one before.
 * @param name of the referral; the ids of its case and its linkage derive from it
 * @param startedAt when the officer met the person
 */
export function wholeCourse(name: string, startedAt = new Date('2026-03-02T18:00:00Z')): CourseEvent[] {
  const referralId = `r-${name}`;
  const caseId = `c-${name}`;
  const linkageId = `l-${name}`;
  const hour = (hours: number): string => new Date(startedAt.getTime() + hours * 3_600_000).toISOString();
  const step = { linkageId, caseId };
  return [
    event('/referral', referralId, ReferralSubmitted, { referralId, occurredAt: hour(0), enteredAt: hour(0) }),
    event('/referral', referralId, ReferralEvaluated, { referralId, evaluatedAt: hour(1) }),
    event('/referral', referralId, ReferralAccepted, { referralId, occurredAt: hour(0), decidedAt: hour(2) }),
    event('/referral', referralId, ReferralHandedOff, { referralId, caseId, handedOffAt: hour(3) }),
    event('/case-management', caseId, CaseOpened, { caseId, referralId, openedAt: hour(3) }),
    event('/case-management', caseId, CaseManagerAssigned, { caseId, assignedAt: hour(3) }),
    event('/case-management', caseId, CaseContacted, { caseId, contactedAt: hour(4) }),
    event('/case-management', caseId, IntakeCompleted, {
      caseId,
      referralIds: [referralId],
      completedAt: hour(5),
      enteredAt: hour(5),
    }),
    event('/referral', referralId, ReferralEnrolled, { referralId, caseId, enrolledAt: hour(5) }),
    event('/case-management', caseId, NeedRecorded, { caseId, recordedAt: hour(5) }),
    event('/case-management', linkageId, LinkageRequested, { ...step, at: hour(6), serviceId: 's-1' }),
    event('/case-management', linkageId, LinkageAccepted, { ...step, at: hour(6) }),
    event('/case-management', linkageId, LinkageStarted, { ...step, at: hour(6) }),
    event('/case-management', linkageId, LinkageCompleted, { ...step, at: hour(7) }),
    event('/case-management', caseId, CaseEnded, { caseId, referralIds: [referralId], endedAt: hour(8) }),
    event('/referral', referralId, ReferralClosed, { referralId, endedAt: hour(8) }),
  ];
}
