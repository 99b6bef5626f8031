import { factsOf, type ServiceFacts } from './directory-entry.js';
import type { Position, ServiceAreaTexts } from './geography.js';
import type { HsdsOrganization, HsdsServiceAtLocation, HsdsServiceContent } from './hsds.js';
import { locationFacts, type LocationFacts } from './record-facts.js';

/** What lists select a service at a location by; each value derives from the HSDS records. */
export interface PlaceFacts extends ServiceFacts {
  /** Of the location, as `postcodeOf` writes them. */
  postcodes: string[];
  position?: Position;
  /** Of the service and of this place. Absent where there is none. */
  areas?: ServiceAreaTexts[];
}

export function placeFacts(
  place: HsdsServiceAtLocation,
  service: HsdsServiceContent,
  organization: HsdsOrganization,
): PlaceFacts {
  const { postcodes, position }: Pick<LocationFacts, 'postcodes' | 'position'> = place.location
    ? locationFacts(place.location)
    : { postcodes: [] };
  const areas = [...(service.service_areas ?? []), ...(place.service_areas ?? [])].map(
    ({ name, description, extent }) => ({
      ...(name ? { name } : {}),
      ...(description ? { description } : {}),
      ...(extent ? { extent } : {}),
    }),
  );
  return {
    ...factsOf({ ...service, service_at_locations: [place] }, organization),
    postcodes,
    ...(position ? { position } : {}),
    ...(areas.length > 0 ? { areas } : {}),
  };
}
