import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { Roles } from '@throughline/shared/auth';
import { pathway } from '@throughline/shared/contracts';
import { decodeCursor, pageOf, type Page } from '@throughline/shared/http';
import { z } from 'zod';
import { siteId } from '../agencies/agencies.schemas.js';
import { leftForSocialContacts, waitsForCapacity, type Occupancy } from '../domain/capacity.js';
import { policyInForce } from '../domain/site-policy.js';
import { SitesService } from '../sites/sites.service.js';
import { CapacityRepository } from './capacity.repository.js';
import {
  capacityView,
  waitingPage,
  waitingQuery,
  type CapacityView,
  type WaitingItem,
  type WaitingQuery,
} from './capacity.schemas.js';
import { CapacityService } from './capacity.service.js';

const position = z.object({
  pathway,
  enteredAt: z.iso.datetime().transform((text) => new Date(text)),
  id: z.uuid(),
});

/** The places of a site, and who waits. */
@ApiTags('Sites')
@Controller('v1/sites')
export class CapacityController {
  constructor(
    private readonly capacity: CapacityService,
    private readonly repository: CapacityRepository,
    private readonly sites: SitesService,
  ) {}

  @Get(':siteId/capacity')
  @ApiOperation({ summary: 'How many people a site serves and can serve, and how many arrest diversions wait.' })
  @Roles('prosecutor', 'coordinator', 'admin')
  @ApiOkResponse({ standardSchema: capacityView, description: 'The places of the site.' })
  async read(@Param('siteId', { schema: siteId }) id: string): Promise<CapacityView> {
    const occupancy = await this.occupancyOf(id);
    if (!occupancy) return { counted: false };
    return { counted: true, ...occupancy, leftForSocialContacts: leftForSocialContacts(occupancy) };
  }

  @Get(':siteId/waiting')
  @ApiOperation({ summary: 'Who waits for a decision: arrest diversions first, and of each pathway the oldest.' })
  @Roles('prosecutor', 'coordinator')
  @ApiOkResponse({ standardSchema: waitingPage, description: 'Referrals in the order in which they are served.' })
  async waiting(
    @Param('siteId', { schema: siteId }) id: string,
    @Query({ schema: waitingQuery }) { limit, cursor }: WaitingQuery,
  ): Promise<Page<WaitingItem>> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor, position);
    const occupancy = await this.occupancyOf(id);
    const found = await this.repository.waiting(id, limit + 1, after);
    const page = pageOf(found, limit, ({ id: last, state: { entered } }) => ({
      pathway: entered.pathway,
      enteredAt: entered.enteredAt,
      id: last,
    }));
    const items = page.items.map(({ id: referralId, state: { entered, holdWouldEnd } }) => ({
      id: referralId,
      pathway: entered.pathway,
      agencyId: entered.agencyId,
      occurredAt: entered.occurredAt.toISOString(),
      enteredAt: entered.enteredAt.toISOString(),
      ...(holdWouldEnd && { holdWouldEndAt: holdWouldEnd.dueAt.toISOString() }),
      waitingForCapacity: occupancy !== undefined && waitsForCapacity(entered.pathway, occupancy),
    }));
    return { ...page, items };
  }

  private async occupancyOf(id: string): Promise<Occupancy | undefined> {
    const { state } = await this.sites.site(id);
    return this.capacity.occupancyOf(id, policyInForce(state).policy);
  }
}
