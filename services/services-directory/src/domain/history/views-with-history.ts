import type {
  HsdsLocation,
  HsdsMetadata,
  HsdsOrganization,
  HsdsServiceAtLocation,
  HsdsServiceContent,
} from '../hsds.js';
import type { HsdsOrganizationFull, HsdsServiceAtLocationFull } from '../views.js';
import type { RecordsWithHistory } from './metadata.js';

/** The newest history of a record of the directory; nothing for a record that has none. */
export type HistoryLookup = (of: RecordsWithHistory, id: string) => readonly HsdsMetadata[];

type Told = { id: string; metadata?: HsdsMetadata[] };

/** A record with what this directory knows of its history, after what its source has told. */
export function told<View extends Told>(view: View, history: readonly HsdsMetadata[]): View {
  return history.length === 0 ? view : { ...view, metadata: [...(view.metadata ?? []), ...history] };
}

const locationTold = (location: HsdsLocation, historyOf: HistoryLookup): HsdsLocation =>
  told(location, historyOf('locations', location.id));

function placeTold<Place extends HsdsServiceAtLocation>(
  place: Place,
  ofService: readonly HsdsMetadata[],
  historyOf: HistoryLookup,
): Place {
  const own = ofService.filter(({ resource_id: id }) => id === place.id);
  const { location } = place;
  return told(location ? { ...place, location: locationTold(location, historyOf) } : place, own);
}

/** What has become of a place that is there still, is told with the place. */
export function serviceTold<View extends HsdsServiceContent>(view: View, historyOf: HistoryLookup): View {
  const history = historyOf('services', view.id);
  const places = view.service_at_locations;
  const ids = new Set(places?.map(({ id }) => id));
  return told(
    places ? { ...view, service_at_locations: places.map((place) => placeTold(place, history, historyOf)) } : view,
    history.filter(({ resource_id: id }) => !ids.has(id!)),
  );
}

export function organizationTold<View extends HsdsOrganization>(view: View, historyOf: HistoryLookup): View {
  const { locations } = view;
  return told(
    locations ? { ...view, locations: locations.map((one) => locationTold(one, historyOf)) } : view,
    historyOf('organizations', view.id),
  );
}

type WithOrganization = HsdsServiceContent & { organization: HsdsOrganization };

/** A service with everything related to it. */
export const wholeServiceTold = <View extends WithOrganization>(view: View, historyOf: HistoryLookup): View =>
  serviceTold({ ...view, organization: organizationTold(view.organization, historyOf) }, historyOf);

/** An organization with its services; those that are shown by their own fields alone have no history. */
export function organizationWithServicesTold(
  view: HsdsOrganizationFull,
  fullServices: boolean,
  historyOf: HistoryLookup,
): HsdsOrganizationFull {
  const whole = organizationTold(view, historyOf);
  if (!whole.services || !fullServices) return whole;
  return { ...whole, services: whole.services.map((service) => serviceTold(service, historyOf)) };
}

/** A service at a location with its service, which does not name its places again. */
export const placeWithServiceTold = (
  view: HsdsServiceAtLocationFull,
  historyOf: HistoryLookup,
): HsdsServiceAtLocationFull => {
  const ofService = historyOf('services', view.service.id);
  const elsewhere: HistoryLookup = (of, id) =>
    of === 'services' ? ofService.filter(({ resource_type: type }) => type === 'service') : historyOf(of, id);
  return {
    ...placeTold(view, ofService, historyOf),
    service: wholeServiceTold(view.service as WithOrganization, elsewhere) as HsdsServiceAtLocationFull['service'],
  };
};
