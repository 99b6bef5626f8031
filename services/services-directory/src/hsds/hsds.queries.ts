import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import type { HsdsService, HsdsTaxonomy, HsdsTaxonomyTerm } from '../domain/hsds.js';
import type { ListName, ListQuery } from '../domain/list-query.js';
import { pageOf, type Page } from '../domain/page.js';
import { isUuid } from '../domain/uuid.js';
import type { HsdsOrganizationFull } from '../domain/views.js';
import { DirectoryRecords } from '../records/directory-records.js';
import type { RecordLife } from '../records/record-life.js';
import { ServiceAtLocationsRepository } from '../services/service-at-locations.repository.js';
import { ServicesRepository } from '../services/services.repository.js';
import { ListSources } from './list-sources.js';

/** So many records share their look-ups while a list is streamed, and no more are held. */
const STREAMED_TOGETHER = 100;

/**
 * A record as it is answered, and when anything in it has last changed. Of an organization nobody knows that: a service or
 * a location that has left it changes what it shows and leaves no time behind.
 */
export interface Item<Shown> {
  shown: Shown;
  modifiedAt?: Date;
}

/** Answers the questions of the HSDS API. */
@Injectable()
export class HsdsQueries {
  constructor(
    @Inject(ListSources) private readonly sources: ListSources,
    @Inject(ServicesRepository) private readonly services: ServicesRepository,
    @Inject(ServiceAtLocationsRepository) private readonly places: ServiceAtLocationsRepository,
    @Inject(DirectoryRecords) private readonly records: DirectoryRecords,
  ) {}

  async page(list: ListName, query: ListQuery): Promise<Page<object>> {
    const { ids, show } = await this.sources.of(list, query);
    const skip = (query.page - 1) * query.perPage;
    const contents = await show(ids.slice(skip, skip + query.perPage));
    return pageOf(contents, ids.length, query.page, query.perPage);
  }

  /** One line of JSON for each record that the query selects. */
  async *lines(list: ListName, query: ListQuery): AsyncGenerator<string> {
    const { ids, show } = await this.sources.of(list, query);
    for (let from = 0; from < ids.length; from += STREAMED_TOGETHER)
      for (const record of await show(ids.slice(from, from + STREAMED_TOGETHER))) yield `${JSON.stringify(record)}\n`;
  }

  /** @throws Refusal `service-not-found` for an id that is none, and for a service that was withdrawn */
  async service(id: string): Promise<Item<HsdsService>> {
    const found = await this.services.find(uuidOf(id, 'service'));
    if (!found) throw notFound('service');
    return { shown: (await this.sources.servicesFull([found]))[0]!, modifiedAt: found.modifiedAt };
  }

  /** @throws Refusal `service-at-location-not-found` */
  async serviceAtLocation(id: string): Promise<Item<object>> {
    const key = uuidOf(id, 'service-at-location');
    const life = await this.places.statesOf([key]);
    const found = await this.places.find(key);
    const [place] = found ? await this.sources.placesShown([found], true) : [];
    if (!place) throw notFound('service-at-location');
    return item(place, life.get(key));
  }

  /** @throws Refusal `organization-not-found` */
  async organization(id: string, fullServices: boolean): Promise<Item<HsdsOrganizationFull>> {
    const found = await this.records.organizations.find(uuidOf(id, 'organization'));
    const [organization] = found ? await this.sources.organizationsFull([found.content], fullServices) : [];
    if (!organization) throw notFound('organization');
    return { shown: organization };
  }

  /** @throws Refusal `taxonomy-not-found` */
  async taxonomy(id: string): Promise<Item<HsdsTaxonomy>> {
    const key = uuidOf(id, 'taxonomy');
    const life = await this.records.taxonomies.statesOf([key]);
    const [found] = await this.sources.taxonomies([key]);
    if (!found) throw notFound('taxonomy');
    return item(found, life.get(key));
  }

  /** @throws Refusal `taxonomy-term-not-found` */
  async taxonomyTerm(id: string): Promise<Item<HsdsTaxonomyTerm>> {
    const key = uuidOf(id, 'taxonomy-term');
    const life = await this.records.terms.statesOf([key]);
    const [found] = await this.sources.terms([key]);
    if (!found) throw notFound('taxonomy-term');
    return item(found, life.get(key));
  }
}

/** @param life read before the record: a time that is too early only sends once more what is known */
const item = <Shown>(shown: Shown, life: RecordLife | undefined): Item<Shown> => ({
  shown,
  ...(life ? { modifiedAt: life.modifiedAt } : {}),
});

const notFound = (kind: string): Refusal =>
  new Refusal('not-found', `${kind}-not-found`, `there is no ${kind.replaceAll('-', ' ')} of this id`);

function uuidOf(id: string, kind: string): string {
  if (!isUuid(id)) throw notFound(kind);
  return id.toLowerCase();
}
