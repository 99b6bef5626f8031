import type { DataOf, ServiceCapacityUpdated, ServicePublished } from '@throughline/shared/contracts';
import { searchKeysOf, wordsOf } from './search-words.js';

/** What the directory announced of a service: public data, as much as a referrer must know. */
export type ServiceDetails = Omit<DataOf<typeof ServicePublished>, 'publishedAt'>;

/** A service of the directory as this service knows it, from events alone. */
export interface KnownService {
  /** True while clients can be linked to it: published, active, and not withdrawn. */
  listed: boolean;
  /** By what lists are ordered. */
  sortName: string;
  /** What a search word may be, so as to find it. */
  keys: string[];
  /** Absent as long as it has never been published. */
  details?: ServiceDetails;
  /** How much room it has, by unit, and when that was right; absent as long as nobody has said. */
  capacities?: ServiceCapacity[];
}

export type ServiceCapacity = DataOf<typeof ServiceCapacityUpdated>['capacities'][number];

/** The record of a service of which nothing is known but that it has events. */
export const unknownService: KnownService = { listed: false, sortName: '', keys: [] };

/** A service as its latest announcement describes it; it is found by its name, its provider, categories and cities. */
export function publishedService(
  current: KnownService,
  { publishedAt: _publishedAt, ...details }: DataOf<typeof ServicePublished>,
): KnownService {
  const { name, organizationName, categories, places } = details;
  const cities = places.flatMap(({ city }) => city ?? []);
  return {
    listed: details.status === 'active',
    sortName: wordsOf(name).join(' '),
    keys: searchKeysOf([name, ...categories, ...cities, organizationName]),
    details,
    ...(current.capacities ? { capacities: current.capacities } : {}),
  };
}

/** A service whose room was counted; the rest of it stays as it was announced. */
export const countedService = (
  { capacities: _before, ...current }: KnownService,
  { capacities }: DataOf<typeof ServiceCapacityUpdated>,
): KnownService => (capacities.length > 0 ? { ...current, capacities } : current);

/** A service that the directory has withdrawn: no longer to be chosen, still known by name where it was. */
export const withdrawnService = (current: KnownService): KnownService => ({ ...current, listed: false });
