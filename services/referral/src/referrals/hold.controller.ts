import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { CurrentPrincipal, Roles, type Principal } from '@throughline/shared/auth';
import { etagOf, IdempotencyKey, IfMatch, type CommandKey } from '@throughline/shared/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import {
  extensionRequest,
  holdAnswer,
  resolutionRequest,
  type ExtensionRequest,
  type HoldAnswer,
  type ResolutionRequest,
} from './hold.schemas.js';
import { HoldService } from './hold.service.js';

const referralId = z.uuid();

@ApiTags('Charge holds')
@Controller('v1/referrals')
export class HoldController {
  constructor(private readonly holds: HoldService) {}

  @Post(':id/hold/extension')
  @ApiOperation({ summary: 'Hold a charge until a later day; a hold that has lapsed is open again.' })
  @Roles('prosecutor')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: holdAnswer, description: 'Extended.' })
  async extend(
    @Param('id', { schema: referralId }) id: string,
    @Body({ schema: extensionRequest }) request: ExtensionRequest,
    @CurrentPrincipal() prosecutor: Principal,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() expectedVersion: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HoldAnswer> {
    const { version, ...answer } = await this.holds.extend(id, request, prosecutor, command, expectedVersion);
    void reply.header('etag', etagOf(version));
    return answer;
  }

  @Post(':id/hold/resolution')
  @ApiOperation({
    summary: 'Settle a charge hold by hand, where no intake is told: satisfied, or ended. Nothing is filed.',
  })
  @Roles('prosecutor')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: holdAnswer, description: 'Settled.' })
  async resolve(
    @Param('id', { schema: referralId }) id: string,
    @Body({ schema: resolutionRequest }) request: ResolutionRequest,
    @CurrentPrincipal() prosecutor: Principal,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() expectedVersion: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HoldAnswer> {
    const { version, ...answer } = await this.holds.resolve(id, request, prosecutor, command, expectedVersion);
    void reply.header('etag', etagOf(version));
    return answer;
  }
}
