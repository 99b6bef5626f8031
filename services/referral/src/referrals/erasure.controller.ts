import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { CurrentPrincipal, Roles, type Principal } from '@throughline/shared/auth';
import { etagOf, IdempotencyKey, IfMatch, type CommandKey } from '@throughline/shared/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { erasureAnswer, erasureRequest, type ErasureAnswer, type ErasureRequest } from './erasure.schemas.js';
import { ErasureService } from './erasure.service.js';

@ApiTags('Referrals')
@Controller('v1/referrals')
export class ErasureController {
  constructor(private readonly erasures: ErasureService) {}

  @Post(':id/erasure')
  @ApiOperation({
    summary:
      'Erase the person behind a referral and all that are linked to it, by deleting keys. It cannot be taken back.',
  })
  @Roles('coordinator')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: erasureAnswer, description: 'Nobody can read any more who it was about.' })
  async erase(
    @Param('id', { schema: z.uuid() }) id: string,
    @Body({ schema: erasureRequest }) request: ErasureRequest,
    @CurrentPrincipal() { id: by }: Principal,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() expectedVersion: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ErasureAnswer> {
    const { version, ...answer } = await this.erasures.erase(id, request, by, command, expectedVersion);
    void reply.header('etag', etagOf(version));
    return answer;
  }
}
