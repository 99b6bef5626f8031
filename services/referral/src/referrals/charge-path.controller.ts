import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { CurrentPrincipal, Roles, type Principal } from '@throughline/shared/auth';
import { etagOf, IdempotencyKey, IfMatch, type CommandKey } from '@throughline/shared/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ReferralCourseService } from './referral-course.service.js';
import {
  approvalRequest,
  chargeAnswer,
  chargeRequest,
  rescissionRequest,
  type ApprovalRequest,
  type ChargeAnswer,
  type ChargeRequest,
  type RescissionRequest,
} from './referral-course.schemas.js';
import { stateView, type StateView } from './referral-view.schemas.js';

const referralId = z.uuid();

/** What the prosecutor's office adds around a decision: approvals before it, its rescission, charges after it. */
@ApiTags('Referrals')
@Controller('v1/referrals')
export class ChargePathController {
  constructor(private readonly course: ReferralCourseService) {}

  @Post(':id/approvals')
  @ApiOperation({
    summary: 'Record what a supervising agency or a victim said, where the policy of the site asks for it.',
  })
  @Roles('prosecutor', 'coordinator')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: stateView, description: 'Recorded; what was said last counts.' })
  async approve(
    @Param('id', { schema: referralId }) id: string,
    @Body({ schema: approvalRequest }) request: ApprovalRequest,
    @CurrentPrincipal() by: Principal,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() expectedVersion: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StateView> {
    const { state, version } = await this.course.recordApproval(id, request, { by, command, expectedVersion });
    void reply.header('etag', etagOf(version));
    return { id, state };
  }

  @Post(':id/rescission')
  @ApiOperation({
    summary: 'Take an acceptance back: no charge is held any more, and services may go on as for a social contact.',
  })
  @Roles('prosecutor')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: stateView, description: 'Rescinded.' })
  async rescind(
    @Param('id', { schema: referralId }) id: string,
    @Body({ schema: rescissionRequest }) request: RescissionRequest,
    @CurrentPrincipal() by: Principal,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() expectedVersion: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StateView> {
    const { state, version } = await this.course.rescind(id, request, { by, command, expectedVersion });
    void reply.header('etag', etagOf(version));
    return { id, state };
  }

  @Post(':id/charges')
  @ApiOperation({
    summary: 'Record a charge that was filed; it alerts coordinator and case manager, and alters nothing else.',
  })
  @Roles('prosecutor')
  @HttpCode(201)
  @ApiCreatedResponse({ standardSchema: chargeAnswer, description: 'Recorded.' })
  async recordCharge(
    @Param('id', { schema: referralId }) id: string,
    @Body({ schema: chargeRequest }) request: ChargeRequest,
    @CurrentPrincipal() by: Principal,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() expectedVersion: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChargeAnswer> {
    const { chargeId, version } = await this.course.recordCharge(id, request, { by, command, expectedVersion });
    void reply.header('etag', etagOf(version));
    return { id, chargeId };
  }
}
