import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import type { HsdsOrganization, HsdsService } from '../domain/hsds.js';
import { pageOf, type Page } from '../domain/page.js';
import type { ServiceQuery } from '../domain/service-query.js';
import {
  fullView,
  listView,
  minimalView,
  type HsdsServiceListed,
  type HsdsServiceMinimal,
} from '../domain/service-views.js';
import { isUuid } from '../domain/uuid.js';
import { DirectoryRecords } from '../records/directory-records.js';
import { ServicesRepository, type FoundService } from '../services/services.repository.js';

export type ListedService = HsdsServiceListed | HsdsService | HsdsServiceMinimal;

/** So many services share one look-up of their organizations while a list is streamed. */
const STREAMED_TOGETHER = 100;

/** Answers the questions of the HSDS API. */
@Injectable()
export class HsdsQueries {
  constructor(
    @Inject(ServicesRepository) private readonly services: ServicesRepository,
    @Inject(DirectoryRecords) private readonly records: DirectoryRecords,
  ) {}

  /** @throws Refusal `service-not-found` for an id that is none, and for a service that was withdrawn */
  async service(id: string): Promise<HsdsService> {
    const found = isUuid(id) ? await this.services.find(id.toLowerCase()) : undefined;
    if (!found) throw new Refusal('not-found', 'service-not-found', 'there is no service of this id');
    const organizations = await this.records.organizationsWithLocations([found.organizationId]);
    return fullView(found.content, organizationOf(found, organizations), found.modifiedAt);
  }

  async page(query: ServiceQuery): Promise<Page<ListedService>> {
    const total = await this.services.count(query);
    const beyond = (query.page - 1) * query.perPage >= total;
    const contents = beyond ? [] : await this.shown(await this.services.page(query), query);
    return pageOf(contents, total, query.page, query.perPage);
  }

  /** One line of JSON for each service that the query selects. Holds a small part of them at a time. */
  async *lines(query: ServiceQuery): AsyncGenerator<string> {
    let batch: FoundService[] = [];
    for await (const service of this.services.all(query)) {
      batch.push(service);
      if (batch.length < STREAMED_TOGETHER) continue;
      yield* (await this.shown(batch, query)).map(line);
      batch = [];
    }
    yield* (await this.shown(batch, query)).map(line);
  }

  private async shown(found: readonly FoundService[], { view }: ServiceQuery): Promise<ListedService[]> {
    if (view === 'minimal') return found.map(({ id, modifiedAt }) => minimalView(id, modifiedAt));
    const organizations = await this.records.organizationsWithLocations(found.map((service) => service.organizationId));
    const show = view === 'full' ? fullView : listView;
    return found.map((service) => show(service.content, organizationOf(service, organizations), service.modifiedAt));
  }
}

const line = (service: ListedService): string => `${JSON.stringify(service)}\n`;

/** An import writes organizations before the services that name them and never removes one, so it must be there. */
function organizationOf(service: FoundService, organizations: Map<string, HsdsOrganization>): HsdsOrganization {
  const organization = organizations.get(service.organizationId);
  if (!organization) throw new Error(`service ${service.id} names an organization that is not in the database`);
  return organization;
}
