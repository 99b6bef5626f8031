import { Readable } from 'node:stream';
import { Controller, Get, Inject, Param, Query, Req, StreamableFile, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags, type ApiQueryOptions } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Public } from '@throughline/shared/auth';
import { readServiceQuery } from '../domain/service-query.js';
import { DirectoryConfig } from '../config.js';
import { HSDS_PROFILE, HSDS_VERSION } from './hsds.version.js';
import { HsdsQueries } from './hsds.queries.js';

/** Described where it is defined: a copy of 2.6 MB would help nobody, and tools do not follow references to GitHub. */
const official = (name: string) => ({
  type: 'object',
  externalDocs: {
    description: `HSDS ${HSDS_VERSION}, compiled schema ${name}`,
    url: `https://raw.githubusercontent.com/openreferral/specification/3.2/schema/compiled/${name}.json`,
  },
});

const PAGE = {
  type: 'object',
  required: ['empty', 'contents'],
  properties: {
    total_items: { type: 'integer' },
    total_pages: { type: 'integer' },
    page_number: { type: 'integer' },
    size: { type: 'integer' },
    first_page: { type: 'boolean' },
    last_page: { type: 'boolean' },
    empty: { type: 'boolean' },
    contents: { type: 'array', items: official('service_list') },
  },
} as const;

const text = (name: string, description: string, schema: object = { type: 'string' }): ApiQueryOptions => ({
  name,
  description,
  required: false,
  schema: schema as never,
});

/** The part of the HSDS 3.2.3 API that this directory offers: public, read-only. */
@ApiTags('HSDS 3.2.3')
@Public()
@Controller('hsds')
export class HsdsController implements OnModuleInit {
  constructor(
    @Inject(HsdsQueries) private readonly queries: HsdsQueries,
    @Inject(DirectoryConfig) private readonly config: DirectoryConfig,
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
  ) {}

  /** The root of the specification is `/`, so here `/hsds/`; Nest takes the slash off the end of every route. */
  onModuleInit(): void {
    const server: FastifyInstance = this.host.httpAdapter.getInstance();
    server.get('/hsds/', (request) => this.about(request));
  }

  @Get()
  @ApiOperation({ summary: 'What this API is and how it relates to HSDS.' })
  @ApiResponse({ status: 200, description: 'Version, profile and the OpenAPI document.' })
  about(@Req() request: FastifyRequest) {
    const base = this.config.PUBLIC_URL ?? `${request.protocol}://${request.host}`;
    return {
      version: HSDS_VERSION,
      profile: HSDS_PROFILE,
      openapi_url: new URL('/openapi.json', base).href,
      description: 'The community services directory of a LEAD programme.',
    };
  }

  @Get('services')
  @ApiOperation({
    summary: 'Services, page by page.',
    description: 'Filters are cumulative; any other parameter is refused.',
  })
  @ApiQuery(text('search', 'Words that must each begin a word of the service.'))
  @ApiQuery(text('page', 'Counts from 1.', { type: 'integer', minimum: 1 }))
  @ApiQuery(text('per_page', 'At most 1000; 50,000 with minimal.', { type: 'integer', minimum: 1 }))
  @ApiQuery(text('format', 'ndjson streams all results, without pages.', { type: 'string', enum: ['json', 'ndjson'] }))
  @ApiQuery(text('taxonomy_term_id', 'Services that carry this term.', { type: 'string', format: 'uuid' }))
  @ApiQuery(text('taxonomy_id', 'Services with any term of this taxonomy.', { type: 'string', format: 'uuid' }))
  @ApiQuery(text('organization_id', 'Services of this organization.', { type: 'string', format: 'uuid' }))
  @ApiQuery(text('modified_after', 'Changed at or after this time; any offset.', { type: 'string' }))
  @ApiQuery(text('minimal', 'Only id and modified_date.', { type: 'boolean' }))
  @ApiQuery(text('full', 'Fully nested services.', { type: 'boolean' }))
  @ApiResponse({ status: 200, description: 'One page.', content: { 'application/json': { schema: PAGE as never } } })
  services(@Query() raw: Record<string, unknown>) {
    const query = readServiceQuery(raw);
    if (query.format === 'json') return this.queries.page(query);
    return new StreamableFile(Readable.from(this.queries.lines(query)), {
      type: 'application/x-ndjson; charset=utf-8',
    });
  }

  @Get('services/:id')
  @ApiOperation({ summary: 'One service with all that is related to it.' })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiResponse({
    status: 200,
    description: 'The service.',
    content: { 'application/json': { schema: official('service') as never } },
  })
  service(@Param('id') id: string) {
    return this.queries.service(id);
  }
}
