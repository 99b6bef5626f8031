import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '../openapi/index.js';
import { z } from 'zod';
import { Roles } from '../auth/index.js';
import { Refusal } from '../domain/index.js';
import { DeadLetters } from './dead-letters.js';
import { EventsTransport } from './events-transport.js';
import { Replayer } from './replayer.js';

const deadLetterCounts = z.object({ items: z.array(z.object({ queue: z.string(), deadLetters: z.int().min(0) })) });
const redriveRequest = z.strictObject({ limit: z.int().min(1).max(10_000).default(1_000) });
const redriveResponse = z.object({ redriven: z.int().min(0) });
const replayRequest = z.strictObject({
  queue: z.string().min(3).max(200),
  subject: z.string().min(1).max(128).optional(),
  fromSequence: z.int().min(1).default(1),
});
const replayResponse = z.object({ replayed: z.int().min(0) });

/** What an operations team does at 3 a.m.: look at dead letters, send them back, send a stream again. */
@ApiTags('Operations')
@Roles('admin')
@Controller('v1/operations')
export class OperationsController {
  constructor(
    @Inject(EventsTransport) private readonly transport: EventsTransport,
    @Inject(DeadLetters) private readonly deadLetters: DeadLetters,
    @Inject(Replayer) private readonly replayer: Replayer,
  ) {}

  @Get('dead-letters')
  @ApiOperation({ summary: 'How many dead letters each queue of this service has.' })
  @ApiResponse({ status: 200, description: 'A count for each queue.', standardSchema: deadLetterCounts })
  async count(): Promise<z.output<typeof deadLetterCounts>> {
    const items = [];
    for (const queue of this.transport.queueNames)
      items.push({ queue, deadLetters: await this.deadLetters.count(queue) });
    return { items };
  }

  @Post('dead-letters/:queue/redrive')
  @HttpCode(200)
  @ApiOperation({ summary: 'Moves dead letters back to their queue, oldest first. Doing it twice does no harm.' })
  @ApiResponse({ status: 200, description: 'How many were moved.', standardSchema: redriveResponse })
  async redrive(
    @Param('queue') queue: string,
    @Body({ schema: redriveRequest }) { limit }: z.output<typeof redriveRequest>,
  ): Promise<z.output<typeof redriveResponse>> {
    if (!this.transport.queueNames.includes(queue))
      throw new Refusal('not-found', 'queue-unknown', 'this service consumes no such queue');
    return { redriven: await this.deadLetters.redrive(queue, limit) };
  }

  @Post('replays')
  @HttpCode(200)
  @ApiOperation({
    summary:
      'Sends streams of this service again, from its event log to one named queue. Subscribers skip what they know.',
  })
  @ApiResponse({ status: 200, description: 'How many events were sent.', standardSchema: replayResponse })
  async replay(
    @Body({ schema: replayRequest }) request: z.output<typeof replayRequest>,
  ): Promise<z.output<typeof replayResponse>> {
    return { replayed: await this.replayer.replay(request) };
  }
}
