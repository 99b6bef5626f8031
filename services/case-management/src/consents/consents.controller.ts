import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { CurrentPrincipal, HiddenFrom, Roles, type Principal } from '@throughline/shared/auth';
import { IdempotencyKey, pageOf, type CommandKey, type Page } from '@throughline/shared/http';
import { timePosition } from '../time-order.js';
import {
  consentReceipt,
  consentsPage,
  consentsQuery,
  newConsent,
  revocation,
  type ConsentAnswer,
  type ConsentReceipt,
  type ConsentsQuery,
  type NewConsent,
  type Revocation,
} from './consents.schemas.js';
import { ConsentsService } from './consents.service.js';

/** What a client allows to be told, to which agency, until when. */
@ApiTags('Consents')
@Controller('v1/cases/:id/consents')
@HiddenFrom('officer', 'supervisor')
export class ConsentsController {
  constructor(private readonly consents: ConsentsService) {}

  @Post()
  @ApiOperation({ summary: 'Record a consent that the client signed, with the elements of 42 CFR 2.31(a).' })
  @Roles('case-manager', 'coordinator')
  @ApiCreatedResponse({ standardSchema: consentReceipt, description: 'Recorded; it holds from now until it ends.' })
  async give(
    @CurrentPrincipal() principal: Principal,
    @Param('id') caseId: string,
    @Body({ schema: newConsent }) body: NewConsent,
    @IdempotencyKey() command: CommandKey,
  ): Promise<ConsentReceipt> {
    return (await this.consents.give(principal, caseId, body, command)).result as ConsentReceipt;
  }

  @Get()
  @ApiOperation({ summary: 'The consents of a client, with what was signed and how each stands now.' })
  @Roles('case-manager', 'coordinator')
  @ApiOkResponse({ standardSchema: consentsPage, description: 'Oldest first, those that have ended included.' })
  async list(
    @CurrentPrincipal() principal: Principal,
    @Param('id') caseId: string,
    @Query({ schema: consentsQuery }) { limit, cursor }: ConsentsQuery,
  ): Promise<Page<ConsentAnswer>> {
    const found = await this.consents.list(principal, caseId, limit + 1, cursor);
    return pageOf(found, limit, ({ recordedAt, id }) => timePosition(new Date(recordedAt), id));
  }

  @Post(':consentId/revocation')
  @ApiOperation({ summary: 'The client takes a consent back, without a reason: nothing more is told.' })
  @HttpCode(200)
  @Roles('case-manager', 'coordinator')
  @ApiOkResponse({ standardSchema: consentReceipt, description: 'Revoked.' })
  async revoke(
    @CurrentPrincipal() principal: Principal,
    @Param('id') caseId: string,
    @Param('consentId') consentId: string,
    @Body({ schema: revocation }) body: Revocation,
    @IdempotencyKey() command: CommandKey,
  ): Promise<ConsentReceipt> {
    return (await this.consents.revoke(principal, caseId, consentId, body, command)).result as ConsentReceipt;
  }
}
