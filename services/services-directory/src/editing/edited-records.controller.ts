import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { CurrentPrincipal, Roles, type Principal } from '@throughline/shared/auth';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { EDITED_KINDS, type EditedKind } from '../domain/editing/editable-record.js';
import { accessOf, mayTouch, notFound } from './editing-access.js';
import { PublishedRecords } from './published-records.js';
import { uuid } from './record.schemas.js';

const editedRecord = z
  .object({
    kind: z.enum(EDITED_KINDS),
    id: z.guid(),
    organizationId: z.guid().optional(),
    revision: z.string().describe('Names what the record says now; a draft that changes the record begins from it.'),
    modified: z.iso.datetime(),
    dataset: z.string().describe('Who brought the record: an import, or `by-hand`.'),
    content: z.record(z.string(), z.unknown()).describe('HSDS, with what it refers to as ids.'),
  })
  .meta({ id: 'EditedRecord' });

type EditedRecord = z.output<typeof editedRecord>;

/** The records of the directory for those who edit them. Everybody else reads them under `/hsds`. */
@ApiTags('Editing')
@Controller('v1')
export class EditedRecordsController {
  constructor(@Inject(PublishedRecords) private readonly records: PublishedRecords) {}

  @Get('organizations/:id')
  @Roles('provider', 'coordinator', 'admin')
  @ApiOperation({ summary: 'An organization as it is edited.' })
  @ApiOkResponse({ standardSchema: editedRecord, description: 'The record; a provider sees the own organization.' })
  organization(
    @Param('id', { schema: uuid }) id: string,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EditedRecord> {
    return this.read('organization', id, principal, reply);
  }

  @Get('services/:id')
  @Roles('provider', 'coordinator', 'admin')
  @ApiOperation({ summary: 'A service as it is edited, with its schedules, capacities and places.' })
  @ApiOkResponse({
    standardSchema: editedRecord,
    description: 'The record; a provider sees those of the own organization.',
  })
  service(
    @Param('id', { schema: uuid }) id: string,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EditedRecord> {
    return this.read('service', id, principal, reply);
  }

  @Get('locations/:id')
  @Roles('provider', 'coordinator', 'admin')
  @ApiOperation({ summary: 'A location as it is edited, with its schedules.' })
  @ApiOkResponse({
    standardSchema: editedRecord,
    description: 'The record; a provider sees those of the own organization.',
  })
  location(
    @Param('id', { schema: uuid }) id: string,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EditedRecord> {
    return this.read('location', id, principal, reply);
  }

  @Get('taxonomies/:id')
  @Roles('coordinator', 'admin')
  @ApiOperation({ summary: 'A taxonomy as it is edited.' })
  @ApiOkResponse({ standardSchema: editedRecord, description: 'The record.' })
  taxonomy(
    @Param('id', { schema: uuid }) id: string,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EditedRecord> {
    return this.read('taxonomy', id, principal, reply);
  }

  @Get('taxonomy_terms/:id')
  @Roles('coordinator', 'admin')
  @ApiOperation({ summary: 'A term of a taxonomy as it is edited.' })
  @ApiOkResponse({ standardSchema: editedRecord, description: 'The record.' })
  taxonomyTerm(
    @Param('id', { schema: uuid }) id: string,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EditedRecord> {
    return this.read('taxonomy_term', id, principal, reply);
  }

  private async read(kind: EditedKind, id: string, principal: Principal, reply: FastifyReply): Promise<EditedRecord> {
    const found = await this.records.find(kind, id);
    if (!found || !mayTouch(accessOf(principal), found.organizationId)) throw notFound(kind.replaceAll('_', '-'));
    const { organizationId, revision, modifiedAt, dataset, content } = found;
    void reply.header('etag', `"${revision}"`);
    const owner = organizationId === undefined ? {} : { organizationId };
    return { kind, id, ...owner, revision, modified: modifiedAt.toISOString(), dataset, content };
  }
}
