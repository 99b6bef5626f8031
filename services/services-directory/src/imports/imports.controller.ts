import type { Readable } from 'node:stream';
import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@throughline/shared/openapi';
import { Roles } from '@throughline/shared/auth';
import { IdempotencyKey, RouteBody, StreamedType } from '@throughline/shared/http';
import type { CommandKey } from '@throughline/shared/persistence';
import {
  datasetName,
  importRequest,
  importResponse,
  uploadRequest,
  type ImportRequest,
  type ImportResponse,
  type UploadRequest,
} from './imports.schemas.js';
import { ImportsService } from './imports.service.js';
import type { Packing } from './sources.js';

const PACKING_OF: Record<string, Packing> = {
  'application/zip': 'zip',
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
};

/** Brings data into the directory. */
@ApiTags('Imports')
@Roles('admin', 'coordinator')
@Controller('v1/imports')
export class ImportsController {
  constructor(@Inject(ImportsService) private readonly imports: ImportsService) {}

  @Post()
  @ApiOperation({ summary: 'Imports a bundled dataset and answers what became of each row.' })
  @ApiResponse({ status: 201, description: 'The report.', standardSchema: importResponse })
  import(
    @Body({ schema: importRequest }) request: ImportRequest,
    @IdempotencyKey() command: CommandKey,
  ): Promise<ImportResponse> {
    return this.imports.import(request, command);
  }

  @Post(':dataset')
  @HttpCode(202)
  @RouteBody({ streams: Object.keys(PACKING_OF) })
  @ApiOperation({
    summary: 'Takes a dataset in as a file and imports it in the background.',
    description:
      'A zip of CSV files (also a tabular data package), JSON or ndjson, of HSDS 1.0 (Ohana), 1.1, 2.0 or 3.x. ' +
      'The report is at the address that Location gives.',
  })
  @ApiConsumes(...Object.keys(PACKING_OF))
  // said here, because the compilers differ in what they tell of a type that is imported as a type
  @ApiBody({ description: 'The file.', schema: { type: 'string', format: 'binary' } })
  @ApiResponse({ status: 202, description: 'It will be imported.', standardSchema: importResponse })
  async upload(
    @Param('dataset', { schema: datasetName }) dataset: string,
    @Query({ schema: uploadRequest }) request: UploadRequest,
    @Body() body: Readable,
    @StreamedType() type: string,
    @Headers('content-length') length: string | undefined,
    @IdempotencyKey() command: CommandKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportResponse> {
    const file = { body, packing: PACKING_OF[type]!, declared: Number(length ?? 0) };
    const taken = await this.imports.upload(dataset, request, file, command);
    reply.header('location', `/v1/imports/${taken.id}`);
    return taken;
  }

  @Get(':id')
  @ApiOperation({ summary: 'The report of an import.' })
  @ApiResponse({
    status: 200,
    description: 'The report, or that the import is still running.',
    standardSchema: importResponse,
  })
  find(@Param('id') id: string): Promise<ImportResponse> {
    return this.imports.find(id);
  }
}
