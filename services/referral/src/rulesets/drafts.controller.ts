import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiResponse,
  ApiTags,
} from '@throughline/shared/openapi';
import { CurrentPrincipal, Roles, type Principal } from '@throughline/shared/auth';
import { etagOf, IdempotencyKey, IfMatch, type CommandKey } from '@throughline/shared/http';
import type { FastifyReply } from 'fastify';
import type { RulesetDraft } from '../domain/ruleset.js';
import { rulesetId } from './criterion.schemas.js';
import {
  draftAnswer,
  draftContent,
  draftId,
  draftList,
  draftRequest,
  draftView,
  publishAnswer,
  publishRequest,
  type DraftAnswer,
  type DraftContent,
  type DraftRequest,
  type DraftView,
  type PublishAnswer,
  type PublishRequest,
} from './rulesets.schemas.js';
import { RulesetsService } from './rulesets.service.js';

/** Drafts of rulesets. The administrator may prepare one; only a prosecutor publishes. */
@ApiTags('Rulesets')
@Controller('v1/rulesets/:rulesetId/drafts')
export class DraftsController {
  constructor(private readonly rulesets: RulesetsService) {}

  @Post()
  @ApiOperation({ summary: 'Begin a draft: of criteria, a preset, or a version; the first makes the ruleset.' })
  @Roles('prosecutor', 'admin')
  @ApiCreatedResponse({ standardSchema: draftAnswer, description: 'The draft is there.' })
  async begin(
    @Param('rulesetId', { schema: rulesetId }) id: string,
    @Body({ schema: draftRequest }) request: DraftRequest,
    @CurrentPrincipal() principal: Principal,
    @IdempotencyKey() command: CommandKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DraftAnswer> {
    const draft = await this.rulesets.begin(id, request, principal, command);
    void reply.header('location', `/v1/rulesets/${id}/drafts/${draft.id}`).header('etag', etagOf(draft.revision));
    return draft;
  }

  @Get()
  @ApiOperation({ summary: 'The drafts of a ruleset, oldest first.' })
  @Roles('prosecutor', 'admin')
  @ApiOkResponse({ standardSchema: draftList, description: 'At most 20 drafts.' })
  async list(@Param('rulesetId', { schema: rulesetId }) id: string): Promise<{ items: DraftView[] }> {
    const { drafts } = await this.rulesets.ruleset(id);
    return { items: drafts.map(draftViewOf) };
  }

  @Get(':draftId')
  @ApiOperation({ summary: 'A draft.' })
  @Roles('prosecutor', 'admin')
  @ApiOkResponse({ standardSchema: draftView, description: 'The draft.' })
  @ApiResponse({ status: 409, description: 'It was published: the answer names the version.' })
  async read(
    @Param('rulesetId', { schema: rulesetId }) id: string,
    @Param('draftId', { schema: draftId }) draft: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DraftView> {
    const found = await this.rulesets.draft(id, draft);
    void reply.header('etag', etagOf(found.revision));
    return draftViewOf(found);
  }

  @Put(':draftId')
  @ApiOperation({ summary: 'Change a draft; every fault of the criteria is named with its pointer.' })
  @Roles('prosecutor', 'admin')
  @ApiOkResponse({ standardSchema: draftAnswer, description: 'Changed.' })
  async edit(
    @Param('rulesetId', { schema: rulesetId }) id: string,
    @Param('draftId', { schema: draftId }) draft: string,
    @Body({ schema: draftContent }) content: DraftContent,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() revision: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DraftAnswer> {
    const changed = await this.rulesets.edit(id, draft, content, principal, revision);
    void reply.header('etag', etagOf(changed.revision));
    return changed;
  }

  @Delete(':draftId')
  @ApiOperation({ summary: 'Discard a draft.' })
  @Roles('prosecutor', 'admin')
  @HttpCode(204)
  @ApiNoContentResponse({ description: 'It is gone.' })
  discard(
    @Param('rulesetId', { schema: rulesetId }) id: string,
    @Param('draftId', { schema: draftId }) draft: string,
    @IfMatch() revision: number,
  ): Promise<void> {
    return this.rulesets.discard(id, draft, revision);
  }

  @Post(':draftId/publish')
  @ApiOperation({
    summary: 'Publish a draft as the next version, which never changes; new referrals are judged by it.',
  })
  @Roles('prosecutor')
  @ApiCreatedResponse({ standardSchema: publishAnswer, description: 'Published.' })
  async publish(
    @Param('rulesetId', { schema: rulesetId }) id: string,
    @Param('draftId', { schema: draftId }) draft: string,
    @Body({ schema: publishRequest }) { effectiveFrom }: PublishRequest,
    @CurrentPrincipal() prosecutor: Principal,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() revision: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublishAnswer> {
    const from = effectiveFrom === undefined ? undefined : new Date(effectiveFrom);
    const published = await this.rulesets.publish(id, draft, from, prosecutor, command, revision);
    void reply.header('location', `/v1/rulesets/${id}/versions/${published.version}`);
    return published;
  }
}

const draftViewOf = ({ id, revision, title, criteria, changedBy, changedAt }: RulesetDraft): DraftView => ({
  id,
  revision,
  title,
  criteria,
  changedBy,
  changedAt: changedAt.toISOString(),
});
