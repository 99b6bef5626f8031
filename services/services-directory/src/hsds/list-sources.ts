import { Inject, Injectable } from '@nestjs/common';
import { isCovered } from '../domain/coverage.js';
import type { HsdsOrganization } from '../domain/hsds.js';
import type { ListName, ListQuery } from '../domain/list-query.js';
import {
  organizationFull,
  organizationListed,
  placeFull,
  placeListed,
  serviceFull,
  serviceListed,
  serviceMinimal,
  type HsdsOrganizationFull,
  type HsdsServiceAtLocationFull,
  type ServiceWithOrganization,
} from '../domain/views.js';
import { DirectoryRecords } from '../records/directory-records.js';
import { filterOf } from '../records/record-filter.js';
import type { RecordCollection } from '../records/record-collection.js';
import { ServiceAtLocationsRepository, type FoundPlace } from '../services/service-at-locations.repository.js';
import { ServicesRepository, type FoundService } from '../services/services.repository.js';

/** How many records a list has, and those of one page or all of them as they are shown, in the order of their ids. */
export interface ListSource {
  count: () => Promise<number>;
  page: (skip: number, limit: number) => Promise<object[]>;
  all: () => AsyncIterable<object>;
}

/** Where a list comes from: the records as they are found, and how they are shown. */
interface Parts<Found> {
  count: () => Promise<number>;
  page: (skip: number, limit: number) => Promise<Found[]>;
  all: () => AsyncIterable<Found>;
  /** May answer fewer, where one has gone meanwhile. */
  show: (found: Found[]) => Promise<object[]>;
}

/** So many records share their look-ups while a list is streamed, and no more are held. */
const STREAMED_TOGETHER = 100;

const listOf = <Found>({ count, page, all, show }: Parts<Found>): ListSource => ({
  count,
  page: async (skip, limit) => show(await page(skip, limit)),
  all: async function* () {
    let batch: Found[] = [];
    for await (const record of all()) {
      batch.push(record);
      if (batch.length < STREAMED_TOGETHER) continue;
      yield* await show(batch);
      batch = [];
    }
    yield* await show(batch);
  },
});

/** Finds and shows what the lists of the HSDS API consist of. */
@Injectable()
export class ListSources {
  constructor(
    @Inject(ServicesRepository) private readonly services: ServicesRepository,
    @Inject(ServiceAtLocationsRepository) private readonly places: ServiceAtLocationsRepository,
    @Inject(DirectoryRecords) private readonly records: DirectoryRecords,
  ) {}

  async of(list: ListName, query: ListQuery): Promise<ListSource> {
    const { records } = this;
    switch (list) {
      case 'services':
        return query.view === 'minimal' ? this.servicesMinimal(query) : this.servicesWhole(query);
      case 'organizations':
        return this.organizations(query);
      case 'service_at_locations':
        return query.postcode ? this.placesForPostcode(query, query.postcode) : this.allPlaces(query);
      case 'taxonomies':
        return plain(records.taxonomies, filterOf(query, { words: 'state.facts.words' }));
      case 'taxonomy_terms':
        return plain(
          records.terms,
          filterOf(query, {
            words: 'state.facts.words',
            taxonomyId: 'state.facts.taxonomyId',
            parentId: 'state.facts.parentId',
            topOnly: 'state.facts.parentId',
          }),
        );
    }
  }

  /** Services joined with their organizations; one look-up for all of them. */
  async withOrganizations(services: readonly FoundService[]): Promise<ServiceWithOrganization[]> {
    const organizations = await this.records.organizationsWithLocations(services.map((one) => one.organizationId));
    return services.map((service) => ({ ...service, organization: organizationOf(service, organizations) }));
  }

  /** Organizations with their locations and services. */
  async organizationsFull(organizations: HsdsOrganization[], fullServices: boolean): Promise<HsdsOrganizationFull[]> {
    const ids = organizations.map(({ id }) => id);
    const whole = await this.records.organizationsWithLocations(ids);
    const services = await this.services.ofOrganizations(ids);
    const byOrganization = new Map<string, FoundService[]>(ids.map((id) => [id, []]));
    for (const service of services) byOrganization.get(service.organizationId)?.push(service);
    return organizations.map((one) =>
      organizationFull(whole.get(one.id) ?? one, byOrganization.get(one.id) ?? [], fullServices),
    );
  }

  /** Services at locations with the service of each, which must be there still. */
  async placesShown(found: readonly FoundPlace[], full: boolean): Promise<object[]> {
    const services = await this.services.byIds(found.map(({ serviceId }) => serviceId));
    const whole = await this.withOrganizations([...services.values()]);
    const byId = new Map(whole.map((service) => [service.content.id, service]));
    return found.flatMap(({ id, serviceId }): (HsdsServiceAtLocationFull | object)[] => {
      const service = byId.get(serviceId);
      const place = service?.content.service_at_locations?.find((one) => one.id === id);
      if (!service || !place) return [];
      return [full ? placeFull(place, service) : placeListed(place, service)];
    });
  }

  private servicesWhole(query: ListQuery): ListSource {
    const show = query.view === 'full' ? serviceFull : serviceListed;
    return listOf({
      count: () => this.services.count(query),
      page: (skip, limit) => this.services.page(query, skip, limit),
      all: () => this.services.all(query),
      show: async (found) => (await this.withOrganizations(found)).map((service) => show(service)),
    });
  }

  private servicesMinimal(query: ListQuery): ListSource {
    return listOf({
      count: () => this.services.count(query),
      page: (skip, limit) => collected(this.services.modified(query, skip, limit)),
      all: () => this.services.modified(query),
      show: async (found) => found.map(({ id, modifiedAt }) => serviceMinimal(id, modifiedAt)),
    });
  }

  /** An organization has a term if it carries it or one of its services does. */
  private async organizations(query: ListQuery): Promise<ListSource> {
    const conditions: object[] = [filterOf(query, { words: 'state.facts.words' })];
    for (const filter of ['taxonomyTermId', 'taxonomyId'] as const) {
      const value = query[filter];
      if (!value) continue;
      const ids = await this.services.organizationIds({ [filter]: value });
      conditions.push({ $or: [{ [`state.facts.${filter}s`]: value }, { _id: { $in: ids } }] });
    }
    return listOf({
      ...recordsOf(this.records.organizations, { $and: conditions }),
      show: async (found) => {
        const organizations = found.map(({ content }) => content);
        if (query.view === 'list') return organizations.map(organizationListed);
        return this.organizationsFull(organizations, query.view === 'full-services');
      },
    });
  }

  private allPlaces(query: ListQuery): ListSource {
    return listOf({
      count: () => this.places.count(query),
      page: (skip, limit) => this.places.page(query, skip, limit),
      all: () => this.places.all(query),
      show: (found) => this.placesShown(found, query.view === 'full'),
    });
  }

  /** Whether a place serves a postcode is decided place by place; the ids of those that do are held meanwhile. */
  private async placesForPostcode(query: ListQuery, postcode: string): Promise<ListSource> {
    const { proximity } = query;
    const middle = await this.records.middleOfPostcode(postcode);
    const asked = { postcode, middle, ...(proximity === undefined ? {} : { proximity }) };
    const covering: FoundPlace[] = [];
    for await (const { coverage, ...place } of this.places.candidates(query, postcode, proximity !== undefined))
      if (isCovered(coverage, asked)) covering.push(place);
    return listOf({
      count: async () => covering.length,
      page: async (skip, limit) => covering.slice(skip, skip + limit),
      all: async function* () {
        yield* covering;
      },
      show: (found) => this.placesShown(found, query.view === 'full'),
    });
  }
}

const recordsOf = <Content extends { id: string }>(collection: RecordCollection<Content>, filter: object) => ({
  count: () => collection.count(filter),
  page: (skip: number, limit: number) => collection.page(filter, skip, limit),
  all: () => collection.all(filter),
});

/** Records that lists show as they are. */
const plain = <Content extends { id: string }>(collection: RecordCollection<Content>, filter: object): ListSource =>
  listOf({
    ...recordsOf(collection, filter),
    show: async (found) => found.map(({ content }) => content),
  });

async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Organizations are written before the services that name them, and leave tombstones, so it must be there. */
function organizationOf(service: FoundService, organizations: Map<string, HsdsOrganization>): HsdsOrganization {
  const organization = organizations.get(service.organizationId);
  if (!organization) throw new Error(`service ${service.id} names an organization that is not in the database`);
  return organization;
}
