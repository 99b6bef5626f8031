import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { CurrentPrincipal, Roles, type Principal } from '@throughline/shared/auth';
import { etagOf, IdempotencyKey, IfMatch, type CommandKey } from '@throughline/shared/http';
import type { FastifyReply } from 'fastify';
import { capacityAnswer, capacityUpdate, type CapacityAnswer, type CapacityUpdate } from './capacities.schemas.js';
import { CapacitiesService } from './capacities.service.js';

/** What changes from day to day is published at once, without a draft: a provider knows best how many beds are free. */
@ApiTags('Capacity')
@Controller('v1/services/:id')
@Roles('provider', 'coordinator', 'admin')
export class CapacitiesController {
  constructor(@Inject(CapacitiesService) private readonly capacities: CapacitiesService) {}

  @Get('capacity')
  @ApiOperation({ summary: 'How much room a service has.' })
  @ApiOkResponse({ standardSchema: capacityAnswer, description: 'Its figures; the ETag goes into `If-Match`.' })
  async read(
    @Param('id') id: string,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CapacityAnswer> {
    const { id: serviceId, version, content } = await this.capacities.find(id, principal);
    const { capacities = [], assured_date: assuredDate } = content;
    void reply.header('etag', etagOf(version));
    return {
      serviceId,
      capacities: capacities.map(({ unit, available, maximum, description, updated }) => ({
        unit: {
          name: unit.name,
          ...(unit.scheme ? { scheme: unit.scheme } : {}),
          ...(unit.identifier ? { identifier: unit.identifier } : {}),
          ...(unit.uri ? { uri: unit.uri } : {}),
        },
        available,
        ...(maximum === undefined ? {} : { maximum }),
        ...(description === undefined ? {} : { description }),
        updated,
      })),
      ...(assuredDate === undefined ? {} : { assuredDate }),
    };
  }

  @Put('capacity')
  @ApiOperation({ summary: 'Publishes how much room a service has: all its figures, right now.' })
  @ApiOkResponse({ standardSchema: capacityAnswer, description: 'As it is published.' })
  async count(
    @Param('id') id: string,
    @Body({ schema: capacityUpdate }) figures: CapacityUpdate,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() version: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CapacityAnswer> {
    await this.capacities.count(id, figures, principal, version);
    return this.read(id, principal, reply);
  }

  @Post('assurance')
  @HttpCode(204)
  @ApiOperation({ summary: 'Publishes that the record of a service is right, as of today: HSDS `assured_date`.' })
  @ApiNoContentResponse({ description: 'Published.' })
  async assure(
    @Param('id') id: string,
    @CurrentPrincipal() principal: Principal,
    @IdempotencyKey() command: CommandKey,
  ): Promise<void> {
    await this.capacities.assure(id, principal, command);
  }
}
