import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Roles } from '@throughline/shared/auth';
import { IdempotencyKey } from '@throughline/shared/http';
import type { CommandKey } from '@throughline/shared/persistence';
import { importRequest, importResponse, type ImportRequest, type ImportResponse } from './imports.schemas.js';
import { ImportsService } from './imports.service.js';

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
