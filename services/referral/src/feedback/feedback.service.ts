import { Injectable } from '@nestjs/common';
import type { Principal } from '@throughline/shared/auth';
import { AgenciesRepository } from '../agencies/agencies.repository.js';
import { isActiveAt } from '../domain/agency.js';
import { feedbackOf, type Feedback } from '../domain/feedback.js';
import type { ReferralState } from '../domain/referral.js';
import { SitesService } from '../sites/sites.service.js';
import { KnownCasesRepository } from './known-cases.repository.js';

/** What the officer who entered a referral is told of its course. */
@Injectable()
export class FeedbackService {
  constructor(
    private readonly cases: KnownCasesRepository,
    private readonly agencies: AgenciesRepository,
    private readonly sites: SitesService,
  ) {}

  /** To somebody who has left the agency it says no more than `received` or `closed`. */
  async to({ id, agency = '' }: Principal, state: ReferralState): Promise<Feedback> {
    const now = new Date();
    const [known, officer, { timeZone }] = await Promise.all([
      this.cases.of(state.caseId),
      this.agencies.officer(agency, id),
      this.sites.policyOf(state.entered.agencyId),
    ]);
    const serves = officer !== undefined && isActiveAt(officer.state, now);
    return feedbackOf(state, serves ? known : undefined, agency, now, timeZone);
  }
}
