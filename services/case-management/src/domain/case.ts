import type {
  CaseContacted,
  CaseEnd,
  CaseEnded,
  CaseManagerAssigned,
  CaseMerged,
  CaseOpened,
  CaseReopened,
  CaseUnmerged,
  DataOf,
  IntakeCompleted,
  NeedRecorded,
  Pathway,
  ReferralJoinedCase,
} from '@throughline/shared/contracts';
import { Refusal } from '@throughline/shared/domain';
import { freePlace, placeMark } from './caseload.js';
import { assertCaseTransition, hasEnded, isOpen, type CaseStateName } from './case-states.js';
import type { ContactMode, NeedCategory } from './codes.js';
import type { ReferralNews } from './referral-news.js';
import { noSuchRecord } from './visibility.js';

/** What the accepted referral said of itself; who it is about is in `identity` alone. */
export interface ReferralOfCase {
  referralId: string;
  pathway: Pathway;
  agencyId: string;
  district: string;
  occurredAt: Date;
  decidedAt: Date;
  /** Only on arrest diversions: until when a completed intake satisfies the held charge. */
  chargeHoldDueAt?: Date;
  /** What was told of it since. */
  news?: ReferralNews;
  /** The case that brought it here when it was merged into this one. */
  mergedFrom?: string;
}

/** An attempt to reach the client. One that failed is part of the outreach, and counts against nobody. */
export interface Contact {
  id: string;
  occurredAt: Date;
  enteredAt: Date;
  enteredBy: string;
  mode: ContactMode;
  reached: boolean;
  /** Encrypted. */
  note?: string;
}

export interface Need {
  id: string;
  category: NeedCategory;
  /** In the client's words; encrypted. */
  goal?: string;
  recordedAt: Date;
  recordedBy: string;
}

/** When and why a case ended, and how it went on, if it did. */
export interface EndOfCase {
  as: CaseEnd;
  reason: string;
  endedAt: Date;
  enteredAt: Date;
  enteredBy: string;
  reopened?: { reason: string; at: Date; by: string };
}

/** One person's time in the programme. Everything personal in it is encrypted before it gets here. */
export interface CaseRecord {
  state: CaseStateName;
  referrals: ReferralOfCase[];
  /** Encrypted. */
  identity: string;
  openedAt: Date;
  caseManagerId?: string;
  assignedAt?: Date;
  /** The mark of its place in the caseload of its case manager; unique, and absent on a case without one. */
  caseloadPlace?: string;
  contacts: Contact[];
  intake?: { completedAt: Date; enteredAt: Date; enteredBy: string };
  needs: Need[];
  /** Each time that it ended, the latest last. */
  ends?: EndOfCase[];
  /** The case that serves the person instead, since when, and the state to come back to. */
  mergedInto?: { caseId: string; at: Date; was: CaseStateName };
}

export type CaseEvent =
  | { name: 'case.opened'; data: DataOf<typeof CaseOpened> }
  | { name: 'case.referral-joined'; data: DataOf<typeof ReferralJoinedCase> }
  | { name: 'case.manager-assigned'; data: DataOf<typeof CaseManagerAssigned> }
  | { name: 'case.contacted'; data: DataOf<typeof CaseContacted> }
  | { name: 'case.intake-completed'; data: DataOf<typeof IntakeCompleted> }
  | { name: 'case.need-recorded'; data: DataOf<typeof NeedRecorded> }
  | { name: 'case.ended'; data: DataOf<typeof CaseEnded> }
  | { name: 'case.reopened'; data: DataOf<typeof CaseReopened> }
  | { name: 'case.merged'; data: DataOf<typeof CaseMerged> }
  | { name: 'case.unmerged'; data: DataOf<typeof CaseUnmerged> };

export interface CaseDecision {
  state: CaseRecord;
  events: CaseEvent[];
}

/** A case is one document, read and written whole; these keep it far below the 16 MB that one may have. */
export const MAX_CONTACTS = 1_000;
export const MAX_NEEDS = 200;
export const MAX_REFERRALS = 50;

/** Clocks of machines differ; a time further ahead than this is a mistake. Milliseconds. */
const CLOCK_TOLERANCE = 60_000;

/** Opens the case of an accepted referral. `identity` is encrypted already. */
export function openCase(caseId: string, referral: ReferralOfCase, identity: string, now: Date): CaseDecision {
  const { referralId, pathway } = referral;
  return {
    state: { state: 'opened', referrals: [referral], identity, openedAt: now, contacts: [], needs: [] },
    events: [{ name: 'case.opened', data: { caseId, referralId, pathway, openedAt: now.toISOString() } }],
  };
}

/**
 * A further referral of the same person joins the open case. What is there stays as it is, the identity too.
 * Undefined where it cannot: the case has ended, or holds as many referrals as one may.
 */
export function joinReferral(
  caseId: string,
  current: CaseRecord,
  referral: ReferralOfCase,
  now: Date,
): CaseDecision | undefined {
  if (!isOpen(current.state) || current.referrals.length >= MAX_REFERRALS) return undefined;
  const { referralId, pathway } = referral;
  return {
    state: { ...current, referrals: [...current.referrals, referral] },
    events: [
      {
        name: 'case.referral-joined',
        data: {
          caseId,
          referralId,
          pathway,
          joinedAt: now.toISOString(),
          ...(current.intake && { intakeCompletedAt: current.intake.completedAt.toISOString() }),
        },
      },
    ],
  };
}

/**
 * Gives the case to a case manager, the first one or another one.
 * @param taken the places that are taken in that person's caseload
 * @throws Refusal `already-assigned`, `caseload-full`; `case-ended` for a case that would have to be re-opened first
 */
export function assignCaseManager(
  caseId: string,
  current: CaseRecord,
  { caseManagerId, taken }: { caseManagerId: string; taken: readonly number[] },
  now: Date,
): CaseDecision {
  assertOpen(current);
  if (current.caseManagerId === caseManagerId)
    throw new Refusal('conflict', 'already-assigned', 'This case manager has the case already.');
  return {
    state: { ...current, caseManagerId, assignedAt: now, caseloadPlace: placeMark(caseManagerId, freePlace(taken)) },
    events: [{ name: 'case.manager-assigned', data: { caseId, caseManagerId, assignedAt: now.toISOString() } }],
  };
}

/**
 * Logs an attempt to reach the client. The first one that succeeds moves an opened case on; all others, and those that
 * did not succeed, are logged and change nothing.
 * @throws Refusal as `assertAssigned` and `assertPlausible`; `case-merged`, `contact-log-full`
 */
export function recordContact(
  caseId: string,
  current: CaseRecord,
  contact: Omit<Contact, 'enteredAt'>,
  now: Date,
): CaseDecision {
  assertAssigned(current, contact.enteredBy);
  assertNotMerged(current);
  assertPlausible(current, contact.occurredAt, 'occurredAt', now);
  if (current.contacts.length >= MAX_CONTACTS)
    throw new Refusal('conflict', 'contact-log-full', `A case holds ${MAX_CONTACTS} contacts.`);
  const state = { ...current, contacts: [...current.contacts, { ...contact, enteredAt: now }] };
  if (!contact.reached || current.state !== 'opened') return { state, events: [] };
  assertCaseTransition(current.state, 'contacted');
  const contactedAt = contact.occurredAt.toISOString();
  return {
    state: { ...state, state: 'contacted' },
    events: [{ name: 'case.contacted', data: { caseId, mode: contact.mode, contactedAt } }],
  };
}

/**
 * Completes intake. When it happened is what counts, for the held charge above all; when it was entered is kept beside it.
 * @throws Refusal as `assertAssigned`, `assertPlausible` and `assertCaseTransition`; `case-merged`
 */
export function completeIntake(
  caseId: string,
  current: CaseRecord,
  { completedAt, enteredBy }: { completedAt: Date; enteredBy: string },
  now: Date,
): CaseDecision {
  assertAssigned(current, enteredBy);
  assertNotMerged(current);
  assertCaseTransition(current.state, 'intake-completed');
  assertPlausible(current, completedAt, 'completedAt', now);
  return {
    state: { ...current, state: 'intake-completed', intake: { completedAt, enteredAt: now, enteredBy } },
    events: [
      {
        name: 'case.intake-completed',
        data: {
          caseId,
          referralIds: current.referrals.map(({ referralId }) => referralId),
          completedAt: completedAt.toISOString(),
          enteredAt: now.toISOString(),
        },
      },
    ],
  };
}

/**
 * Records a need, in any state that has not ended: somebody who is hungry does not wait for intake.
 * @throws Refusal as `assertAssigned`; `case-ended`, `need-list-full`
 */
export function recordNeed(
  caseId: string,
  current: CaseRecord,
  need: Omit<Need, 'recordedAt'>,
  now: Date,
): CaseDecision {
  assertAssigned(current, need.recordedBy);
  assertOpen(current);
  if (current.needs.length >= MAX_NEEDS)
    throw new Refusal('conflict', 'need-list-full', `A case holds ${MAX_NEEDS} needs.`);
  const { id: needId, category } = need;
  return {
    state: { ...current, needs: [...current.needs, { ...need, recordedAt: now }] },
    events: [{ name: 'case.need-recorded', data: { caseId, needId, category, recordedAt: now.toISOString() } }],
  };
}

/** @throws Refusal `not-found`: to another case manager, that there is such a case is already an answer */
export function assertAssigned(current: CaseRecord, caseManagerId: string): void {
  if (current.caseManagerId !== caseManagerId) throw noSuchRecord();
}

/** @throws Refusal `case-ended`, with the state in which it ended; as `assertNotMerged` */
export function assertOpen(current: CaseRecord): void {
  assertNotMerged(current);
  if (!hasEnded(current.state)) return;
  throw new Refusal('conflict', 'case-ended', 'This case has ended. Re-open it first.', {
    extra: { state: current.state },
  });
}

/** @throws Refusal `case-merged`, with the case that serves the person */
export function assertNotMerged({ state, mergedInto }: CaseRecord): void {
  if (state !== 'merged') return;
  throw new Refusal('conflict', 'case-merged', 'This case rests: another one of the same person goes on.', {
    extra: { mergedInto: mergedInto?.caseId },
  });
}

/** @throws Refusal `time-in-future`, `time-before-referral`: contradictions that name their field */
export function assertPlausible(current: CaseRecord, time: Date, field: string, now: Date): void {
  const refuse = (code: string, detail: string): never => {
    throw new Refusal('invalid', code, detail, { errors: [{ pointer: `#/${field}`, detail }] });
  };
  if (time.getTime() > now.getTime() + CLOCK_TOLERANCE) refuse('time-in-future', 'This time is still to come.');
  const referred = Math.min(...current.referrals.map(({ occurredAt }) => occurredAt.getTime()));
  if (time.getTime() < referred) refuse('time-before-referral', 'This time is before the person was referred.');
}
