import { createHash } from 'node:crypto';
import type { HsdsLocation, HsdsOrganization, HsdsServiceContent } from '../domain/hsds.js';
import { withoutLocations, withoutOwnLocations, type LinkedServiceContent } from '../domain/record-links.js';

/** Of a record whose fields always come in the same order. By it what has not changed is told from what has. */
export const recordHash = (record: unknown): string =>
  createHash('sha256').update(JSON.stringify(record)).digest('hex');

/** The hashes of the records that are shown with a service, of locations by their ids. */
export interface ShownHashes {
  organization: string;
  locations: ReadonlyMap<string, string>;
}

/** One hash of them all. */
export const shownHash = ({ organization, locations }: ShownHashes): string =>
  recordHash([organization, [...locations].sort(([a], [b]) => (a < b ? -1 : 1))]);

/**
 * Of a service with everything that is shown with it, since HSDS defines `last_modified` as the time at which "the
 * service, or any related information about the service, has changed".
 */
export const serviceHash = (content: LinkedServiceContent, shown: string): string => recordHash([content, shown]);

/** The same for a service on its way in, whose organization and locations stand in it. */
export function hashesOfNested(content: HsdsServiceContent, organization: HsdsOrganization) {
  const places = (content.service_at_locations ?? []).flatMap(({ location }) => location ?? []);
  const locations = [...(organization.locations ?? []), ...places];
  const shown = shownHash({
    organization: recordHash(withoutOwnLocations(organization)),
    locations: new Map(locations.map((location: HsdsLocation) => [location.id, recordHash(location)])),
  });
  return { shown, hash: serviceHash(withoutLocations(content), shown) };
}
