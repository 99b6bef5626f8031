import { Body, Controller, Delete, Get, Param, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { CurrentPrincipal, HiddenFrom, Roles, type Principal } from '@throughline/shared/auth';
import { z } from 'zod';
import { ReferralsService } from '../referrals/referrals.service.js';
import { CandidateFinder } from './candidates.service.js';
import { candidatesViewOf, personViewOf } from './matching-views.js';
import {
  candidatesView,
  personView,
  verdictRequest,
  type CandidatesView,
  type PersonView,
  type VerdictRequest,
} from './matching.schemas.js';
import { PersonLinks } from './person-links.service.js';

const referralId = z.uuid();

/** Who may be the same person, and what a human said of it. To police none of this exists. */
@ApiTags('Matching')
@Controller('v1/referrals/:id')
@HiddenFrom('officer', 'supervisor')
export class MatchingController {
  constructor(
    private readonly referrals: ReferralsService,
    private readonly candidates: CandidateFinder,
    private readonly links: PersonLinks,
  ) {}

  @Get('candidates')
  @ApiOperation({ summary: 'Other referrals that may be of the same person, with a score and the reasons in words.' })
  @Roles('coordinator')
  @ApiOkResponse({ standardSchema: candidatesView, description: 'The likeliest first, 50 at most.' })
  async find(
    @Param('id', { schema: referralId }) id: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<CandidatesView> {
    const { confidential } = await this.referrals.readFor(principal, id);
    // who was erased cannot be looked for any more
    if (!confidential) return { items: [], leftOut: [] };
    return candidatesViewOf(await this.candidates.find(id, confidential.person));
  }

  @Get('links')
  @ApiOperation({ summary: 'All referrals of the same person, in episodes, and who said so.' })
  @Roles('coordinator', 'prosecutor')
  @ApiOkResponse({ standardSchema: personView, description: 'The person, as far as it was confirmed.' })
  async person(@Param('id', { schema: referralId }) id: string): Promise<PersonView> {
    return personViewOf(await this.links.person(id));
  }

  @Put('links/:otherId')
  @ApiOperation({
    summary: 'Say whether two referrals are of the same person; each stays as it is, with its officer.',
  })
  @Roles('coordinator')
  @ApiOkResponse({ standardSchema: personView, description: 'Said; it is remembered, and not asked again.' })
  async judge(
    @Param('id', { schema: referralId }) id: string,
    @Param('otherId', { schema: referralId }) otherId: string,
    @Body({ schema: verdictRequest }) { verdict }: VerdictRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PersonView> {
    return personViewOf(await this.links.judge(id, otherId, verdict, principal.id));
  }

  @Delete('links/:otherId')
  @ApiOperation({ summary: 'Take back what was said of two referrals; both are as they were before.' })
  @Roles('coordinator')
  @ApiOkResponse({ standardSchema: personView, description: 'Taken back; who said it and who took it back is kept.' })
  async withdraw(
    @Param('id', { schema: referralId }) id: string,
    @Param('otherId', { schema: referralId }) otherId: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PersonView> {
    return personViewOf(await this.links.withdraw(id, otherId, principal.id));
  }
}
