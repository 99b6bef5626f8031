import { z } from 'zod';
import { defineEvent } from './define-event.js';
import { code, id, instant } from './vocabulary.js';

export const AgencyEnrolled = defineEvent('agency.enrolled', 1, {
  summary: 'A law-enforcement agency joined the programme.',
  schema: z.object({ agencyId: id, name: z.string().min(1).max(200), enrolledAt: instant }),
  samples: [{ agencyId: 'santa-fe-pd', name: 'Santa Fe Police Department', enrolledAt: '2026-01-05T16:00:00.000Z' }],
});

export const AgencySiteChanged = defineEvent('agency.site-changed', 1, {
  summary: 'An agency belongs to another site from now on; what it referred before stays with the site that judged it.',
  schema: z.object({ agencyId: id, siteId: id, previousSiteId: id, changedAt: instant }),
  samples: [
    {
      agencyId: 'santa-fe-pd',
      siteId: 'santa-fe',
      previousSiteId: 'default',
      changedAt: '2026-02-01T16:00:00.000Z',
    },
  ],
});

export const OfficerEnrolled = defineEvent('officer.enrolled', 1, {
  summary: 'A sworn officer of an agency may refer people from this time on, and until that time where one is given.',
  schema: z.object({ agencyId: id, officerId: id, activeFrom: instant, activeUntil: instant.optional() }),
  samples: [{ agencyId: 'santa-fe-pd', officerId: 'persona-officer', activeFrom: '2026-01-05T16:00:00.000Z' }],
});

export const OfficerDeparted = defineEvent('officer.departed', 1, {
  summary:
    'A sworn officer may not refer people for an agency from this time on; after a transfer, for the other agency.',
  schema: z.object({
    agencyId: id,
    officerId: id,
    activeUntil: instant,
    reason: code,
    toAgencyId: id.optional(),
  }),
  samples: [
    {
      agencyId: 'santa-fe-pd',
      officerId: 'persona-officer',
      activeUntil: '2026-03-01T07:00:00.000Z',
      reason: 'transferred',
      toAgencyId: 'espanola-pd',
    },
  ],
});

export const agencyEvents = [AgencyEnrolled, AgencySiteChanged, OfficerEnrolled, OfficerDeparted];
