import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { CurrentPrincipal, Roles, type Principal } from '@throughline/shared/auth';
import { Refusal } from '@throughline/shared/domain';
import { decodeCursor, pageOf, type Page } from '@throughline/shared/http';
import { z } from 'zod';
import { CapacityService } from '../capacity/capacity.service.js';
import { flagsFor, waitsAt } from '../domain/worklist.js';
import { ReferralIdentities } from './referral-identities.js';
import { worklistItemOf } from './worklist-item.js';
import { WorklistRepository, type Sort, type WorklistPosition } from './worklist.repository.js';
import {
  worklistCounts,
  worklistPage,
  worklistQuery,
  type WorklistCounts,
  type WorklistItem,
  type WorklistQuery,
} from './worklist.schemas.js';

const id = z.uuid();
const position: Readonly<Record<Sort, z.ZodType<WorklistPosition>>> = {
  due: z.object({ sort: z.literal('due'), order: z.string().max(100), id }),
  entered: z.object({ sort: z.literal('entered'), at: z.iso.datetime().transform((text) => new Date(text)), id }),
};

const NONE: ReadonlySet<string> = new Set();

/** The age of a person is in doubt: that is the coordinator's to clear, and nothing for the prosecutor before. */
const seesQuarantined = ({ roles }: Principal): boolean => roles.includes('coordinator');

@ApiTags('Referrals')
@Controller('v1/referrals')
export class WorklistController {
  constructor(
    private readonly worklist: WorklistRepository,
    private readonly identities: ReferralIdentities,
    private readonly capacity: CapacityService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The worklist: due and overdue held charges first, with initials only.' })
  @Roles('prosecutor', 'coordinator')
  @ApiOkResponse({ standardSchema: worklistPage, description: 'Referrals in the order that was asked for.' })
  async list(
    @Query({ schema: worklistQuery }) { limit, cursor, sort, overdue, dueBefore, ...filter }: WorklistQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Page<WorklistItem>> {
    const now = new Date();
    const flags = flagsFor(principal.roles);
    if (filter.flag !== undefined && !flags.includes(filter.flag))
      throw new Refusal('invalid', 'validation-failed', 'This flag does not concern you. See errors.', {
        errors: [{ pointer: '#/flag', detail: `Yours are ${flags.join(', ')}.` }],
      });
    const until = overdue ? now : dueBefore === undefined ? undefined : new Date(dueBefore);
    const after: WorklistPosition | undefined = cursor === undefined ? undefined : decodeCursor(cursor, position[sort]);
    const ofAll = filter.flag === 'waiting-for-capacity' ? await this.capacity.fullSites() : undefined;
    const asked = { ...filter, dueBefore: until, quarantined: seesQuarantined(principal), fullSites: ofAll ?? NONE };
    const found = await this.worklist.list(asked, sort, limit + 1, after);
    const page = pageOf(found, limit, ({ id: last, state }): WorklistPosition => placeOf(sort, last, state));
    // to count who is served at a site takes longer than a page: only where somebody on it may wait
    const fullSites = ofAll ?? (await this.capacity.fullSites(page.items.flatMap(({ state }) => waitsAt(state) ?? [])));
    const identities = await this.identities.openAll(page.items);
    const items = page.items.map((one, at) => worklistItemOf(one, identities[at], flags, fullSites, now));
    return { ...page, items };
  }

  @Get('counts')
  @ApiOperation({ summary: 'How many referrals there are in each state, and with each flag that concerns the caller.' })
  @Roles('prosecutor', 'coordinator')
  @ApiOkResponse({ standardSchema: worklistCounts, description: 'Counts as of now.' })
  async counts(@CurrentPrincipal() principal: Principal): Promise<WorklistCounts> {
    const viewer = { quarantined: seesQuarantined(principal), fullSites: await this.capacity.fullSites() };
    const counts = await this.worklist.counts(viewer, flagsFor(principal.roles));
    return { states: Object.fromEntries(counts.states), flags: Object.fromEntries(counts.flags) };
  }
}

const placeOf = (
  sort: Sort,
  last: string,
  { entered, worklist }: { entered: { enteredAt: Date }; worklist?: { order: string } },
): WorklistPosition =>
  sort === 'due' ? { sort, order: worklist?.order ?? '', id: last } : { sort, at: entered.enteredAt, id: last };
