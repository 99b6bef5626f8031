import { Inject, Injectable } from '@nestjs/common';
import { isCovered } from '../domain/coverage.js';
import type { HsdsOrganization, HsdsService, HsdsTaxonomy, HsdsTaxonomyTerm } from '../domain/hsds.js';
import { beltAround } from '../domain/geography.js';
import type { ListName, ListQuery, RecordFilter, View } from '../domain/list-query.js';
import {
  organizationFull,
  organizationListed,
  placeFull,
  placeListed,
  serviceFull,
  serviceListed,
  serviceMinimal,
  type HsdsOrganizationFull,
  type ServiceWithOrganization,
} from '../domain/views.js';
import {
  organizationWithServicesTold,
  placeWithServiceTold,
  told,
  wholeServiceTold,
} from '../domain/history/views-with-history.js';
import { Histories } from '../history/histories.js';
import { DirectoryRecords } from '../records/directory-records.js';
import { filterOf } from '../records/record-filter.js';
import type { RecordCollection } from '../records/record-collection.js';
import { ServiceAtLocationsRepository, type FoundPlace } from '../services/service-at-locations.repository.js';
import { ServiceListingsRepository } from '../services/service-listings.repository.js';
import { ServicesRepository, type FoundService } from '../services/services.repository.js';
import { SelectedIds } from './selected-ids.js';

/** The ids of all records of a list, in order, and how records are shown, in the same order. */
export interface ListSource {
  ids: readonly string[];
  /** May answer fewer, where one has gone meanwhile. */
  show: (ids: readonly string[]) => Promise<object[]>;
}

/** Finds and shows what the lists of the HSDS API consist of. */
@Injectable()
export class ListSources {
  constructor(
    @Inject(ServicesRepository) private readonly services: ServicesRepository,
    @Inject(ServiceListingsRepository) private readonly listings: ServiceListingsRepository,
    @Inject(ServiceAtLocationsRepository) private readonly places: ServiceAtLocationsRepository,
    @Inject(DirectoryRecords) private readonly records: DirectoryRecords,
    @Inject(SelectedIds) private readonly selected: SelectedIds,
    @Inject(Histories) private readonly histories: Histories,
  ) {}

  async of(list: ListName, query: ListQuery): Promise<ListSource> {
    const { page: _page, perPage: _perPage, format: _format, view, ...filter } = query;
    const ids = await this.selected.of(JSON.stringify([list, filter]), () => this.idsOf(list, filter));
    return { ids, show: (some) => this.shown(list, view, some) };
  }

  private idsOf(list: ListName, filter: RecordFilter): Promise<string[]> {
    const { records } = this;
    switch (list) {
      case 'services':
        return this.listings.ids(filter);
      case 'organizations':
        return this.organizationIds(filter);
      case 'service_at_locations':
        return filter.postcode ? this.idsForPostcode(filter, filter.postcode) : this.places.ids(filter);
      case 'taxonomies':
        return records.taxonomies.ids(filterOf(filter, WORDS));
      case 'taxonomy_terms':
        return records.terms.ids(filterOf(filter, TERM_FIELDS));
    }
  }

  private async shown(list: ListName, view: View, ids: readonly string[]): Promise<object[]> {
    switch (list) {
      case 'services':
        return view === 'minimal' ? this.servicesMinimal(ids) : this.servicesShown(ids, view === 'full');
      case 'organizations': {
        const organizations = await contentsOf(this.records.organizations, ids);
        if (view === 'list') return organizations.map(organizationListed);
        return this.organizationsFull(organizations, view === 'full-services');
      }
      case 'service_at_locations':
        return this.placesShown(await this.places.byIds(ids), view === 'full');
      case 'taxonomies':
        return this.taxonomies(ids);
      case 'taxonomy_terms':
        return this.terms(ids);
    }
  }

  /** Services with everything related to them. */
  async servicesFull(found: readonly FoundService[]): Promise<HsdsService[]> {
    return this.histories.tell((await this.withOrganizations(found)).map(serviceFull), wholeServiceTold);
  }

  async taxonomies(ids: readonly string[]): Promise<HsdsTaxonomy[]> {
    const found = await contentsOf(this.records.taxonomies, ids);
    return this.histories.tell(found, (one, historyOf) => told(one, historyOf('taxonomies', one.id)));
  }

  async terms(ids: readonly string[]): Promise<HsdsTaxonomyTerm[]> {
    const found = await contentsOf(this.records.terms, ids);
    return this.histories.tell(found, (one, historyOf) => told(one, historyOf('taxonomy_terms', one.id)));
  }

  /** Services joined with their organizations; one look-up for all of them. */
  private async withOrganizations(services: readonly FoundService[]): Promise<ServiceWithOrganization[]> {
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
    const full = organizations.map((one) =>
      organizationFull(whole.get(one.id) ?? one, byOrganization.get(one.id) ?? [], fullServices),
    );
    return this.histories.tell(full, (one, historyOf) => organizationWithServicesTold(one, fullServices, historyOf));
  }

  /** Services at locations with the service of each, which must be there still. */
  async placesShown(found: readonly FoundPlace[], full: boolean): Promise<object[]> {
    const services = await this.services.byIds(found.map(({ serviceId }) => serviceId));
    const whole = await this.withOrganizations([...services.values()]);
    const byId = new Map(whole.map((service) => [service.content.id, service]));
    const shown = found.flatMap(({ id, serviceId }) => {
      const service = byId.get(serviceId);
      const place = service?.content.service_at_locations?.find((one) => one.id === id);
      return service && place ? [{ service, place }] : [];
    });
    if (!full) return shown.map(({ place, service }) => placeListed(place, service));
    const views = shown.map(({ place, service }) => placeFull(place, service));
    return this.histories.tell(views, placeWithServiceTold);
  }

  private async servicesShown(ids: readonly string[], full: boolean): Promise<object[]> {
    const services = await this.services.byIds(ids);
    const there = ids.flatMap((id) => services.get(id) ?? []).filter(({ withdrawn }) => !withdrawn);
    return full ? this.servicesFull(there) : (await this.withOrganizations(there)).map(serviceListed);
  }

  private async servicesMinimal(ids: readonly string[]): Promise<object[]> {
    const lives = await this.listings.statesOf(ids);
    return ids.flatMap((id) => {
      const life = lives.get(id);
      return life && !life.withdrawn ? [serviceMinimal(id, life.modifiedAt)] : [];
    });
  }

  /** An organization has a term if it carries it or one of its services does. */
  private async organizationIds(filter: RecordFilter): Promise<string[]> {
    const { organizations } = this.records;
    let ids = await organizations.ids(filterOf(filter, WORDS));
    for (const name of ['taxonomyTermId', 'taxonomyId'] as const) {
      const value = filter[name];
      if (!value) continue;
      const carrying = new Set([
        ...(await organizations.ids({ [`state.facts.${name}s`]: value })),
        ...(await this.listings.organizationIds({ [name]: value })),
      ]);
      ids = ids.filter((id) => carrying.has(id));
    }
    return ids;
  }

  /** Whether a place serves a postcode is decided place by place. */
  private async idsForPostcode(filter: RecordFilter, postcode: string): Promise<string[]> {
    const { proximity } = filter;
    const middle = await this.records.middleOfPostcode(postcode);
    if (proximity !== undefined && middle === undefined) return [];
    const belt = proximity === undefined || middle === undefined ? undefined : beltAround(middle, proximity);
    const asked = { postcode, middle, ...(proximity === undefined ? {} : { proximity }) };
    const ids: string[] = [];
    for await (const { id, coverage } of this.places.candidates(filter, postcode, belt))
      if (isCovered(coverage, asked)) ids.push(id);
    return ids;
  }
}

const WORDS = { words: 'state.facts.words' };
const TERM_FIELDS = {
  ...WORDS,
  taxonomyId: 'state.facts.taxonomyId',
  parentId: 'state.facts.parentId',
  topOnly: 'state.facts.parentId',
};

/** The records of these ids that are there, in the order of the ids. */
async function contentsOf<Content extends { id: string }>(
  collection: RecordCollection<Content>,
  ids: readonly string[],
): Promise<Content[]> {
  const records = await collection.byIds(ids);
  return ids.flatMap((id) => {
    const record = records.get(id);
    return record && !record.withdrawn ? [record.content] : [];
  });
}

/** Organizations are written before the services that name them, and leave tombstones, so it must be there. */
function organizationOf(service: FoundService, organizations: Map<string, HsdsOrganization>): HsdsOrganization {
  const organization = organizations.get(service.organizationId);
  if (!organization) throw new Error(`service ${service.id} names an organization that is not in the database`);
  return organization;
}
