import { Body, Controller, Get, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { CurrentPrincipal, Roles, type Principal } from '@throughline/shared/auth';
import { Refusal } from '@throughline/shared/domain';
import {
  decodeCursor,
  etagOf,
  IdempotencyKey,
  IfMatch,
  pageOf,
  type CommandKey,
  type Page,
} from '@throughline/shared/http';
import type { Snapshot } from '@throughline/shared/persistence';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { AgencyState } from '../domain/agency.js';
import { DEFAULT_SITE } from '../domain/site-policy.js';
import { AgenciesRepository } from './agencies.repository.js';
import {
  agencyId,
  agencyRequest,
  agencySiteRequest,
  agencyView,
  enrolled,
  officerPage,
  officerRequest,
  officersQuery,
  type AgencyRequest,
  type AgencySiteRequest,
  type AgencyView,
  type Enrolled,
  type OfficerRequest,
  type OfficersQuery,
  type OfficerView,
} from './agencies.schemas.js';
import { AgenciesService } from './agencies.service.js';

/** Agencies of the programme and their sworn officers. */
@ApiTags('Agencies')
@Controller('v1/agencies')
export class AgenciesController {
  constructor(
    private readonly agencies: AgenciesService,
    private readonly repository: AgenciesRepository,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Enrol a law-enforcement agency in the programme.' })
  @Roles('admin')
  @ApiCreatedResponse({ standardSchema: enrolled, description: 'The agency is enrolled.' })
  async enrolAgency(
    @Body({ schema: agencyRequest }) request: AgencyRequest,
    @IdempotencyKey() command: CommandKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Enrolled> {
    const result = await this.agencies.enrolAgency(request, command);
    void reply.header('location', `/v1/agencies/${result.id}`);
    return result;
  }

  @Post(':agencyId/officers')
  @ApiOperation({
    summary: 'Enrol a sworn officer for a period, or give a period its end; supervisors in their own agency.',
  })
  @Roles('admin', 'supervisor')
  @ApiCreatedResponse({ standardSchema: enrolled, description: 'The officer may refer in this period.' })
  enrolOfficer(
    @Param('agencyId', { schema: agencyId }) id: string,
    @Body({ schema: officerRequest }) { officerId, activeFrom, activeUntil, unit }: OfficerRequest,
    @IdempotencyKey() command: CommandKey,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Enrolled> {
    assertOwnAgency(principal, id);
    const period = {
      activeFrom: new Date(activeFrom),
      ...(activeUntil && { activeUntil: new Date(activeUntil) }),
      ...(unit !== undefined && { unit }),
    };
    return this.agencies.enrolOfficer(id, officerId, period, command);
  }

  @Get(':agencyId')
  @ApiOperation({ summary: 'An agency: its name, time zone and enrolment.' })
  @Roles('admin', 'supervisor', 'officer', 'prosecutor', 'coordinator')
  @ApiOkResponse({ standardSchema: agencyView, description: 'The agency.' })
  async read(
    @Param('agencyId', { schema: agencyId }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AgencyView> {
    const agency = await this.repository.agencies.load(id);
    if (!agency) throw new Refusal('not-found', 'not-found', 'There is no such agency.');
    return viewOf(agency, reply);
  }

  @Put(':agencyId/site')
  @ApiOperation({ summary: 'Move an agency to another site; what it referred before stays where it was judged.' })
  @Roles('admin')
  @ApiOkResponse({ standardSchema: agencyView, description: 'The site governs what the agency refers from now on.' })
  async changeSite(
    @Param('agencyId', { schema: agencyId }) id: string,
    @Body({ schema: agencySiteRequest }) { site }: AgencySiteRequest,
    @IfMatch() expectedVersion: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AgencyView> {
    return viewOf(await this.agencies.changeSite(id, site, expectedVersion), reply);
  }

  @Get(':agencyId/officers')
  @ApiOperation({ summary: 'Officers of an agency and their periods; to supervisors, those of their own agency.' })
  @Roles('admin', 'supervisor')
  @ApiOkResponse({ standardSchema: officerPage, description: 'Officers of the agency, by id.' })
  async officers(
    @Param('agencyId', { schema: agencyId }) id: string,
    @Query({ schema: officersQuery }) { limit, cursor }: OfficersQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Page<OfficerView>> {
    assertOwnAgency(principal, id);
    await this.agencies.agency(id);
    const after = cursor === undefined ? undefined : decodeCursor(cursor, z.string().max(200));
    const found = await this.repository.officersOf(id, limit + 1, after);
    const page = pageOf(found, limit, ({ officerId }) => officerId);
    const items = page.items.map(({ officerId, periods }) => ({
      officerId,
      periods: periods.map(({ activeFrom, activeUntil, unit, departure }) => ({
        activeFrom: activeFrom.toISOString(),
        ...(activeUntil && { activeUntil: activeUntil.toISOString() }),
        ...(unit !== undefined && { unit }),
        ...(departure && { departure: { reason: departure.reason, toAgencyId: departure.toAgencyId } }),
      })),
    }));
    return { ...page, items };
  }
}

function viewOf({ id, version, state }: Snapshot<AgencyState>, reply: FastifyReply): AgencyView {
  void reply.header('etag', etagOf(version));
  const { name, timeZone, site = DEFAULT_SITE, enrolledAt } = state;
  return { id, name, timeZone, site, enrolledAt: enrolledAt.toISOString() };
}

/** A supervisor enrols officers of the own agency; the administrator those of any. */
export function assertOwnAgency({ roles, agency }: Principal, agencyId: string): void {
  if (!roles.includes('admin') && agency !== agencyId)
    throw new Refusal('forbidden', 'other-agency', 'You may enrol and see officers of your own agency only.');
}
