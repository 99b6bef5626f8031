import { Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@throughline/shared/openapi';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Roles } from '@throughline/shared/auth';
import { IdempotencyKey } from '@throughline/shared/http';
import type { CommandKey } from '@throughline/shared/persistence';
import type { Rebuild } from '../domain/rebuilds.js';
import { rebuildSchema, type RebuildView } from './rebuilds.schemas.js';
import { RebuildsService, type Progress } from './rebuilds.service.js';

const view = ({ id, state, requestedAt, endedAt }: Rebuild, progress: Progress[]): RebuildView => ({
  id,
  state,
  requestedAt: requestedAt.toISOString(),
  ...(endedAt && { endedAt: endedAt.toISOString() }),
  progress,
});

@ApiTags('Rebuilds')
@Roles('admin')
@Controller('v1/rebuilds')
export class RebuildsController {
  constructor(private readonly rebuilds: RebuildsService) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Rebuild all projections from zero.',
    description:
      'The services that own the events are asked to send them again. Reports are read from the old projections ' +
      'until the new ones hold everything that those hold. No body.',
  })
  @ApiResponse({
    status: 202,
    description: 'The rebuild has begun; its address is in Location.',
    standardSchema: rebuildSchema,
  })
  async begin(
    @IdempotencyKey() command: CommandKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RebuildView> {
    const rebuild = await this.rebuilds.begin(command, new Date());
    reply.header('location', `/v1/rebuilds/${rebuild.id}`);
    return view(rebuild, []);
  }

  @Get(':id')
  @ApiOperation({ summary: 'How far a rebuild has come.' })
  @ApiResponse({ status: 200, description: 'The rebuild.', standardSchema: rebuildSchema })
  async find(@Param('id', { schema: z.string().min(1).max(128) }) id: string): Promise<RebuildView> {
    const { rebuild, progress } = await this.rebuilds.find(id);
    return view(rebuild, progress);
  }
}
