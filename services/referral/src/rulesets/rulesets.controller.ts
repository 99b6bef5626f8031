import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { Roles } from '@throughline/shared/auth';
import { decodeCursor, pageOf, type Page } from '@throughline/shared/http';
import { PRESETS } from '../data/presets/index.js';
import { rulesetInForce } from '../domain/criteria.js';
import { FACTS } from '../domain/fact-catalogue.js';
import type { PublishedVersion } from '../domain/ruleset.js';
import { rulesetId } from './criterion.schemas.js';
import { RulesetsRepository } from './rulesets.repository.js';
import {
  presetList,
  rulesetPage,
  rulesetsQuery,
  versionList,
  versionNumber,
  versionsQuery,
  versionView,
  type PresetList,
  type RulesetsQuery,
  type VersionList,
  type VersionsQuery,
  type VersionView,
} from './rulesets.schemas.js';
import { RulesetsService } from './rulesets.service.js';

/** What is published is for everybody who works with it. */
const READERS = [
  'officer',
  'supervisor',
  'prosecutor',
  'coordinator',
  'case-manager',
  'analyst',
  'auditor',
  'admin',
] as const;

/** Published rulesets: each version as it was published, for ever. */
@ApiTags('Rulesets')
@Controller('v1')
export class RulesetsController {
  constructor(
    private readonly rulesets: RulesetsService,
    private readonly repository: RulesetsRepository,
  ) {}

  @Get('rulesets')
  @ApiOperation({ summary: 'The rulesets that the programme has, by id.' })
  @Roles(...READERS)
  @ApiOkResponse({ standardSchema: rulesetPage, description: 'Rulesets.' })
  async list(@Query({ schema: rulesetsQuery }) { limit, cursor }: RulesetsQuery): Promise<Page<{ id: string }>> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor, rulesetId);
    const page = pageOf(await this.repository.ids(limit + 1, after), limit, (id) => id);
    return { ...page, items: page.items.map((id) => ({ id })) };
  }

  @Get('rulesets/:rulesetId/versions')
  @ApiOperation({ summary: 'The published versions of a ruleset, oldest first, and which is in force at a time.' })
  @Roles(...READERS)
  @ApiOkResponse({ standardSchema: versionList, description: 'Its versions, without their criteria.' })
  async versions(
    @Param('rulesetId', { schema: rulesetId }) id: string,
    @Query({ schema: versionsQuery }) { at }: VersionsQuery,
  ): Promise<VersionList> {
    const { versions } = await this.rulesets.ruleset(id);
    const rulesets = versions.map(({ ruleset }) => ruleset);
    const inForce = rulesetInForce(rulesets, at === undefined ? new Date() : new Date(at));
    return {
      items: versions.map((version) => {
        const { criteria: _criteria, ...summary } = versionViewOf(version);
        return summary;
      }),
      ...(inForce && { inForce: inForce.version }),
    };
  }

  @Get('rulesets/:rulesetId/versions/:version')
  @ApiOperation({ summary: 'A published version, as it was published.' })
  @Roles(...READERS)
  @ApiOkResponse({ standardSchema: versionView, description: 'The version.' })
  async version(
    @Param('rulesetId', { schema: rulesetId }) id: string,
    @Param('version', { schema: versionNumber }) number: number,
  ): Promise<VersionView> {
    const version = await this.rulesets.published(id, number);
    this.repository.verified(version);
    return versionViewOf(version);
  }

  @Get('ruleset-presets')
  @ApiOperation({ summary: 'Criteria to begin a draft with, and the facts that a criterion may look at.' })
  @Roles('prosecutor', 'admin')
  @ApiOkResponse({ standardSchema: presetList, description: 'Presets and facts.' })
  presets(): PresetList {
    return {
      items: [...PRESETS],
      facts: Object.entries(FACTS).map(([fact, { kind, says }]) => ({ fact, kind, says })),
    };
  }
}

const versionViewOf = ({ ruleset, hash, publishedBy, publishedAt }: PublishedVersion): VersionView => ({
  ...ruleset,
  hash,
  publishedBy,
  publishedAt: publishedAt.toISOString(),
});
