import {
  LinkageAccepted,
  LinkageCanceled,
  LinkageCompleted,
  LinkageEnteredInError,
  LinkageFailed,
  LinkageRejected,
  LinkageRequested,
  LinkageStarted,
  type CloudEvent,
} from '@throughline/shared/contracts';
import { matchEvent, on } from '@throughline/shared/messaging';
import type { Linkage } from '../domain/records.js';

/** A linkage's record after one of its events. */
export function evolveLinkage(known: Linkage | undefined, event: CloudEvent): Linkage {
  const learned = matchEvent<Partial<Linkage>>(
    event,
    on(LinkageRequested, ({ caseId, needId, serviceId, at }) => ({
      caseId,
      needId,
      serviceId,
      requestedAt: new Date(at),
    })),
    on(LinkageAccepted, ({ at }) => ({ acceptedAt: new Date(at) })),
    on(LinkageRejected, ({ at }) => ({ rejectedAt: new Date(at) })),
    on(LinkageStarted, ({ at }) => ({ startedAt: new Date(at) })),
    on(LinkageCompleted, ({ at }) => ({ completedAt: new Date(at) })),
    on(LinkageFailed, ({ at }) => ({ failedAt: new Date(at) })),
    on(LinkageCanceled, ({ at }) => ({ canceledAt: new Date(at) })),
    on(LinkageEnteredInError, ({ at }) => ({ enteredInErrorAt: new Date(at) })),
  );
  return { linkageId: event.subject, ...known, ...learned };
}
