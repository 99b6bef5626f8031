import { id, instant } from '@throughline/shared/contracts';
import { pageQuery } from '@throughline/shared/http';
import { z } from 'zod';
import { isTimeZone } from '../domain/zoned-days.js';

export const agencyId = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'An agency id is in kebab-case, as in santa-fe-pd.' });

/** Account of an officer at the identity provider (claim `sub`). */
export const officerId = id.regex(/^[\x21-\x7e]+$/, {
  error: 'An officer id is the sub of a token: visible ASCII only.',
});

export const name = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u, { error: 'A name holds no control characters.' });

/** District, station or squad of an officer, as the agency calls it. */
export const unit = name.max(100);

export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, { error: 'This is no name of the IANA time zone database, as America/Denver is.' });

/** Id of a site; the policy of site `default` is built in. */
export const siteId = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'A site id is in kebab-case, as in santa-fe.' });

export const agencyRequest = z
  .strictObject({ id: agencyId, name, timeZone, site: siteId.optional() })
  .meta({ id: 'AgencyRequest' });
export type AgencyRequest = z.infer<typeof agencyRequest>;

export const agencySiteRequest = z.strictObject({ site: siteId }).meta({ id: 'AgencySiteRequest' });
export type AgencySiteRequest = z.infer<typeof agencySiteRequest>;

export const officerRequest = z
  .strictObject({
    officerId,
    activeFrom: z.iso.datetime({ offset: true }),
    activeUntil: z.iso.datetime({ offset: true }).optional(),
    unit: unit.optional(),
  })
  .refine(({ activeFrom, activeUntil }) => !activeUntil || Date.parse(activeFrom) < Date.parse(activeUntil), {
    error: 'A period ends after it began.',
    path: ['activeUntil'],
  })
  .meta({ id: 'OfficerRequest' });
export type OfficerRequest = z.infer<typeof officerRequest>;

export const agencyView = z
  .object({ id: agencyId, name: z.string(), timeZone: z.string(), site: siteId, enrolledAt: instant })
  .meta({ id: 'Agency' });
export type AgencyView = z.infer<typeof agencyView>;

export const officerView = z
  .object({
    officerId: z.string(),
    periods: z.array(
      z.object({
        activeFrom: instant,
        activeUntil: instant.optional(),
        unit: z.string().optional(),
        departure: z.object({ reason: z.string(), toAgencyId: agencyId.optional() }).optional(),
      }),
    ),
  })
  .meta({ id: 'Officer' });
export type OfficerView = z.infer<typeof officerView>;

export const officerPage = z
  .object({ items: z.array(officerView), nextCursor: z.string().optional() })
  .meta({ id: 'OfficerPage' });

export const officersQuery = pageQuery;
export type OfficersQuery = z.infer<typeof officersQuery>;

export const enrolled = z.object({ id: z.string() }).meta({ id: 'Enrolled' });
export type Enrolled = z.infer<typeof enrolled>;
