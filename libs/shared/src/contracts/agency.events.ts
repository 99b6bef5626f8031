import { z } from 'zod';
import { defineEvent } from './define-event.js';
import { id, instant } from './vocabulary.js';

export const AgencyEnrolled = defineEvent('agency.enrolled', 1, {
  summary: 'A law-enforcement agency joined the programme.',
  schema: z.object({ agencyId: id, name: z.string().min(1).max(200), enrolledAt: instant }),
  samples: [{ agencyId: 'santa-fe-pd', name: 'Santa Fe Police Department', enrolledAt: '2026-01-05T16:00:00.000Z' }],
});

export const OfficerEnrolled = defineEvent('officer.enrolled', 1, {
  summary: 'A sworn officer of an agency may refer people from this time on, and until that time where one is given.',
  schema: z.object({ agencyId: id, officerId: id, activeFrom: instant, activeUntil: instant.optional() }),
  samples: [{ agencyId: 'santa-fe-pd', officerId: 'persona-officer', activeFrom: '2026-01-05T16:00:00.000Z' }],
});

export const agencyEvents = [AgencyEnrolled, OfficerEnrolled];
