import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { CurrentPrincipal, HiddenFrom, Roles, type Principal } from '@throughline/shared/auth';
import { etagOf, IdempotencyKey, IfMatch, type CommandKey } from '@throughline/shared/http';
import type { Outcome } from '@throughline/shared/persistence';
import type { FastifyReply } from 'fastify';
import type { CaseRecord } from '../domain/case.js';
import {
  endAnswer,
  endRequest,
  reopeningAnswer,
  reopeningRequest,
  type EndAnswer,
  type EndRequest,
  type ReopeningAnswer,
  type ReopeningRequest,
} from './case-end.schemas.js';
import { CaseEndService } from './case-end.service.js';

function answer<Answer>(reply: FastifyReply, outcome: Outcome<CaseRecord>): Answer {
  void reply.header('etag', etagOf(outcome.version));
  return outcome.result as Answer;
}

/** How a case ends and goes on. A person decides both, and nothing about how a client engages is a reason. */
@ApiTags('Cases')
@Controller('v1/cases')
@HiddenFrom('officer', 'supervisor')
export class CaseEndController {
  constructor(private readonly ends: CaseEndService) {}

  @Post(':id/end')
  @ApiOperation({ summary: 'End a case, with its outcome reason; it can be re-opened at any time.' })
  @HttpCode(200)
  @Roles('case-manager', 'coordinator')
  @ApiOkResponse({ standardSchema: endAnswer, description: 'Ended; its place in the caseload is free.' })
  async end(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Body({ schema: endRequest }) body: EndRequest,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() version: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EndAnswer> {
    return answer(reply, await this.ends.end(principal, id, body, command, version));
  }

  @Post(':id/reopening')
  @ApiOperation({ summary: 'Re-open a case that has ended, however it ended and however long ago.' })
  @HttpCode(200)
  @Roles('case-manager', 'coordinator')
  @ApiOkResponse({ standardSchema: reopeningAnswer, description: 'Goes on, where it can with its case manager.' })
  async reopen(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Body({ schema: reopeningRequest }) body: ReopeningRequest,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() version: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReopeningAnswer> {
    return answer(reply, await this.ends.reopen(principal, id, body, command, version));
  }
}
