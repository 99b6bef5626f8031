import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { Public } from '@throughline/shared/auth';
import { z } from 'zod';
import { CHANGED_KINDS } from './changes.repository.js';
import { ChangesQueries, MAX_CHANGES } from './changes.queries.js';

const changesQuery = z.strictObject({
  since: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('What `next` said in the last answer; left out: from the beginning.'),
  limit: z.coerce.number().int().min(1).max(MAX_CHANGES).default(200),
});

const changesAnswer = z
  .object({
    changes: z.array(
      z.object({
        kind: z.enum(CHANGED_KINDS),
        id: z.uuid(),
        modified: z.iso.datetime().describe('When the record last changed.'),
        deleted: z.boolean().describe('The record is gone from the directory; it may come back.'),
      }),
    ),
    next: z.string().describe('Where to go on, now or later.'),
    more: z.boolean().describe('There is more to be read at once.'),
  })
  .meta({ id: 'DirectoryChanges' });

/** What other directories follow this one by: HSDS has no tombstones, and a clock is no order. */
@ApiTags('Changes')
@Public()
@Controller('v1/changes')
export class ChangesController {
  constructor(@Inject(ChangesQueries) private readonly queries: ChangesQueries) {}

  @Get()
  @ApiOperation({
    summary: 'What has changed since a place in the list of changes, tombstones included.',
    description:
      'Each record stands once, at its last change. A reader that goes on from `next` misses nothing and need not compare ' +
      'clocks; it reads what it wants to keep from /hsds by id. It may hear of a change twice.',
  })
  @ApiOkResponse({ standardSchema: changesAnswer, description: 'Changes in the order in which they became known.' })
  changes(@Query({ schema: changesQuery }) { since, limit }: z.output<typeof changesQuery>) {
    return this.queries.since(since, limit);
  }
}
