import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { Roles } from '@throughline/shared/auth';
import { pathway } from '@throughline/shared/contracts';
import { Refusal } from '@throughline/shared/domain';
import { z } from 'zod';
import { siteId } from '../agencies/agencies.schemas.js';
import { DEFAULT_SITE, policyInForce } from '../domain/site-policy.js';
import { rulesetView, type RulesetView } from '../rulesets/criterion.schemas.js';
import { RulesetsService } from '../rulesets/rulesets.service.js';
import { SitesService } from '../sites/sites.service.js';

const criteriaQuery = z.strictObject({
  at: z.iso.datetime({ offset: true, error: 'This must be a date and time with its offset.' }).optional(),
  site: siteId.default(DEFAULT_SITE),
  pathway: pathway.default('arrest-diversion'),
});
type CriteriaQuery = z.infer<typeof criteriaQuery>;

/** The criteria are published: everybody who works with them may read them. */
@ApiTags('Criteria')
@Controller('v1/criteria')
export class CriteriaController {
  constructor(
    private readonly rulesets: RulesetsService,
    private readonly sites: SitesService,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'The criteria of a site and pathway, now or at a time, each with its verdicts in plain words.',
  })
  @Roles('officer', 'supervisor', 'prosecutor', 'coordinator', 'case-manager', 'analyst', 'auditor', 'admin')
  @ApiOkResponse({
    standardSchema: rulesetView,
    description: "The version in force at that time of the ruleset that the site's policy names today.",
  })
  async inForce(@Query({ schema: criteriaQuery }) { at, site, pathway: way }: CriteriaQuery): Promise<RulesetView> {
    const { state } = await this.sites.site(site);
    const rulesetId = policyInForce(state).policy.rulesets[way];
    const ruleset = await this.rulesets.findInForce(rulesetId, at === undefined ? new Date() : new Date(at));
    if (!ruleset) throw new Refusal('not-found', 'not-found', 'No ruleset was in force.');
    return ruleset;
  }
}
