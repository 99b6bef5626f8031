import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { CurrentPrincipal, Roles, type Principal } from '@throughline/shared/auth';
import { Refusal } from '@throughline/shared/domain';
import { decodeCursor, pageOf, type Page } from '@throughline/shared/http';
import { z } from 'zod';
import { AgenciesRepository } from '../agencies/agencies.repository.js';
import { agencyId } from '../agencies/agencies.schemas.js';
import { AgenciesService } from '../agencies/agencies.service.js';
import { periodAt } from '../domain/agency.js';
import { getsFeedbackOf, lastServed } from '../domain/officer-departure.js';
import { ReferralIdentities } from '../referrals/referral-identities.js';
import { officerViewOf } from '../referrals/referral-views.js';
import type { OfficerView } from '../referrals/referral-view.schemas.js';
import { EnteredReferralsRepository, positionOf } from './entered-referrals.repository.js';
import {
  enteredQuery,
  officerReferralsPage,
  unitFeedbackPage,
  type EnteredQuery,
  type UnitFeedback,
} from './feedback.schemas.js';
import { FeedbackService } from './feedback.service.js';

const position = z.object({
  officerId: z.string().max(200),
  enteredAt: z.iso.datetime().transform((text) => new Date(text)),
  id: z.uuid(),
});

/** What police see of what became of their referrals. */
@ApiTags('Feedback')
@Controller('v1')
export class FeedbackController {
  constructor(
    private readonly feedback: FeedbackService,
    private readonly referrals: EnteredReferralsRepository,
    private readonly identities: ReferralIdentities,
    private readonly agencies: AgenciesService,
    private readonly officers: AgenciesRepository,
  ) {}

  @Get('officers/me/referrals')
  @ApiOperation({
    summary: 'What the officer entered for the present agency, the newest first; each as it is read by its id.',
  })
  @Roles('officer')
  @ApiOkResponse({ standardSchema: officerReferralsPage, description: 'The own referrals.' })
  async own(
    @Query({ schema: enteredQuery }) { limit, cursor }: EnteredQuery,
    @CurrentPrincipal() officer: Principal,
  ): Promise<Page<OfficerView>> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor, position);
    // no cursor leads to what another officer entered: the id of the caller is asked for besides
    const found = await this.referrals.enteredBy(officer.agency ?? '', [officer.id], limit + 1, after);
    const page = pageOf(found, limit, positionOf);
    const [identities, feedback] = await Promise.all([
      this.identities.openAll(page.items),
      this.feedback.toOfficer(
        officer,
        page.items.map(({ state }) => state),
      ),
    ]);
    return {
      ...page,
      items: page.items.map(({ id, state }, at) => officerViewOf(id, state, feedback[at]!, identities[at])),
    };
  }

  @Get('agencies/:agencyId/feedback')
  @ApiOperation({
    summary: 'Feedback on referrals of officers who have left, to a supervisor of their agency and unit.',
    description:
      'A supervisor who is enrolled with a unit gets that of the own unit and of officers without one; one who has left, ' +
      'none; any other, that of the whole agency. Consents that name the agency govern it as they do for an officer.',
  })
  @Roles('supervisor')
  @ApiOkResponse({ standardSchema: unitFeedbackPage, description: 'By officer, the newest first.' })
  async ofThoseWhoLeft(
    @Param('agencyId', { schema: agencyId }) id: string,
    @Query({ schema: enteredQuery }) { limit, cursor }: EnteredQuery,
    @CurrentPrincipal() supervisor: Principal,
  ): Promise<Page<UnitFeedback>> {
    if (supervisor.agency !== id)
      throw new Refusal('forbidden', 'other-agency', 'You get the feedback of your own agency only.');
    await this.agencies.agency(id);
    const after = cursor === undefined ? undefined : decodeCursor(cursor, position);
    const left = await this.unitsOfThoseWhoLeft(id, supervisor.id);
    const found = await this.referrals.enteredBy(id, [...left.keys()], limit + 1, after);
    const page = pageOf(found, limit, positionOf);
    const told = await this.feedback.toAgency(
      id,
      page.items.map(({ state }) => state),
    );
    const items = page.items.map(({ id: referralId, state: { entered } }, at): UnitFeedback => {
      const unit = left.get(entered.officerId);
      return {
        id: referralId,
        officerId: entered.officerId,
        ...(unit !== undefined && { unit }),
        occurredAt: entered.occurredAt.toISOString(),
        ...told[at]!,
      };
    });
    return { ...page, items };
  }

  /** The officers who have left and whose feedback this supervisor gets, with their last unit where it is known. */
  private async unitsOfThoseWhoLeft(agency: string, supervisorId: string): Promise<Map<string, string | undefined>> {
    const now = new Date();
    const [own, ended] = await Promise.all([
      this.officers.officer(agency, supervisorId),
      this.officers.officersWithEndedPeriod(agency, now),
    ]);
    const period = own && periodAt(own.state, now);
    // who has left gets none, and least of all that of the whole agency
    if (own && !period) return new Map();
    const unit = period?.unit;
    return new Map(
      ended.flatMap((officer): [string, string | undefined][] => {
        const last = lastServed(officer, now);
        return last && getsFeedbackOf(unit, last.unit) ? [[officer.officerId, last.unit]] : [];
      }),
    );
  }
}
