import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@throughline/shared/openapi';
import { Public } from '@throughline/shared/auth';
import { Refusal } from '@throughline/shared/domain';
import { pageQuery } from '@throughline/shared/http';
import { z } from 'zod';
import { RESOURCE_TYPES, type RecordsWithHistory } from '../domain/history/metadata.js';
import { isUuid } from '../domain/uuid.js';
import { Histories } from './histories.js';

const item = z.object({
  id: z.uuid(),
  resource_id: z.uuid(),
  resource_type: z.enum(RESOURCE_TYPES),
  last_action_date: z.iso.date(),
  last_action_time: z.iso.datetime(),
  last_action_type: z.enum(['create', 'update', 'delete']),
  field_name: z.string().describe('Path of names, as in `phones.number`; `id` of a record that came or went.'),
  previous_value: z.string().describe('At most 200 characters of it.'),
  replacement_value: z.string(),
  updated_by: z.string().describe('The dataset that was imported, or the role of who made the change.'),
});
const historyPage = z.object({ items: z.array(item), nextCursor: z.string().optional() }).meta({ id: 'HistoryPage' });

/** What has been changed in a record, all of it; /hsds shows the newest part of the same as `metadata`. */
@ApiTags('History')
@Public()
@Controller('v1')
export class HistoryController {
  constructor(@Inject(Histories) private readonly histories: Histories) {}

  @Get(':records/:id/history')
  @ApiParam({ name: 'records', enum: Object.keys(RESOURCE_TYPES) })
  @ApiOperation({ summary: 'The history of a record as HSDS metadata, newest entry first.' })
  @ApiOkResponse({ standardSchema: historyPage, description: 'One page of it.' })
  history(
    @Param('records') records: string,
    @Param('id') id: string,
    @Query({ schema: pageQuery }) { limit, cursor }: z.output<typeof pageQuery>,
  ) {
    if (!isKept(records)) throw new Refusal('not-found', 'not-found', `there are no ${records}`);
    if (!isUuid(id)) throw new Refusal('not-found', 'record-not-found', 'there is no record of this id');
    return this.histories.page(records, id.toLowerCase(), limit, cursor);
  }
}

const isKept = (name: string): name is RecordsWithHistory => Object.hasOwn(RESOURCE_TYPES, name);
