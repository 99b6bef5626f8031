import { z } from 'zod';
import { defineEvent } from './define-event.js';
import { id, instant } from './vocabulary.js';

/** What a client may consent to have told to an agency that referred them. */
export const DISCLOSABLE = ['contacted', 'enrolled', 'intake-date'] as const;
export const disclosable = z.enum(DISCLOSABLE);
export type Disclosable = z.output<typeof disclosable>;

const consentId = '0b7f6c52-3c1e-5f5a-8d0a-7d1f4f0f9a31';
const sample = { consentId, caseId: 'c-1', agencyId: 'santa-fe-pd' };

/** Every step of a consent names the case and the agency, so that a reader needs no look-up. */
const step = z.object({ consentId: id, caseId: id, agencyId: id });

export const ConsentGiven = defineEvent('consent.given', 1, {
  summary: 'A client consented in writing that an agency is told some things, until a time.',
  schema: step.extend({ information: z.array(disclosable).min(1), signedAt: instant, expiresAt: instant }),
  samples: [
    {
      ...sample,
      information: ['contacted', 'enrolled'],
      signedAt: '2026-03-04T15:00:00.000Z',
      expiresAt: '2027-03-04T15:00:00.000Z',
    },
  ],
});

export const ConsentRevoked = defineEvent('consent.revoked', 1, {
  summary: 'The client took the consent back: nothing more is told.',
  schema: step.extend({ revokedAt: instant, recordedAt: instant }),
  samples: [{ ...sample, revokedAt: '2026-05-04T15:00:00.000Z', recordedAt: '2026-05-04T15:01:00.000Z' }],
});

export const ConsentExpired = defineEvent('consent.expired', 1, {
  summary: 'The time of the consent is over. Who keeps its end has gone by it already.',
  schema: step.extend({ expiredAt: instant }),
  samples: [{ ...sample, expiredAt: '2027-03-04T15:00:00.000Z' }],
});

export const consentEvents = [ConsentGiven, ConsentRevoked, ConsentExpired];
