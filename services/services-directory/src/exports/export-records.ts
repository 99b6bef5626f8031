import { Inject, Injectable } from '@nestjs/common';
import type { HsdsOrganization, HsdsService } from '../domain/hsds.js';
import { organizationListed } from '../domain/views.js';
import { DirectoryRecords } from '../records/directory-records.js';
import { inBatches } from '../records/in-batches.js';
import { ServicesRepository } from '../services/services.repository.js';

/** The tables of an export in JSON, in the order in which they have to be read. */
export const EXPORTED = ['taxonomies', 'taxonomy_terms', 'organizations', 'services'] as const;
export type ExportedTable = (typeof EXPORTED)[number];

const TOGETHER = 100;

/** Everything that the directory holds, record by record, in the order of ids. */
@Injectable()
export class ExportRecords {
  constructor(
    @Inject(DirectoryRecords) private readonly records: DirectoryRecords,
    @Inject(ServicesRepository) private readonly services: ServicesRepository,
  ) {}

  async *of(table: ExportedTable): AsyncGenerator<object> {
    if (table === 'organizations') yield* this.organizations();
    else if (table === 'services') yield* this.allServices();
    else
      for await (const { content } of this.records[table === 'taxonomies' ? 'taxonomies' : 'terms'].all())
        yield content;
  }

  /** Each organization with its locations and all else but its services. */
  private async *organizations(): AsyncGenerator<HsdsOrganization> {
    for await (const batch of inBatches(this.records.organizations.all(), TOGETHER)) {
      const ids = batch.map(({ id }) => id);
      const found = await this.records.organizationsWithLocations(ids);
      for (const id of ids) yield found.get(id)!;
    }
  }

  /** Each service with all that is related to it; its organization by its own fields, since it stands in the export. */
  private async *allServices(): AsyncGenerator<HsdsService> {
    for await (const batch of inBatches(this.services.all(), TOGETHER)) {
      const organizations = await this.records.organizations.byIds(batch.map((service) => service.organizationId));
      for (const { content, organizationId, modifiedAt } of batch)
        yield {
          ...content,
          last_modified: modifiedAt.toISOString(),
          organization: organizationListed(organizations.get(organizationId)!.content),
        };
    }
  }
}
