import { Injectable } from '@nestjs/common';
import { Database, OutboxRegistry } from '@throughline/shared/persistence';
import type { Agency, Case, DirectoryService, Journey, Linkage, Records } from '../domain/records.js';
import { evolveAgency } from './agencies.js';
import { evolveCase } from './cases.js';
import { evolveJourney } from './journeys.js';
import { evolveLinkage } from './linkages.js';
import { Projection, type Size } from './projection.js';
import { evolveService } from './services.js';

/** Everything that reporting remembers of the events it has seen. */
@Injectable()
export class Projections {
  readonly journeys: Projection<Journey>;
  readonly agencies: Projection<Agency>;
  readonly cases: Projection<Case>;
  readonly linkages: Projection<Linkage>;
  readonly services: Projection<DirectoryService>;

  constructor(database: Database, outboxes: OutboxRegistry) {
    this.journeys = new Projection(database, outboxes, 'journeys', evolveJourney);
    this.agencies = new Projection(database, outboxes, 'agencies', evolveAgency);
    this.cases = new Projection(database, outboxes, 'cases', evolveCase);
    this.linkages = new Projection(database, outboxes, 'linkages', evolveLinkage);
    this.services = new Projection(database, outboxes, 'services', evolveService);
  }

  /** What a report is made of. Of the directory, which is large, only the services that somebody was linked to. */
  async read(generation: number): Promise<Records> {
    const [journeys, agencies, cases, linkages] = await Promise.all([
      this.journeys.all(generation),
      this.agencies.all(generation),
      this.cases.all(generation),
      this.linkages.all(generation),
    ]);
    const used = new Set(linkages.flatMap(({ serviceId }) => serviceId ?? []));
    return { journeys, agencies, cases, linkages, services: await this.services.some(generation, [...used]) };
  }

  /** How far a generation has come, by projection. */
  async sizes(generation: number): Promise<(Size & { name: string })[]> {
    return Promise.all(
      this.every().map(async (projection) => ({ name: projection.name, ...(await projection.size(generation)) })),
    );
  }

  /** True when nothing that `reference` holds is missing in `generation`. */
  async covers(generation: number, reference: number): Promise<boolean> {
    for (const projection of this.every()) if (!(await projection.covers(generation, reference))) return false;
    return true;
  }

  async dropBefore(generation: number): Promise<void> {
    for (const projection of this.every()) await projection.dropBefore(generation);
  }

  private every(): Pick<Projection<object>, 'name' | 'size' | 'covers' | 'dropBefore'>[] {
    return [this.journeys, this.agencies, this.cases, this.linkages, this.services];
  }
}
