import { Injectable } from '@nestjs/common';
import { leftForSocialContacts, waitsForCapacity, type Occupancy } from '../domain/capacity.js';
import type { ReferralState } from '../domain/referral.js';
import { policyInForce, type SiteOfAgency, type SitePolicy } from '../domain/site-policy.js';
import { Remembered } from '../remembered.js';
import { SitesService } from '../sites/sites.service.js';
import { CapacityRepository } from './capacity.repository.js';

const FULL_SITES_MS = 2_000;

/** How full the sites are that count their places. */
@Injectable()
export class CapacityService {
  private readonly full = new Remembered((siteId) => this.isFull(siteId), FULL_SITES_MS);

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
   * The sites that have no place left for social contacts, as they were two seconds ago at most: worklists need not count all
   * who are served for each page. A decision counts for itself.
   * @param among these alone; absent: all
   */
  async fullSites(among?: Iterable<string>): Promise<ReadonlySet<string>> {
    const ids = [...new Set(among ?? (await this.sites.allWithPlaces()).map(({ id }) => id))];
    const full = await Promise.all(ids.map((id) => this.full.get(id)));
    return new Set(ids.filter((_, at) => full[at]));
  }

  private async isFull(siteId: string): Promise<boolean> {
    const { state } = await this.sites.site(siteId);
    const occupancy = await this.occupancyOf(siteId, policyInForce(state).policy);
    return occupancy !== undefined && leftForSocialContacts(occupancy) === 0;
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
