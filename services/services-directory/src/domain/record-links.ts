import type { HsdsLocation, HsdsOrganization, HsdsServiceAtLocation, HsdsServiceContent } from './hsds.js';

/** A service at a location as it is kept: the location is a record of its own and joined when it is served. */
export type LinkedServiceAtLocation = Omit<HsdsServiceAtLocation, 'location'> & { location_id?: string };
/** A service as it is kept. */
export type LinkedServiceContent = Omit<HsdsServiceContent, 'service_at_locations'> & {
  service_at_locations?: LinkedServiceAtLocation[];
};
/** An organization as it is kept: its locations name it, not it them. */
export type LinkedOrganization = Omit<HsdsOrganization, 'locations'>;

/** Puts the ids of locations in the places of the locations. */
export function withoutLocations(content: HsdsServiceContent): LinkedServiceContent {
  if (!content.service_at_locations) return content;
  return {
    ...content,
    service_at_locations: content.service_at_locations.map(({ location, ...rest }) =>
      location ? { ...rest, location_id: location.id } : rest,
    ),
  };
}

/** The locations that a service is offered at. */
export const locationIdsOf = (content: LinkedServiceContent): string[] =>
  (content.service_at_locations ?? []).flatMap((place) => place.location_id ?? []);

/** The opposite of `withoutLocations`: an id whose location is not given is left out. */
export function withLocations(
  content: LinkedServiceContent,
  locations: ReadonlyMap<string, HsdsLocation>,
): HsdsServiceContent {
  if (!content.service_at_locations) return content as HsdsServiceContent;
  return {
    ...content,
    service_at_locations: content.service_at_locations.map((place) => joinedPlace(place, locations)),
  };
}

function joinedPlace(
  { location_id: locationId, ...place }: LinkedServiceAtLocation,
  locations: ReadonlyMap<string, HsdsLocation>,
): HsdsServiceAtLocation {
  const location = locationId === undefined ? undefined : locations.get(locationId);
  return location ? { ...place, location } : place;
}

/** An organization without its locations. */
export function withoutOwnLocations({ locations: _locations, ...organization }: HsdsOrganization): LinkedOrganization {
  return organization;
}

/** An organization with its locations, in the order of their ids whatever order they come in. */
export function withOwnLocations(
  organization: LinkedOrganization,
  locations: readonly HsdsLocation[] = [],
): HsdsOrganization {
  if (locations.length === 0) return organization;
  return { ...organization, locations: [...locations].sort((a, b) => (a.id < b.id ? -1 : 1)) };
}
