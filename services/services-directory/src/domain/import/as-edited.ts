import type { HsdsLocation, HsdsOrganization, HsdsServiceContent, HsdsTaxonomyTerm } from '../hsds.js';
import { withOwnLocations, withoutOwnLocations, type LinkedOrganization } from '../record-links.js';
import { withTerms } from '../record-terms.js';

/** A record as it is once the import is done, where a person has edited it. */
export interface AsEdited<Content> {
  content: Content;
  withdrawn: boolean;
}

/** The records that services show and that a person has edited, made or withdrawn, by id. */
export interface EditedShown {
  organizations: ReadonlyMap<string, AsEdited<LinkedOrganization>>;
  locations: ReadonlyMap<string, AsEdited<HsdsLocation>>;
  terms: ReadonlyMap<string, AsEdited<HsdsTaxonomyTerm>>;
}

export const contentsOf = <Content>(edited: ReadonlyMap<string, AsEdited<Content>>): ReadonlyMap<string, Content> =>
  new Map([...edited].map(([id, { content }]) => [id, content]));

/** An organization with its locations, as the directory shows it: what a dataset says of them is not the last word. */
export function organizationAsEdited(organization: HsdsOrganization, edited: EditedShown): HsdsOrganization {
  if (edited.organizations.size + edited.locations.size + edited.terms.size === 0) return organization;
  const carried = withTerms(organization, contentsOf(edited.terms));
  const own = edited.organizations.get(organization.id)?.content ?? withoutOwnLocations(carried);
  const untouched = (carried.locations ?? []).filter(({ id }) => !edited.locations.has(id));
  const others = [...edited.locations.values()].flatMap(({ content, withdrawn }) =>
    !withdrawn && content.organization_id === organization.id ? [content] : [],
  );
  return withOwnLocations(own, [...untouched, ...others]);
}

/** A service with its locations and terms, as the directory shows them. */
export function serviceAsEdited(content: HsdsServiceContent, { locations, terms }: EditedShown): HsdsServiceContent {
  const carried = withTerms(content, contentsOf(terms));
  if (locations.size === 0 || !carried.service_at_locations) return carried;
  return {
    ...carried,
    service_at_locations: carried.service_at_locations.map((place) => {
      const location = place.location && locations.get(place.location.id);
      return location ? { ...place, location: location.content } : place;
    }),
  };
}
