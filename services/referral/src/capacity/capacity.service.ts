import { Injectable } from '@nestjs/common';
import { leftForSocialContacts, waitsForCapacity, type Occupancy } from '../domain/capacity.js';
import type { ReferralState } from '../domain/referral.js';
import type { SiteOfAgency, SitePolicy } from '../domain/site-policy.js';
import { Remembered } from '../remembered.js';
import { SitesService } from '../sites/sites.service.js';
import { CapacityRepository } from './capacity.repository.js';

const FULL_SITES_MS = 2_000;

/** How full the sites are that count their places. */
@Injectable()
export class CapacityService {
  private readonly full = new Remembered(() => this.countFullSites(), FULL_SITES_MS);

  constructor(
    private readonly repository: CapacityRepository,
    private readonly sites: SitesService,
  ) {}

  /** Undefined where the site does not count its places. */
  async occupancyOf(siteId: string, { capacity: { places } }: SitePolicy): Promise<Occupancy | undefined> {
    if (places === null) return undefined;
    const [used, arrestDiversionsWaiting] = await Promise.all([
      this.repository.peopleServed(siteId),
      this.repository.arrestDiversionsWaiting(siteId),
    ]);
    return { places, used, arrestDiversionsWaiting };
  }

  /**
   * The sites that count their places and have none left for social contacts, as they were two seconds ago at most: a page of a
   * worklist need not count all that are served. A decision counts for itself.
   */
  async fullSites(): Promise<ReadonlySet<string>> {
    return (await this.full.get('all')) ?? new Set();
  }

  private async countFullSites(): Promise<ReadonlySet<string>> {
    const sites = await this.sites.allWithPlaces();
    const occupancies = await Promise.all(sites.map(({ id, policy }) => this.occupancyOf(id, policy)));
    const isFull = (occupancy?: Occupancy): boolean =>
      occupancy !== undefined && leftForSocialContacts(occupancy) === 0;
    return new Set(sites.filter((_, at) => isFull(occupancies[at])).map(({ id }) => id));
  }

  /** What an acceptance has to fit in; undefined where nothing is counted, or the person has a place already. */
  async occupancyFor(
    linkedReferralIds: readonly string[],
    { siteId, policy }: SiteOfAgency,
  ): Promise<Occupancy | undefined> {
    const occupancy = await this.occupancyOf(siteId, policy);
    return occupancy && (await this.repository.anyServed(linkedReferralIds)) ? undefined : occupancy;
  }

  /** Why a referral waits for a place; undefined where it does not. */
  async waitOf(state: ReferralState): Promise<Occupancy | undefined> {
    const { status, entered } = state;
    if (status !== 'pending-decision' || entered.pathway !== 'social-contact') return undefined;
    const { siteId, policy } = await this.sites.policyOf(entered.agencyId, state);
    const occupancy = await this.occupancyOf(siteId, policy);
    return occupancy && waitsForCapacity(entered.pathway, occupancy) ? occupancy : undefined;
  }
}
