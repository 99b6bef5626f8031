import { createHash } from 'node:crypto';
import type { HsdsOrganization, HsdsServiceContent } from '../domain/hsds.js';
import { withLocations, withoutLocations, withOwnLocations, withoutOwnLocations } from '../domain/record-links.js';

/** Of a record whose fields always come in the same order. By it what has not changed is told from what has. */
export const recordHash = (record: unknown): string =>
  createHash('sha256').update(JSON.stringify(record)).digest('hex');

/**
 * Of a service with everything that is shown with it, since HSDS defines `last_modified` as the time at which "the
 * service, or any related information about the service, has changed". The same for a service on its way in as for one
 * that was joined from the database.
 */
export function serviceHash(content: HsdsServiceContent, organization: HsdsOrganization): string {
  const locations = new Map(
    (content.service_at_locations ?? []).flatMap(({ location }) =>
      location ? [[location.id, location] as const] : [],
    ),
  );
  return recordHash([
    withLocations(withoutLocations(content), locations),
    withOwnLocations(withoutOwnLocations(organization), organization.locations),
  ]);
}
