import { Body, Controller, Get, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { CurrentPrincipal, Roles, type Principal } from '@throughline/shared/auth';
import {
  decodeCursor,
  etagOf,
  IdempotencyKey,
  IfMatch,
  pageOf,
  type CommandKey,
  type Page,
} from '@throughline/shared/http';
import type { FastifyReply } from 'fastify';
import { siteId } from '../agencies/agencies.schemas.js';
import { policyInForce, type PolicyVersion } from '../domain/site-policy.js';
import { SitesRepository, type SiteRecord } from './sites.repository.js';
import {
  policyHistory,
  siteAnswer,
  sitePage,
  sitePolicy,
  siteRequest,
  sitesQuery,
  siteView,
  type PolicyHistory,
  type SiteAnswer,
  type SitePolicyBody,
  type SiteRequest,
  type SitesQuery,
  type SiteView,
} from './sites.schemas.js';
import { SitesService } from './sites.service.js';

/** Sites of the programme, and the policy of each. */
@ApiTags('Sites')
@Controller('v1/sites')
export class SitesController {
  constructor(
    private readonly sites: SitesService,
    private readonly repository: SitesRepository,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Make a site; without a policy it begins with the default one.' })
  @Roles('admin')
  @ApiCreatedResponse({ standardSchema: siteAnswer, description: 'The site is there, its policy in force.' })
  async create(
    @Body({ schema: siteRequest }) request: SiteRequest,
    @CurrentPrincipal() principal: Principal,
    @IdempotencyKey() command: CommandKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SiteAnswer> {
    const result = await this.sites.create(request, principal, command);
    void reply.header('location', `/v1/sites/${result.id}`);
    return result;
  }

  @Get()
  @ApiOperation({ summary: 'The sites, by id, each with the policy in force.' })
  @Roles('admin', 'prosecutor', 'coordinator', 'auditor')
  @ApiOkResponse({ standardSchema: sitePage, description: 'Sites.' })
  async list(@Query({ schema: sitesQuery }) { limit, cursor }: SitesQuery): Promise<Page<SiteView>> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor, siteId);
    const page = pageOf(await this.repository.list(limit + 1, after), limit, ({ id }) => id);
    return { ...page, items: page.items.map(siteViewOf) };
  }

  @Get(':siteId')
  @ApiOperation({ summary: 'A site with the policy in force.' })
  @Roles('admin', 'prosecutor', 'coordinator', 'auditor')
  @ApiOkResponse({ standardSchema: siteView, description: 'The site.' })
  async read(
    @Param('siteId', { schema: siteId }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SiteView> {
    const site = await this.sites.site(id);
    void reply.header('etag', etagOf(site.version));
    return siteViewOf(site);
  }

  @Get(':siteId/policies')
  @ApiOperation({ summary: 'Every version of the policy of a site, with who put it in force and when.' })
  @Roles('admin', 'prosecutor', 'coordinator', 'auditor')
  @ApiOkResponse({ standardSchema: policyHistory, description: 'All versions, oldest first.' })
  async history(@Param('siteId', { schema: siteId }) id: string): Promise<PolicyHistory> {
    const { state } = await this.sites.site(id);
    return { items: state.policies.map(versionView) };
  }

  @Put(':siteId/policy')
  @ApiOperation({
    summary: 'Put a policy in force; a prosecutor leaves working days, holidays and targets as they are.',
  })
  @Roles('admin', 'prosecutor')
  @ApiOkResponse({ standardSchema: siteAnswer, description: 'In force for what is decided from now on.' })
  async changePolicy(
    @Param('siteId', { schema: siteId }) id: string,
    @Body({ schema: sitePolicy }) policy: SitePolicyBody,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() expectedVersion: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SiteAnswer> {
    const { version, ...answer } = await this.sites.changePolicy(id, policy, principal, expectedVersion);
    void reply.header('etag', etagOf(version));
    return answer;
  }
}

const versionView = ({ version, policy, by, at }: PolicyVersion) => ({
  policyVersion: version,
  policy,
  by,
  at: at.toISOString(),
});

const siteViewOf = ({ id, state }: SiteRecord): SiteView => ({
  id,
  name: state.name,
  ...(state.timeZone !== undefined && { timeZone: state.timeZone }),
  ...versionView(policyInForce(state)),
});
