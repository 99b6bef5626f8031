import type { HsdsLocation, HsdsOrganization, HsdsPhone, HsdsServiceContent } from './hsds.js';
import { distinct, termIdsOf, termsOf, type TermsOfRecord } from './record-facts.js';
import { withoutLocations } from './record-links.js';
import { carriedTermIds } from './record-terms.js';
import { searchText } from './words.js';

/** The records that a service shows, by id. */
export interface References {
  organizationId: string;
  locationIds: string[];
  /** Of the service and its parts, but for those of its locations. */
  taxonomyTermIds: string[];
}

/** What lists select services by; each value derives from the HSDS record. */
export interface ServiceFacts extends TermsOfRecord {
  organizationId: string;
  /** For the full-text search, see `searchText`. */
  words: string;
}

/** The places at which a service is offered, with what is known of each. */
const locationsOf = (content: HsdsServiceContent): HsdsLocation[] =>
  (content.service_at_locations ?? []).flatMap((place) => place.location ?? []);

export const referencesOf = (content: HsdsServiceContent, organization: HsdsOrganization): References => ({
  organizationId: organization.id,
  locationIds: distinct(locationsOf(content).map((place) => place.id)),
  taxonomyTermIds: carriedTermIds(withoutLocations(content)),
});

export function factsOf(content: HsdsServiceContent, organization: HsdsOrganization): ServiceFacts {
  const terms = termsOf(content.attributes);
  const places = locationsOf(content);
  return {
    ...termIdsOf(terms),
    organizationId: organization.id,
    words: searchText(
      content.name,
      content.alternate_name,
      content.description,
      content.eligibility_description,
      content.application_process,
      content.fees_description,
      organization.name,
      organization.alternate_name,
      ...terms.map((term) => term.name),
      ...places.flatMap((place) => [place.name, ...(place.addresses ?? []).map((one) => one.city)]),
    ),
  };
}

/** What a referrer elsewhere must know of a service, bounded as the contract of `service.published` v1 bounds it. */
export function announcementOf(content: HsdsServiceContent, organization: HsdsOrganization, at: Date) {
  const places = locationsOf(content).flatMap((place) => {
    const address = place.addresses?.find((one) => one.address_type === 'physical') ?? place.addresses?.[0];
    const { latitude, longitude } = place;
    const found = {
      ...(address ? { city: address.city.slice(0, 200), postcode: address.postal_code.slice(0, 20) } : {}),
      ...(latitude !== undefined && longitude !== undefined ? { latitude, longitude } : {}),
    };
    return Object.keys(found).length > 0 ? [found] : [];
  });
  const phone = phonesOf(content)[0]?.number.slice(0, 100);
  return {
    serviceId: content.id,
    name: content.name.slice(0, 300),
    organizationId: organization.id,
    organizationName: organization.name.slice(0, 300),
    status: content.status,
    categories: distinct(termsOf(content.attributes).map((term) => term.name.slice(0, 200))).slice(0, 50),
    ...(phone ? { phone } : {}),
    ...(content.url && content.url.length <= 500 ? { url: content.url } : {}),
    places: places.slice(0, 20),
    publishedAt: at.toISOString(),
  };
}

/** The room of a service, bounded as the contract of `service.capacity-updated` v1 bounds it. */
export const capacitiesAnnounced = ({ capacities = [] }: Pick<HsdsServiceContent, 'capacities'>) =>
  capacities.slice(0, 20).map(({ unit, available, maximum, updated }) => ({
    unit: unit.name.slice(0, 200),
    available,
    ...(maximum === undefined ? {} : { maximum }),
    updated: new Date(updated).toISOString(),
  }));

/** The service's own numbers first, then those of the places where it is offered. */
const phonesOf = (content: HsdsServiceContent): HsdsPhone[] => [
  ...(content.phones ?? []),
  ...(content.service_at_locations ?? []).flatMap((place) => [
    ...(place.phones ?? []),
    ...(place.location?.phones ?? []),
  ]),
];
