import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '@throughline/shared/auth';
import { Refusal } from '@throughline/shared/domain';
import { derivedId, type ChangeOptions, type CommandKey } from '@throughline/shared/persistence';
import { Consequences } from '../changes/consequences.js';
import { DirectoryConfig } from '../config.js';
import { capacitiesCounted } from '../domain/capacity.js';
import type { HsdsServiceContent } from '../domain/hsds.js';
import { isoDate, wallTimeInZone } from '../domain/search/civil-day.js';
import { accessOf, mayTouch, notFound } from '../editing/editing-access.js';
import { isUuid } from '../domain/uuid.js';
import { DirectoryRecords } from '../records/directory-records.js';
import { ServicesRepository, type FoundService } from '../services/services.repository.js';
import type { CapacityUpdate } from './capacities.schemas.js';

/** Other processes may publish a service again at any moment, because what it shows has changed. */
const MAX_RACES = 10;

/** What providers publish of their services by themselves: how much room there is, and that the record is still right. */
@Injectable()
export class CapacitiesService {
  constructor(
    @Inject(ServicesRepository) private readonly services: ServicesRepository,
    @Inject(DirectoryRecords) private readonly records: DirectoryRecords,
    @Inject(Consequences) private readonly consequences: Consequences,
    @Inject(DirectoryConfig) private readonly config: DirectoryConfig,
  ) {}

  /** @throws Refusal `service-not-found`, for a provider also for services of other organizations */
  async find(id: string, principal: Principal): Promise<FoundService> {
    const service = isUuid(id) ? await this.services.find(id.toLowerCase()) : undefined;
    if (service && mayTouch(accessOf(principal), service.organizationId)) return service;
    throw notFound('service');
  }

  /** Publishes all figures of a service. @throws Refusal `service-not-found`, `version-mismatch` */
  async count(id: string, figures: CapacityUpdate, principal: Principal, expectedVersion: number): Promise<void> {
    const service = await this.find(id, principal);
    const { capacities: before = [], ...content } = service.content;
    const how = { serviceId: service.id, at: new Date(), deriveId: derivedId };
    const capacities = capacitiesCounted(before, figures.capacities, how);
    await this.publish(service, capacities.length > 0 ? { ...content, capacities } : content, principal, {
      expectedVersion,
    });
  }

  /**
   * Publishes that somebody has made sure today, by the calendar of the site, that the record of a service is right.
   * @throws Refusal `service-not-found`, `idempotency-key-reused`
   */
  async assure(id: string, principal: Principal, command: CommandKey): Promise<void> {
    for (let race = 0; ; race += 1) {
      const service = await this.find(id, principal);
      const today = isoDate(wallTimeInZone(new Date(), this.config.SITE_TIME_ZONE).day);
      const content = { ...service.content, assured_date: today };
      try {
        return await this.publish(service, content, principal, { command, expectedVersion: service.version });
      } catch (error) {
        if (!(error instanceof Refusal && error.code === 'version-mismatch') || race >= MAX_RACES) throw error;
      }
    }
  }

  private async publish(
    { organizationId }: FoundService,
    content: HsdsServiceContent,
    principal: Principal,
    options: ChangeOptions,
  ): Promise<void> {
    const organization = (await this.records.organizationsWithLocations([organizationId])).get(organizationId);
    if (!organization) throw new Error(`service ${content.id} names an organization that is not in the database`);
    await this.services.publish({ content, organization }, 'capacity', {
      ...options,
      by: accessOf(principal).role,
    });
    this.consequences.drawSoon();
  }
}
