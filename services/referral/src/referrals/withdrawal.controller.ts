import { Body, Controller, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { CurrentPrincipal, Roles, type Principal } from '@throughline/shared/auth';
import { etagOf, IdempotencyKey, versionOf, type CommandKey } from '@throughline/shared/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { withdrawalRequest, type ExitRequest } from './referral-course.schemas.js';
import { ReferralCourseService } from './referral-course.service.js';
import { receivedView, stateView, type ReceivedView, type StateView } from './referral-view.schemas.js';
import { isPolice } from './referrals.service.js';

@ApiTags('Referrals')
@Controller('v1/referrals')
export class WithdrawalController {
  constructor(private readonly course: ReferralCourseService) {}

  @Post(':id/withdrawal')
  @ApiOperation({
    summary: 'Take a referral back. Others than the officer who entered it send If-Match, and only until the hand-off.',
  })
  @ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'The ETag that was read; not sent by officers, who are shown none.',
    schema: { type: 'string', pattern: '^"\\d+"$' },
  })
  @Roles('officer', 'prosecutor', 'coordinator')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: z.union([receivedView, stateView]), description: 'Withdrawn.' })
  async withdraw(
    @Param('id', { schema: z.uuid() }) id: string,
    @Body({ schema: withdrawalRequest }) { reason }: ExitRequest,
    @CurrentPrincipal() by: Principal,
    @IdempotencyKey() command: CommandKey,
    @Headers('if-match') seen: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReceivedView | StateView> {
    if (isPolice(by)) {
      // no version is asked of an officer, who is shown none: it would tell that something goes on
      await this.course.withdrawByOfficer(id, reason, { by, command });
      return { id, status: 'closed' };
    }
    const sent = { by, command, expectedVersion: versionOf(seen) };
    const { state, version } = await this.course.leave(id, 'withdrawn', reason, {}, sent);
    void reply.header('etag', etagOf(version));
    return { id, state };
  }
}
