import { Readable } from 'node:stream';
import {
  Body,
  Controller,
  Get,
  Inject,
  Param,
  Post,
  Query,
  Req,
  Res,
  StreamableFile,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiOperation, ApiResponse, ApiTags } from '@throughline/shared/openapi';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '@throughline/shared/domain';
import { Public } from '@throughline/shared/auth';
import { DirectoryConfig } from '../config.js';
import { assertNoParameters, readFullService, readListQuery, type ListName } from '../domain/list-query.js';
import { serveToEverybody } from './hsds.http.js';
import { DescribesItem, DescribesList } from './hsds.openapi.js';
import { HsdsQueries, type Item } from './hsds.queries.js';
import { HSDS_PROFILE, HSDS_VERSION } from './hsds.version.js';

type Raw = Readonly<Record<string, unknown>>;

/** The HSDS 3.2.3 API: public, read-only. `POST` on a list asks the same as `GET`, with the parameters in the body. */
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
    serveToEverybody(server);
    server.get('/hsds/', (request) => this.about(request));
  }

  @Get()
  @ApiOperation({ summary: 'What this API is and how it relates to HSDS.' })
  @ApiResponse({ status: 200, description: 'Version, profile and the OpenAPI document.' })
  about(@Req() request: FastifyRequest) {
    assertNoParameters(request.query as Raw);
    const base = this.config.PUBLIC_URL ?? `${request.protocol}://${request.host}`;
    return {
      version: HSDS_VERSION,
      profile: HSDS_PROFILE,
      openapi_url: new URL('/openapi.json', base).href,
      description: 'The community services directory of a LEAD programme.',
    };
  }

  @Get('services')
  @DescribesList('services')
  services(@Query() query: Raw) {
    return this.list('services', query);
  }

  @Post('services')
  @DescribesList('services', { body: true })
  queryServices(@Query() query: Raw, @Body() body: unknown) {
    return this.list('services', query, body);
  }

  @Get('services/:id')
  @DescribesItem('services')
  service(@Param('id') id: string, @Query() query: Raw, @Res({ passthrough: true }) reply: FastifyReply) {
    assertNoParameters(query);
    return answered(reply, this.queries.service(id));
  }

  @Get('organizations')
  @DescribesList('organizations')
  organizations(@Query() query: Raw) {
    return this.list('organizations', query);
  }

  @Post('organizations')
  @DescribesList('organizations', { body: true })
  queryOrganizations(@Query() query: Raw, @Body() body: unknown) {
    return this.list('organizations', query, body);
  }

  @Get('organizations/:id')
  @DescribesItem('organizations', 'full_service')
  organization(@Param('id') id: string, @Query() query: Raw, @Res({ passthrough: true }) reply: FastifyReply) {
    return answered(reply, this.queries.organization(id, readFullService(query)));
  }

  @Get('service_at_locations')
  @DescribesList('service_at_locations')
  serviceAtLocations(@Query() query: Raw) {
    return this.list('service_at_locations', query);
  }

  @Post('service_at_locations')
  @DescribesList('service_at_locations', { body: true })
  queryServiceAtLocations(@Query() query: Raw, @Body() body: unknown) {
    return this.list('service_at_locations', query, body);
  }

  @Get('service_at_locations/:id')
  @DescribesItem('service_at_locations')
  serviceAtLocation(@Param('id') id: string, @Query() query: Raw, @Res({ passthrough: true }) reply: FastifyReply) {
    assertNoParameters(query);
    return answered(reply, this.queries.serviceAtLocation(id));
  }

  @Get('taxonomies')
  @DescribesList('taxonomies')
  taxonomies(@Query() query: Raw) {
    return this.list('taxonomies', query);
  }

  @Post('taxonomies')
  @DescribesList('taxonomies', { body: true })
  queryTaxonomies(@Query() query: Raw, @Body() body: unknown) {
    return this.list('taxonomies', query, body);
  }

  @Get('taxonomies/:id')
  @DescribesItem('taxonomies')
  taxonomy(@Param('id') id: string, @Query() query: Raw, @Res({ passthrough: true }) reply: FastifyReply) {
    assertNoParameters(query);
    return answered(reply, this.queries.taxonomy(id));
  }

  @Get('taxonomy_terms')
  @DescribesList('taxonomy_terms')
  taxonomyTerms(@Query() query: Raw) {
    return this.list('taxonomy_terms', query);
  }

  @Post('taxonomy_terms')
  @DescribesList('taxonomy_terms', { body: true })
  queryTaxonomyTerms(@Query() query: Raw, @Body() body: unknown) {
    return this.list('taxonomy_terms', query, body);
  }

  @Get('taxonomy_terms/:id')
  @DescribesItem('taxonomy_terms')
  taxonomyTerm(@Param('id') id: string, @Query() query: Raw, @Res({ passthrough: true }) reply: FastifyReply) {
    assertNoParameters(query);
    return answered(reply, this.queries.taxonomyTerm(id));
  }

  private list(name: ListName, raw: Raw, body: unknown = {}) {
    const query = readListQuery(name, raw, parametersIn(body));
    if (query.format === 'json') return this.queries.page(name, query);
    return new StreamableFile(Readable.from(this.queries.lines(name, query)), {
      type: 'application/x-ndjson; charset=utf-8',
    });
  }
}

async function answered<Shown>(reply: FastifyReply, item: Promise<Item<Shown>>): Promise<Shown> {
  const { shown, modifiedAt } = await item;
  if (modifiedAt) reply.header('last-modified', modifiedAt.toUTCString());
  return shown;
}

function parametersIn(body: unknown): Raw {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Raw;
  throw new Refusal('malformed', 'query-invalid', 'the body is a JSON object of parameters', {
    errors: [{ pointer: '#', detail: 'is no JSON object' }],
  });
}
