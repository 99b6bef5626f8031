import type { ClientProfile } from './client-fit.js';
import type { Position } from '../geography.js';
import type { ServiceStatus } from '../hsds.js';

/** What is asked of the search. Every filter that is given must hold; of the values of one filter, any. */
export interface SearchQuery {
  text?: string;
  near?: Position & { withinKm: number };
  /** Names of areas where the client lives: city, county, state. */
  areas: readonly string[];
  /** The moment that opening hours and prices are asked for; else now. */
  openAt?: Date;
  /** `yes` leaves out what is closed or unknown, `maybe` what is closed; absent, nothing. */
  open?: 'yes' | 'maybe';
  /** `yes` leaves out what is not certain to reach the client. */
  reach: 'yes' | 'maybe';
  client?: ClientProfile;
  fit: 'yes' | 'maybe' | 'any';
  statuses: readonly ServiceStatus[];
  /** Chosen values, by facet. */
  choices: Readonly<Partial<Record<ChoiceFacet, readonly string[]>>>;
}

/** Facets whose values the records hold. */
export const LISTED_FACETS = ['category', 'organization', 'city', 'language', 'accessibility', 'delivery'] as const;
/** Facets that are worked out, for a day. */
export const DERIVED_FACETS = ['cost', 'capacity', 'freshness'] as const;
/** Facets that answer a question of the query, and are there when it was asked. */
export const ASKED_FACETS = ['open', 'reach', 'fit'] as const;

export type ListedFacet = (typeof LISTED_FACETS)[number];
export type DerivedFacet = (typeof DERIVED_FACETS)[number];
export type AskedFacet = (typeof ASKED_FACETS)[number];
export type ChoiceFacet = ListedFacet | DerivedFacet;
export type Facet = ChoiceFacet | AskedFacet;

export const DERIVED_VALUES = {
  cost: ['free', 'paid', 'unknown'],
  capacity: ['available', 'full', 'unknown'],
  freshness: ['fresh', 'stale', 'unknown'],
} as const satisfies Record<DerivedFacet, readonly string[]>;

export interface FacetValue {
  value: string;
  /** Where the value is an id: its name. */
  label?: string;
  count: number;
}

/** At most so many values of one facet are told, the most frequent. */
export const FACET_VALUES = 50;
