import type {
  DataOf,
  LinkageAccepted,
  LinkageCanceled,
  LinkageCompleted,
  LinkageEnteredInError,
  LinkageFailed,
  LinkageRejected,
  LinkageRequested,
  LinkageStarted,
} from '@throughline/shared/contracts';
import { Refusal } from '@throughline/shared/domain';
import type { NeedCategory } from './codes.js';

/** The closed loop of a referral to a service, by the names of FHIR SDOH Clinical Care (Gravity), Task status. */
export const LINKAGE_STATUSES = [
  'requested',
  'accepted',
  'rejected',
  'in-progress',
  'on-hold',
  'completed',
  'failed',
  'canceled',
  'entered-in-error',
] as const;
export type LinkageStatus = (typeof LINKAGE_STATUSES)[number];

/** The case manager who asks for a service, and the provider who is asked. Each sets its own statuses. */
export type LinkageParty = 'requester' | 'responder';

/** Why a linkage ended, by how it ended. Every end has one of these reasons. */
export const LINKAGE_OUTCOMES = {
  rejected: ['no-capacity', 'not-eligible', 'outside-service-area', 'service-not-offered', 'other'],
  completed: ['need-met', 'need-partly-met', 'other'],
  failed: ['client-not-reached', 'client-chose-otherwise', 'service-unavailable', 'need-not-met', 'other'],
  canceled: ['client-chose-otherwise', 'need-already-met', 'other-service-chosen', 'case-ended', 'other'],
  'entered-in-error': ['wrong-person', 'wrong-service', 'duplicate', 'other'],
} as const;

const WITHDRAWN_BY_REQUESTER = ['canceled', 'entered-in-error'] as const;

/**
 * Every transition that there is, by who may make it. A service of a single visit is completed straight from accepted.
 * What has ended stays so: another try is another linkage.
 */
export const LINKAGE_TRANSITIONS: Readonly<
  Record<LinkageStatus, Readonly<Record<LinkageParty, readonly LinkageStatus[]>>>
> = {
  requested: { responder: ['accepted', 'rejected'], requester: WITHDRAWN_BY_REQUESTER },
  accepted: {
    responder: ['in-progress', 'on-hold', 'completed', 'failed'],
    requester: WITHDRAWN_BY_REQUESTER,
  },
  'in-progress': { responder: ['on-hold', 'completed', 'failed'], requester: WITHDRAWN_BY_REQUESTER },
  'on-hold': { responder: ['in-progress', 'completed', 'failed'], requester: WITHDRAWN_BY_REQUESTER },
  rejected: { responder: [], requester: [] },
  completed: { responder: [], requester: [] },
  failed: { responder: [], requester: [] },
  canceled: { responder: [], requester: [] },
  'entered-in-error': { responder: [], requester: [] },
};

export interface LinkageStep {
  status: LinkageStatus;
  outcome?: string;
  at: Date;
  by: LinkageParty;
  actorId: string;
}

/** A need of a case linked to a service. It holds no identity, so that nothing of the client can leave with it. */
export interface LinkageRecord {
  caseId: string;
  needId: string;
  category: NeedCategory;
  serviceId: string;
  serviceName: string;
  organizationId: string;
  status: LinkageStatus;
  outcome?: string;
  requestedAt: Date;
  /** Every status that it had, oldest first, the present one last. */
  history: LinkageStep[];
}

export type LinkageEvent =
  | { name: 'linkage.requested'; data: DataOf<typeof LinkageRequested> }
  | { name: 'linkage.accepted'; data: DataOf<typeof LinkageAccepted> }
  | { name: 'linkage.rejected'; data: DataOf<typeof LinkageRejected> }
  | { name: 'linkage.started'; data: DataOf<typeof LinkageStarted> }
  | { name: 'linkage.completed'; data: DataOf<typeof LinkageCompleted> }
  | { name: 'linkage.failed'; data: DataOf<typeof LinkageFailed> }
  | { name: 'linkage.canceled'; data: DataOf<typeof LinkageCanceled> }
  | { name: 'linkage.entered-in-error'; data: DataOf<typeof LinkageEnteredInError> };

export interface LinkageDecision {
  state: LinkageRecord;
  events: LinkageEvent[];
}

/** Asks a service to meet a need. */
export function requestLinkage(
  linkageId: string,
  request: Pick<LinkageRecord, 'caseId' | 'needId' | 'category' | 'serviceId' | 'serviceName' | 'organizationId'>,
  requestedBy: string,
  now: Date,
): LinkageDecision {
  const { caseId, needId, category, serviceId, organizationId } = request;
  const first: LinkageStep = { status: 'requested', at: now, by: 'requester', actorId: requestedBy };
  return {
    state: { ...request, status: 'requested', requestedAt: now, history: [first] },
    events: [
      {
        name: 'linkage.requested',
        data: { linkageId, caseId, at: now.toISOString(), needId, category, serviceId, organizationId },
      },
    ],
  };
}

/** What a party may set next; empty where it is the other one's turn, or nobody's any more. */
export const allowedStatuses = (current: LinkageRecord, party: LinkageParty): readonly LinkageStatus[] =>
  LINKAGE_TRANSITIONS[current.status][party];

/**
 * Sets the status for one of the two parties.
 * @throws Refusal `transition-not-allowed` (conflict) with those that are; `outcome-required`, `outcome-not-expected`
 *   (invalid) with the reasons to choose from
 */
export function changeLinkageStatus(
  linkageId: string,
  current: LinkageRecord,
  step: { status: LinkageStatus; outcome?: string; by: LinkageParty; actorId: string },
  now: Date,
): LinkageDecision {
  const allowed = allowedStatuses(current, step.by);
  if (!allowed.includes(step.status))
    throw new Refusal(
      'conflict',
      'transition-not-allowed',
      `A linkage that is ${current.status} cannot be set to ${step.status} by its ${step.by}.`,
      { extra: { state: current.status, allowed } },
    );
  assertOutcome(step.status, step.outcome);
  const { outcome: _none, ...unchanged } = current;
  const outcome = step.outcome === undefined ? {} : { outcome: step.outcome };
  const { status, by, actorId } = step;
  return {
    state: {
      ...unchanged,
      ...outcome,
      status,
      history: [...current.history, { status, ...outcome, at: now, by, actorId }],
    },
    events: announcements(linkageId, current, step, now),
  };
}

function assertOutcome(status: LinkageStatus, outcome: string | undefined): void {
  const choices = (LINKAGE_OUTCOMES as Partial<Record<LinkageStatus, readonly string[]>>)[status];
  const refuse = (code: string, detail: string): never => {
    throw new Refusal('invalid', code, detail, {
      errors: [{ pointer: '#/outcome', detail }],
      ...(choices && { extra: { outcomes: choices } }),
    });
  };
  if (choices === undefined && outcome !== undefined)
    refuse('outcome-not-expected', `Only an end has an outcome, and ${status} is none.`);
  if (choices !== undefined && (outcome === undefined || !choices.includes(outcome)))
    refuse('outcome-required', `A linkage that is ${status} needs one of these outcomes: ${choices.join(', ')}.`);
}

/** The event that other services learn of. A pause and its end are between the two parties. */
function announcements(
  linkageId: string,
  current: LinkageRecord,
  { status, outcome = '' }: { status: LinkageStatus; outcome?: string },
  now: Date,
): LinkageEvent[] {
  const data = { linkageId, caseId: current.caseId, at: now.toISOString() };
  switch (status) {
    case 'accepted':
      return [{ name: 'linkage.accepted', data }];
    case 'rejected':
      return [{ name: 'linkage.rejected', data: { ...data, outcome } }];
    case 'in-progress':
      // resumed after a pause, it had started before
      return current.history.some((step) => step.status === 'in-progress') ? [] : [{ name: 'linkage.started', data }];
    case 'completed':
      return [{ name: 'linkage.completed', data: { ...data, outcome } }];
    case 'failed':
      return [{ name: 'linkage.failed', data: { ...data, outcome } }];
    case 'canceled':
      return [{ name: 'linkage.canceled', data: { ...data, outcome } }];
    case 'entered-in-error':
      return [{ name: 'linkage.entered-in-error', data: { ...data, outcome } }];
    case 'requested':
    case 'on-hold':
      return [];
  }
}
