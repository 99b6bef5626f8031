import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { CurrentPrincipal, Roles, type Principal } from '@throughline/shared/auth';
import { etagOf, IdempotencyKey, IfMatch, RouteBody, type CommandKey, type Page } from '@throughline/shared/http';
import type { FastifyReply } from 'fastify';
import { allowedActions } from '../domain/editing/draft.js';
import type { FoundDraft } from './drafts.repository.js';
import {
  draftRequest,
  draftsPage,
  draftsQuery,
  draftView,
  reviewRequest,
  type DraftListed,
  type DraftRequest,
  type DraftsQuery,
  type DraftView,
  type ReviewRequest,
} from './drafts.schemas.js';
import { DraftsService } from './drafts.service.js';
import { accessOf } from './editing-access.js';
import { uuid } from './record.schemas.js';

/** A service with all its places and opening hours. */
const MAX_BODY_BYTES = 512 * 1024;

/** Changes of the directory on their way from a proposal over a review to publication. */
@ApiTags('Editing')
@Controller('v1/drafts')
export class DraftsController {
  constructor(@Inject(DraftsService) private readonly drafts: DraftsService) {}

  @Post()
  @Roles('provider', 'coordinator', 'admin')
  @RouteBody({ maxBytes: MAX_BODY_BYTES })
  @ApiOperation({
    summary: 'Propose a new record, other content for a record, or its withdrawal.',
    description: 'A provider proposes for the own organization alone. Nothing is published before a review.',
  })
  @ApiCreatedResponse({ standardSchema: draftView, description: 'A draft, for its author to submit.' })
  async begin(
    @Body({ schema: draftRequest }) request: DraftRequest,
    @CurrentPrincipal() principal: Principal,
    @IdempotencyKey() command: CommandKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DraftView> {
    const draft = await this.drafts.begin(request, accessOf(principal), command);
    void reply.header('location', `/v1/drafts/${draft.id}`);
    return shown(draft, reply);
  }

  @Get()
  @Roles('provider', 'coordinator', 'admin')
  @ApiOperation({ summary: 'Drafts, oldest first: of all organizations, or of the own one.' })
  @ApiOkResponse({ standardSchema: draftsPage, description: 'A page of them, without their content.' })
  async list(
    @Query({ schema: draftsQuery }) query: DraftsQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Page<DraftListed>> {
    const page = await this.drafts.page(query, accessOf(principal));
    return { ...page, items: page.items.map(listed) };
  }

  @Get(':id')
  @Roles('provider', 'coordinator', 'admin')
  @ApiOperation({ summary: 'A draft with what it proposes and what was said of it.' })
  @ApiOkResponse({ standardSchema: draftView, description: 'The draft; its ETag is for If-Match.' })
  async read(
    @Param('id', { schema: uuid }) id: string,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DraftView> {
    return shown(await this.drafts.find(id, accessOf(principal)), reply);
  }

  @Put(':id')
  @Roles('provider', 'coordinator', 'admin')
  @RouteBody({ maxBytes: MAX_BODY_BYTES })
  @ApiOperation({ summary: 'Propose something else for the same record, also after a draft was returned.' })
  @ApiOkResponse({ standardSchema: draftView, description: 'The draft as it is now.' })
  async replace(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: draftRequest }) request: DraftRequest,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() version: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DraftView> {
    return shown(await this.drafts.replace(id, request, accessOf(principal), version), reply);
  }

  @Post(':id/submission')
  @HttpCode(200)
  @Roles('provider', 'coordinator', 'admin')
  @ApiOperation({ summary: 'Hand a draft in for review.' })
  @ApiOkResponse({ standardSchema: draftView, description: 'Submitted.' })
  async submit(
    @Param('id', { schema: uuid }) id: string,
    @CurrentPrincipal() principal: Principal,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() version: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DraftView> {
    return shown(await this.drafts.submit(id, accessOf(principal), command, version), reply);
  }

  @Post(':id/review')
  @HttpCode(200)
  @Roles('coordinator', 'admin')
  @ApiOperation({
    summary: 'Approve a submitted draft, which publishes it, or return it with a comment.',
    description: 'What a provider has written is reviewed by somebody else.',
  })
  @ApiOkResponse({ standardSchema: draftView, description: 'Published, or returned to its author.' })
  async review(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: reviewRequest }) request: ReviewRequest,
    @CurrentPrincipal() principal: Principal,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() version: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DraftView> {
    return shown(await this.drafts.review(id, request, accessOf(principal), command, version), reply);
  }

  @Post(':id/discard')
  @HttpCode(200)
  @Roles('provider', 'coordinator', 'admin')
  @ApiOperation({ summary: 'Give a draft up that is not published. It stays readable.' })
  @ApiOkResponse({ standardSchema: draftView, description: 'Discarded.' })
  async discard(
    @Param('id', { schema: uuid }) id: string,
    @CurrentPrincipal() principal: Principal,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() version: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DraftView> {
    return shown(await this.drafts.discard(id, accessOf(principal), command, version), reply);
  }
}

const BY_SOMEBODY = new Set<string>(['edit', 'submit', 'return', 'approve', 'discard']);

function listed({
  id,
  kind,
  change,
  recordId,
  organizationId,
  content,
  status,
  author,
  ...times
}: FoundDraft): DraftListed {
  const name = content?.['name'];
  return {
    id,
    kind,
    change,
    recordId,
    ...(organizationId === undefined ? {} : { organizationId }),
    ...(typeof name === 'string' ? { name } : {}),
    status,
    allowed: allowedActions(status).filter((action) => BY_SOMEBODY.has(action)) as DraftListed['allowed'],
    author,
    createdAt: times.createdAt.toISOString(),
    modifiedAt: times.modifiedAt.toISOString(),
  };
}

function shown(draft: FoundDraft, reply: FastifyReply): DraftView {
  void reply.header('etag', etagOf(draft.version));
  const { revision, content, remarks } = draft;
  return {
    ...listed(draft),
    ...(revision === undefined ? {} : { revision }),
    ...(content ? { content } : {}),
    remarks: remarks.map(({ at, ...remark }) => ({ at: at.toISOString(), ...remark })),
  };
}
