import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { CurrentPrincipal, Roles, type Principal } from '@throughline/shared/auth';
import { etagOf, IdempotencyKey, IfMatch, type CommandKey } from '@throughline/shared/http';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { ExitLinks, ExitStatus } from '../domain/side-exits.js';
import { ReferralCourseService, type Sent } from './referral-course.service.js';
import {
  closingRequest,
  declinedByPersonRequest,
  duplicateRequest,
  errorRequest,
  expiryRequest,
  unableToContactRequest,
  type DuplicateRequest,
  type ErrorRequest,
  type ExitRequest,
} from './referral-course.schemas.js';
import { stateView, type StateView } from './referral-view.schemas.js';

const referralId = z.uuid();

/** The ways out of a referral that a coordinator takes; none of them speaks against the person. */
@ApiTags('Referrals')
@Controller('v1/referrals')
export class SideExitsController {
  constructor(private readonly course: ReferralCourseService) {}

  @Post(':id/declined-by-person')
  @ApiOperation({ summary: 'The person does not want to take part, at the scene or later; it speaks against nobody.' })
  @Roles('coordinator')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: stateView, description: 'Recorded.' })
  decline(
    @Param('id', { schema: referralId }) id: string,
    @Body({ schema: declinedByPersonRequest }) request: ExitRequest,
    @CurrentPrincipal() by: Principal,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() expectedVersion: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StateView> {
    return this.leave(reply, id, 'declined-by-person', request, { by, command, expectedVersion });
  }

  @Post(':id/unable-to-contact')
  @ApiOperation({ summary: 'The person could not be reached; no failure, and a later referral is welcome.' })
  @Roles('coordinator')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: stateView, description: 'Recorded.' })
  endOutreach(
    @Param('id', { schema: referralId }) id: string,
    @Body({ schema: unableToContactRequest }) request: ExitRequest,
    @CurrentPrincipal() by: Principal,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() expectedVersion: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StateView> {
    return this.leave(reply, id, 'unable-to-contact', request, { by, command, expectedVersion });
  }

  @Post(':id/expired')
  @ApiOperation({ summary: 'The referral came to nothing in its time.' })
  @Roles('coordinator')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: stateView, description: 'Recorded.' })
  expire(
    @Param('id', { schema: referralId }) id: string,
    @Body({ schema: expiryRequest }) request: ExitRequest,
    @CurrentPrincipal() by: Principal,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() expectedVersion: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StateView> {
    return this.leave(reply, id, 'expired', request, { by, command, expectedVersion });
  }

  @Post(':id/duplicate')
  @ApiOperation({ summary: 'The referral is another one, entered twice; names the one that stays.' })
  @Roles('coordinator')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: stateView, description: 'Recorded.' })
  markDuplicate(
    @Param('id', { schema: referralId }) id: string,
    @Body({ schema: duplicateRequest }) request: DuplicateRequest,
    @CurrentPrincipal() by: Principal,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() expectedVersion: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StateView> {
    return this.leave(reply, id, 'duplicate', request, { by, command, expectedVersion });
  }

  @Post(':id/entered-in-error')
  @ApiOperation({
    summary: 'The referral should not be there; names the right one where there is one, and each then names the other.',
  })
  @Roles('coordinator')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: stateView, description: 'Recorded.' })
  markInError(
    @Param('id', { schema: referralId }) id: string,
    @Body({ schema: errorRequest }) request: ErrorRequest,
    @CurrentPrincipal() by: Principal,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() expectedVersion: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StateView> {
    return this.leave(reply, id, 'entered-in-error', request, { by, command, expectedVersion });
  }

  @Post(':id/closed')
  @ApiOperation({ summary: 'A referral that led to services is over.' })
  @Roles('coordinator')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: stateView, description: 'Recorded.' })
  close(
    @Param('id', { schema: referralId }) id: string,
    @Body({ schema: closingRequest }) request: ExitRequest,
    @CurrentPrincipal() by: Principal,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() expectedVersion: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StateView> {
    return this.leave(reply, id, 'closed', request, { by, command, expectedVersion });
  }

  private async leave(
    reply: FastifyReply,
    exited: string,
    to: ExitStatus,
    { reason, ...links }: ExitRequest & ExitLinks,
    sent: Sent,
  ): Promise<StateView> {
    const { id, state, version } = await this.course.leave(exited, to, reason, links, sent);
    void reply.header('etag', etagOf(version));
    return { id, state };
  }
}
