import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { CurrentPrincipal, Roles, type Principal } from '@throughline/shared/auth';
import { etagOf, IdempotencyKey, IfMatch, type CommandKey } from '@throughline/shared/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { AgeReviewService } from './age-review.service.js';
import {
  ageConfirmationRequest,
  birthDateRequest,
  type AgeConfirmationRequest,
  type BirthDateRequest,
} from './referral-course.schemas.js';
import { stateView, type StateView } from './referral-view.schemas.js';

const referralId = z.uuid();

/** The two ways out of quarantine. */
@ApiTags('Referrals')
@Controller('v1/referrals')
export class AgeReviewController {
  constructor(private readonly ages: AgeReviewService) {}

  @Post(':id/age-confirmation')
  @ApiOperation({ summary: 'The person is under age indeed: the referral ends as ineligible.' })
  @Roles('coordinator')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: stateView, description: 'Confirmed.' })
  async confirm(
    @Param('id', { schema: referralId }) id: string,
    @Body({ schema: ageConfirmationRequest }) request: AgeConfirmationRequest,
    @CurrentPrincipal() by: Principal,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() expectedVersion: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StateView> {
    const { state, version } = await this.ages.confirm(id, request, { by, command, expectedVersion });
    void reply.header('etag', etagOf(version));
    return { id, state };
  }

  @Post(':id/birth-date')
  @ApiOperation({ summary: 'The birth date was wrong and the person is of age: the criteria are applied again.' })
  @Roles('coordinator')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: stateView, description: 'Corrected; what the officer entered is kept beside it.' })
  async correct(
    @Param('id', { schema: referralId }) id: string,
    @Body({ schema: birthDateRequest }) request: BirthDateRequest,
    @CurrentPrincipal() by: Principal,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() expectedVersion: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StateView> {
    const { state, version } = await this.ages.correct(id, request, { by, command, expectedVersion });
    void reply.header('etag', etagOf(version));
    return { id, state };
  }
}
