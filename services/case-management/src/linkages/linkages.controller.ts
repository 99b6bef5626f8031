import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { CurrentPrincipal, HiddenFrom, Roles, type Principal } from '@throughline/shared/auth';
import { etagOf, IdempotencyKey, IfMatch, pageOf, type CommandKey, type Page } from '@throughline/shared/http';
import type { FastifyReply } from 'fastify';
import { allowedStatuses, type LinkageParty } from '../domain/linkage.js';
import { timePosition } from '../time-order.js';
import type { FoundLinkage } from './linkages.repository.js';
import {
  linkageAnswer,
  linkageReceipt,
  linkagesPage,
  linkagesQuery,
  newLinkage,
  newStatus,
  type LinkageAnswer,
  type LinkageReceipt,
  type LinkagesQuery,
  type NewLinkage,
  type NewStatus,
} from './linkages.schemas.js';
import { LinkagesService } from './linkages.service.js';

/**
 * What the two parties see: ids, the category of the need and what became of it. Who did it stays within each party,
 * and who the client is stays with the case until there is a consent to tell.
 */
const shown = (linkage: FoundLinkage & { party: LinkageParty }): LinkageAnswer => ({
  id: linkage.id,
  caseId: linkage.caseId,
  needId: linkage.needId,
  category: linkage.category,
  serviceId: linkage.serviceId,
  serviceName: linkage.serviceName,
  organizationId: linkage.organizationId,
  status: linkage.status,
  outcome: linkage.outcome,
  requestedAt: linkage.requestedAt.toISOString(),
  history: linkage.history.map(({ status, outcome, at, by }) => ({ status, outcome, at: at.toISOString(), by })),
  allowed: [...allowedStatuses(linkage, linkage.party)],
});

/** Service linkages: the closed loop between a case manager who asks and a provider who answers. */
@ApiTags('Linkages')
@Controller('v1')
@HiddenFrom('officer', 'supervisor')
export class LinkagesController {
  constructor(private readonly linkages: LinkagesService) {}

  @Post('cases/:id/linkages')
  @ApiOperation({ summary: 'Link a need of a case to a service of the directory: asks its provider.' })
  @Roles('case-manager')
  @ApiCreatedResponse({ standardSchema: linkageReceipt, description: 'Requested.' })
  async request(
    @CurrentPrincipal() principal: Principal,
    @Param('id') caseId: string,
    @Body({ schema: newLinkage }) body: NewLinkage,
    @IdempotencyKey() command: CommandKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LinkageReceipt> {
    const { id, version, result } = await this.linkages.request(principal, caseId, body, command);
    reply.headers({ etag: etagOf(version), location: `/v1/linkages/${id}` });
    return result as LinkageReceipt;
  }

  @Get('linkages')
  @ApiOperation({
    summary: "Linkages by status: those of the provider's organization, or of the case manager's cases.",
  })
  @Roles('provider', 'case-manager')
  @ApiOkResponse({
    standardSchema: linkagesPage,
    description: 'Oldest first: of the own organization, or of the own cases. No identity.',
  })
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: linkagesQuery }) query: LinkagesQuery,
  ): Promise<Page<LinkageAnswer>> {
    const found = await this.linkages.list(principal, query, query.limit + 1);
    const page = pageOf(found, query.limit, ({ requestedAt, id }) => timePosition(requestedAt, id));
    return { ...page, items: page.items.map(shown) };
  }

  @Get('linkages/:id')
  @ApiOperation({ summary: 'A linkage, its history, and the statuses that the caller may set now.' })
  @Roles('provider', 'case-manager')
  @ApiOkResponse({ standardSchema: linkageAnswer, description: 'The linkage, without the identity of the client.' })
  async read(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LinkageAnswer> {
    const { version, state, party } = await this.linkages.open(principal, id);
    reply.header('etag', etagOf(version));
    return shown({ id, ...state, party });
  }

  @Post('linkages/:id/status')
  @ApiOperation({ summary: 'Set the next status of a linkage; every end has an outcome.' })
  @HttpCode(200)
  @Roles('provider', 'case-manager')
  @ApiOkResponse({ standardSchema: linkageReceipt, description: 'Set.' })
  async setStatus(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Body({ schema: newStatus }) body: NewStatus,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() version: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LinkageReceipt> {
    const outcome = await this.linkages.changeStatus(principal, id, body, command, version);
    reply.header('etag', etagOf(outcome.version));
    return outcome.result as LinkageReceipt;
  }
}
