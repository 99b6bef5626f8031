import { Body, Controller, Get, HttpCode, Param, Post, Res, UseGuards } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { CurrentPrincipal, Roles, type Principal } from '@throughline/shared/auth';
import { etagOf, IdempotencyKey, IfMatch, type CommandKey } from '@throughline/shared/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { CapacityService } from '../capacity/capacity.service.js';
import { FeedbackService } from '../feedback/feedback.service.js';
import { officerStatus } from '../domain/referral-status.js';
import {
  decisionRequest,
  informationRequest,
  referralRequest,
  type DecisionRequest,
  type InformationRequest,
  type ReferralRequest,
} from './referral-request.schemas.js';
import {
  informationAnswer,
  officerView,
  receivedView,
  referralView,
  stateView,
  type OfficerView,
  type ReceivedView,
  type ReferralView,
  type StateView,
} from './referral-view.schemas.js';
import { officerViewOf, referralViewOf } from './referral-views.js';
import { isPolice, ReferralsService } from './referrals.service.js';
import { SourceGuard } from './source.guard.js';

const referralId = z.uuid();

@ApiTags('Referrals')
@Controller('v1/referrals')
export class ReferralsController {
  constructor(
    private readonly referrals: ReferralsService,
    private readonly capacity: CapacityService,
    private readonly feedback: FeedbackService,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Refer a person, at an arrest or by social contact; the criteria are applied at once.' })
  @Roles('officer')
  @UseGuards(SourceGuard)
  @ApiCreatedResponse({ standardSchema: receivedView, description: 'Received.' })
  async submit(
    @Body({ schema: referralRequest }) request: ReferralRequest,
    @CurrentPrincipal() officer: Principal,
    @IdempotencyKey() command: CommandKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReceivedView> {
    const submitted = await this.referrals.submit(request, officer, command);
    void reply.header('location', `/v1/referrals/${submitted.id}`);
    return submitted;
  }

  @Post(':id/information')
  @ApiOperation({
    summary: 'Add facts that were missing; the referral is judged again by the same version of the criteria.',
  })
  @Roles('officer', 'coordinator')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: informationAnswer, description: 'Taken; the criteria were applied again.' })
  async addInformation(
    @Param('id', { schema: referralId }) id: string,
    @Body({ schema: informationRequest }) request: InformationRequest,
    @CurrentPrincipal() principal: Principal,
    @IdempotencyKey() command: CommandKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReceivedView | StateView> {
    const { state, version } = await this.referrals.addInformation(id, request, principal, command);
    if (isPolice(principal)) return { id, status: officerStatus(state) };
    void reply.header('etag', etagOf(version));
    return { id, state };
  }

  @Post(':id/decision')
  @ApiOperation({ summary: 'Accept or decline, with reasons; accepting overrides each hard exclusion that stands.' })
  @Roles('prosecutor')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: stateView, description: 'Decided.' })
  async decide(
    @Param('id', { schema: referralId }) id: string,
    @Body({ schema: decisionRequest }) request: DecisionRequest,
    @CurrentPrincipal() principal: Principal,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() expectedVersion: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StateView> {
    const { version, state } = await this.referrals.decide(id, request, principal, command, expectedVersion);
    void reply.header('etag', etagOf(version));
    return { id, state };
  }

  @Get(':id')
  @ApiOperation({
    summary: "A referral with the person's identity; to an officer, the own entries and what may be told.",
  })
  @Roles('officer', 'prosecutor', 'coordinator')
  @ApiOkResponse({
    standardSchema: z.union([officerView, referralView]),
    description:
      'For the officer who entered it: the entries, whether it is over, and what the person consents to have told. For the others: everything.',
  })
  async read(
    @Param('id', { schema: referralId }) id: string,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OfficerView | ReferralView> {
    const { state, version, confidential } = await this.referrals.readFor(principal, id);
    // a version would tell an officer that something goes on
    if (isPolice(principal)) {
      const [feedback] = await this.feedback.toOfficer(principal, [state]);
      return officerViewOf(id, state, feedback!, confidential);
    }
    void reply.header('etag', etagOf(version));
    const waitingForCapacity = await this.capacity.waitOf(state);
    const toCoordinator = principal.roles.includes('coordinator');
    return referralViewOf(id, state, confidential, toCoordinator, { now: new Date(), waitingForCapacity });
  }
}
