import { z } from 'zod';
import { defineEvent } from './define-event.js';
import { code, id, instant } from './vocabulary.js';

const linkageId = 'c9f1b1de-8c5b-5a43-9d59-55e2b0a6f0aa';
const at = '2026-03-04T15:00:00.000Z';
const sample = { linkageId, caseId: 'c-1', at };

/** Every step of a linkage names the linkage and the case, so that a reader needs no look-up. */
const step = z.object({ linkageId: id, caseId: id, at: instant });

export const LinkageRequested = defineEvent('linkage.requested', 1, {
  summary: 'A need of a client was linked to a service of the directory.',
  schema: step.extend({ needId: id, category: code, serviceId: id, organizationId: id }),
  samples: [{ ...sample, needId: 'n-1', category: 'legal', serviceId: 's-1', organizationId: 'o-1' }],
});

export const LinkageAccepted = defineEvent('linkage.accepted', 1, {
  summary: 'The provider accepted the client.',
  schema: step,
  samples: [sample],
});

export const LinkageRejected = defineEvent('linkage.rejected', 1, {
  summary: 'The provider could not take the client, with the reason.',
  schema: step.extend({ outcome: code }),
  samples: [{ ...sample, outcome: 'no-capacity' }],
});

export const LinkageStarted = defineEvent('linkage.started', 1, {
  summary: 'The service is in progress.',
  schema: step,
  samples: [sample],
});

export const LinkageCompleted = defineEvent('linkage.completed', 1, {
  summary: 'The service was completed, with its outcome.',
  schema: step.extend({ outcome: code }),
  samples: [{ ...sample, outcome: 'need-met' }],
});

export const LinkageFailed = defineEvent('linkage.failed', 1, {
  summary: 'The service ended without meeting the need, with the reason.',
  schema: step.extend({ outcome: code }),
  samples: [{ ...sample, outcome: 'client-not-reached' }],
});

export const LinkageCanceled = defineEvent('linkage.canceled', 1, {
  summary: 'The case manager withdrew the request, with the reason.',
  schema: step.extend({ outcome: code }),
  samples: [{ ...sample, outcome: 'other-service-chosen' }],
});

export const LinkageEnteredInError = defineEvent('linkage.entered-in-error', 1, {
  summary: 'The linkage should never have been there. Nobody counts it any more.',
  schema: step.extend({ outcome: code }),
  samples: [{ ...sample, outcome: 'wrong-person' }],
});

export const linkageEvents = [
  LinkageRequested,
  LinkageAccepted,
  LinkageRejected,
  LinkageStarted,
  LinkageCompleted,
  LinkageFailed,
  LinkageCanceled,
  LinkageEnteredInError,
];
