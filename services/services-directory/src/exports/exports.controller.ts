import { Controller, Get, Header, Inject, StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@throughline/shared/openapi';
import { Roles } from '@throughline/shared/auth';
import { ExportsService } from './exports.service.js';

/** The whole directory as a file that any HSDS tool reads, and that an import here reads back. */
@ApiTags('Exports')
@Roles('admin', 'coordinator', 'analyst', 'integrator')
@Controller('v1/exports')
export class ExportsController {
  constructor(@Inject(ExportsService) private readonly exports: ExportsService) {}

  @Get('hsds.json')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Everything as HSDS 3.2.3 JSON, streamed.' })
  @ApiProduces('application/json')
  @ApiResponse({ status: 200, description: 'Lists of taxonomies, taxonomy_terms, organizations and services.' })
  json(): StreamableFile {
    return new StreamableFile(this.exports.json(), {
      type: 'application/json; charset=utf-8',
      disposition: 'attachment; filename="hsds.json"',
    });
  }

  @Get('datapackage.zip')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Everything as an HSDS 3.2.3 tabular data package.' })
  @ApiProduces('application/zip')
  @ApiResponse({ status: 200, description: 'A zip of the official datapackage.json and its CSV files.' })
  async dataPackage(): Promise<StreamableFile> {
    return new StreamableFile(await this.exports.dataPackage(), {
      type: 'application/zip',
      disposition: 'attachment; filename="datapackage.zip"',
    });
  }
}
