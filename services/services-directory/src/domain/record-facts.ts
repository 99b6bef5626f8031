import type { Position } from './geography.js';
import type { HsdsAttribute, HsdsLocation, HsdsTaxonomy, HsdsTaxonomyTerm } from './hsds.js';
import { postcodeOf } from './query-values.js';
import type { LinkedOrganization } from './record-links.js';
import { carriedTermIds } from './record-terms.js';
import { searchText } from './words.js';

/** What lists select records by; each value derives from the HSDS record. */

export const distinct = <T>(values: (T | undefined)[]): T[] => [
  ...new Set(values.filter((value): value is T & {} => value !== undefined)),
];

/** The terms that attributes attach. */
export const termsOf = (attributes: HsdsAttribute[] = []): HsdsTaxonomyTerm[] =>
  attributes.flatMap((attribute) => attribute.taxonomy_term ?? []);

export interface TermsOfRecord {
  taxonomyTermIds: string[];
  taxonomyIds: string[];
}

export function termIdsOf(terms: readonly HsdsTaxonomyTerm[]): TermsOfRecord {
  return {
    taxonomyTermIds: distinct(terms.map((term) => term.id)),
    taxonomyIds: distinct(terms.map((term) => term.taxonomy_detail?.id)),
  };
}

/** Of the record and all its parts: whoever changes one of these terms has to renew it there. */
interface CarriedFacts {
  carriedTermIds: string[];
}

export interface OrganizationFacts extends TermsOfRecord, CarriedFacts {
  /** For the full-text search, see `searchText`. */
  words: string;
}

export function organizationFacts({ attributes, ...content }: LinkedOrganization): OrganizationFacts {
  const terms = termsOf(attributes);
  return {
    ...termIdsOf(terms),
    carriedTermIds: carriedTermIds({ attributes, ...content }),
    words: searchText(content.name, content.alternate_name, content.description, ...terms.map((term) => term.name)),
  };
}

export interface LocationFacts extends CarriedFacts {
  organizationId?: string;
  /** As `postcodeOf` writes them. */
  postcodes: string[];
  position?: Position;
}

export function locationFacts(location: HsdsLocation): LocationFacts {
  const { organization_id: organizationId, addresses = [], latitude, longitude } = location;
  return {
    ...(organizationId ? { organizationId } : {}),
    carriedTermIds: carriedTermIds(location),
    postcodes: distinct(addresses.map((address) => postcodeOf(address.postal_code))).filter((one) => one !== ''),
    ...(latitude !== undefined && longitude !== undefined ? { position: { latitude, longitude } } : {}),
  };
}

export interface TaxonomyFacts {
  words: string;
}

export const taxonomyFacts = ({ name, description }: HsdsTaxonomy): TaxonomyFacts => ({
  words: searchText(name, description),
});

export interface TermFacts {
  words: string;
  taxonomyId?: string;
  parentId?: string;
}

export const termFacts = (term: HsdsTaxonomyTerm): TermFacts => ({
  words: searchText(term.name, term.description, term.code),
  ...(term.taxonomy_detail ? { taxonomyId: term.taxonomy_detail.id } : {}),
  ...(term.parent_id ? { parentId: term.parent_id } : {}),
});
