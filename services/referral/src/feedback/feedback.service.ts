import { Injectable } from '@nestjs/common';
import type { Principal } from '@throughline/shared/auth';
import { AgenciesRepository } from '../agencies/agencies.repository.js';
import { isActiveAt } from '../domain/agency.js';
import { feedbackOf, type Feedback } from '../domain/feedback.js';
import type { ReferralState } from '../domain/referral.js';
import { SitesService } from '../sites/sites.service.js';
import { KnownCasesRepository } from './known-cases.repository.js';

/** What police are told of the course of referrals. Nothing of it is remembered: a consent that ended is missed at once. */
@Injectable()
export class FeedbackService {
  constructor(
    private readonly cases: KnownCasesRepository,
    private readonly agencies: AgenciesRepository,
    private readonly sites: SitesService,
  ) {}

  /**
   * To the officer who entered these referrals, on each in their order. To somebody who has left the agency it says no more
   * than `received` or `closed`.
   */
  async toOfficer({ id, agency = '' }: Principal, referrals: readonly ReferralState[]): Promise<Feedback[]> {
    const officer = await this.agencies.officer(agency, id);
    if (officer && isActiveAt(officer.state, new Date())) return this.toAgency(agency, referrals);
    return referrals.map((state) => feedbackOf(state, undefined, agency, new Date(), ''));
  }

  /** To the agency that referred, on each in their order: what consents that name the agency allow. */
  async toAgency(agencyId: string, referrals: readonly ReferralState[]): Promise<Feedback[]> {
    if (referrals.length === 0) return [];
    const now = new Date();
    const known = await this.cases.ofAll(referrals.flatMap(({ caseId }) => caseId ?? []));
    return Promise.all(
      referrals.map(async (state) => {
        const { timeZone } = await this.sites.policyOf(agencyId, state);
        return feedbackOf(state, known.get(state.caseId ?? ''), agencyId, now, timeZone);
      }),
    );
  }
}
