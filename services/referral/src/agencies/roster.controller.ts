import { Body, Controller, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { CurrentPrincipal, Roles, type Principal } from '@throughline/shared/auth';
import { Refusal } from '@throughline/shared/domain';
import { IdempotencyKey, RouteBody, type CommandKey } from '@throughline/shared/http';
import { assertOwnAgency } from './agencies.controller.js';
import { agencyId } from './agencies.schemas.js';
import { MAX_ROSTER_BYTES } from './roster-csv.js';
import { rosterQuery, rosterReport, type RosterQuery, type RosterReport } from './roster.schemas.js';
import { RosterService } from './roster.service.js';

/** Officers of an agency, many at once. */
@ApiTags('Agencies')
@Controller('v1/agencies')
export class RosterController {
  constructor(private readonly roster: RosterService) {}

  @Post(':agencyId/officers/import')
  @HttpCode(200)
  @RouteBody({ maxBytes: MAX_ROSTER_BYTES, types: ['text/csv'] })
  @ApiOperation({
    summary: 'Enrol officers from a CSV file; supervisors in their own agency.',
    description:
      'Columns officer_id, active_from, active_until (the first moment at which the officer may not refer any more) and ' +
      'unit. A row that is wrong is reported and stops no other.',
  })
  @ApiConsumes('text/csv')
  @ApiBody({ description: 'The roster.', schema: { type: 'string' } })
  @Roles('admin', 'supervisor')
  @ApiOkResponse({ standardSchema: rosterReport, description: 'What became of each row.' })
  import(
    @Param('agencyId', { schema: agencyId }) id: string,
    @Query({ schema: rosterQuery }) { dryRun }: RosterQuery,
    @Body() file: unknown,
    @IdempotencyKey() command: CommandKey,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RosterReport> {
    assertOwnAgency(principal, id);
    if (!Buffer.isBuffer(file))
      throw new Refusal('unsupported-media-type', 'unsupported-media-type', 'Send the roster as text/csv.');
    return dryRun ? this.roster.try(id, file, command) : this.roster.import(id, file, principal.id, command);
  }
}
