import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@throughline/shared/openapi';
import type { FastifyReply } from 'fastify';
import { Roles } from '@throughline/shared/auth';
import { funnelCsv } from '../domain/funnel-csv.js';
import { funnelQuery, funnelSchema, type Funnel, type FunnelParameters } from './funnel.schemas.js';
import { FunnelService } from './funnel.service.js';

@ApiTags('Reports')
@Roles('analyst', 'coordinator', 'prosecutor', 'admin')
@Controller('v1/reports')
export class FunnelController {
  constructor(private readonly funnels: FunnelService) {}

  @Get('funnel')
  @ApiOperation({
    summary: 'From referral to outcome: counts, waiting times, charge holds, needs and services.',
    description: 'Made of events alone. For internal use: small counts are exact.',
  })
  @ApiResponse({ status: 200, description: 'The report.', standardSchema: funnelSchema })
  async funnel(@Query({ schema: funnelQuery }) parameters: FunnelParameters): Promise<Funnel> {
    const now = new Date();
    const { query, report } = await this.funnels.report(parameters, now);
    const { asOf, from, ...filter } = query;
    return {
      asOf: asOf.toISOString(),
      ...(from && { from: from.toISOString() }),
      filter,
      generatedAt: now.toISOString(),
      smallCells: 'exact',
      ...report,
    };
  }

  @Get('funnel.csv')
  @ApiOperation({ summary: 'The same report as a table for a spreadsheet, a line for each figure.' })
  @ApiResponse({
    status: 200,
    description: 'Comma-separated values (RFC 4180).',
    content: { 'text/csv': { schema: { type: 'string' } } },
  })
  async csv(
    @Query({ schema: funnelQuery }) parameters: FunnelParameters,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { report } = await this.funnels.report(parameters, new Date());
    reply.type('text/csv; charset=utf-8');
    return funnelCsv(report);
  }
}
