import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { CurrentPrincipal, Roles, type Principal } from '@throughline/shared/auth';
import { IdempotencyKey, type CommandKey } from '@throughline/shared/http';
import { assertOwnAgency } from './agencies.controller.js';
import { agencyId, enrolled, type Enrolled } from './agencies.schemas.js';
import {
  departureRequest,
  transferRequest,
  type DepartureRequest,
  type TransferRequest,
} from './departures.schemas.js';
import { DeparturesService } from './departures.service.js';

/** Officers who leave. Their ids travel in bodies, which no access log holds. */
@ApiTags('Agencies')
@Controller('v1/agencies')
export class DeparturesController {
  constructor(private readonly departures: DeparturesService) {}

  @Post(':agencyId/departures')
  @HttpCode(200)
  @ApiOperation({ summary: 'End the last period of an officer, with the reason; supervisors in their own agency.' })
  @Roles('admin', 'supervisor')
  @ApiOkResponse({ standardSchema: enrolled, description: 'The officer may not refer what happens from then on.' })
  depart(
    @Param('agencyId', { schema: agencyId }) id: string,
    @Body({ schema: departureRequest }) request: DepartureRequest,
    @IdempotencyKey() command: CommandKey,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Enrolled> {
    assertOwnAgency(principal, id);
    return this.departures.depart(id, request, command);
  }

  @Post(':agencyId/transfers')
  @HttpCode(200)
  @ApiOperation({ summary: 'Transfer an officer to another agency: out of one and into the other at one moment.' })
  @Roles('admin')
  @ApiOkResponse({ standardSchema: enrolled, description: 'The officer refers for the other agency from then on.' })
  transfer(
    @Param('agencyId', { schema: agencyId }) id: string,
    @Body({ schema: transferRequest }) request: TransferRequest,
    @IdempotencyKey() command: CommandKey,
  ): Promise<Enrolled> {
    return this.departures.transfer(id, request, command);
  }
}
