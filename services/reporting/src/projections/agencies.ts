import { AgencyEnrolled, type CloudEvent } from '@throughline/shared/contracts';
import { matchEvent, on } from '@throughline/shared/messaging';
import type { Agency } from '../domain/records.js';

/** An agency's record after one of its events. Its officers are none of a report's business. */
export function evolveAgency(known: Agency | undefined, event: CloudEvent): Agency {
  const learned = matchEvent<Partial<Agency>>(
    event,
    on(AgencyEnrolled, ({ name, enrolledAt }) => ({ name, enrolledAt: new Date(enrolledAt) })),
  );
  return { agencyId: event.subject, ...known, ...learned };
}
