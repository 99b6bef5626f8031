import { Injectable } from '@nestjs/common';
import { AgencyEnrolled, AgencySiteChanged, OfficerEnrolled } from '@throughline/shared/contracts';
import { Refusal } from '@throughline/shared/domain';
import { occurred, type CommandKey, type NewEvent, type Snapshot } from '@throughline/shared/persistence';
import { isActiveAt, withPeriod, type AgencyState, type Period } from '../domain/agency.js';
import { DEFAULT_SITE } from '../domain/site-policy.js';
import { SitesRepository } from '../sites/sites.repository.js';
import { AgenciesRepository, officerKey } from './agencies.repository.js';
import type { AgencyRequest, Enrolled } from './agencies.schemas.js';

/** Enrols agencies and officers, and answers who may refer. */
@Injectable()
export class AgenciesService {
  constructor(
    private readonly repository: AgenciesRepository,
    private readonly sites: SitesRepository,
  ) {}

  /** @throws Refusal `already-exists` (409), `site-unknown` (422) */
  async enrolAgency({ id, name, timeZone, site }: AgencyRequest, command: CommandKey): Promise<Enrolled> {
    if (site !== undefined) await this.assertSite(site);
    const enrolledAt = new Date();
    const event = occurred(AgencyEnrolled, { agencyId: id, name, enrolledAt: enrolledAt.toISOString() });
    const change = {
      state: { name, timeZone, ...(site !== undefined && { site }), enrolledAt },
      events: [event],
      result: { id },
    };
    return (await this.repository.agencies.create(id, change, command)).result as Enrolled;
  }

  /**
   * Moves an agency to another site, for what it refers from now on; other replicas know it 30 seconds later. What it
   * referred before stays with the site that judged it. The same site again changes nothing.
   * @throws Refusal `not-found`, `version-mismatch`, `site-unknown` (422)
   */
  async changeSite(id: string, site: string, expectedVersion: number): Promise<Snapshot<AgencyState>> {
    await this.assertSite(site);
    const changed = await this.repository.agencies.change(
      id,
      ({ state }) => {
        const previousSiteId = state.site ?? DEFAULT_SITE;
        if (previousSiteId === site) return { state };
        const changedAt = new Date().toISOString();
        const event = occurred(AgencySiteChanged, { agencyId: id, siteId: site, previousSiteId, changedAt });
        return { state: { ...state, site }, events: [event] };
      },
      { expectedVersion },
    );
    this.repository.forgetAgency(id);
    return changed;
  }

  /**
   * The first period makes the officer's record, each further one changes it.
   * @throws Refusal `not-found` for an agency that is not enrolled, and what `withPeriod` throws
   */
  async enrolOfficer(agencyId: string, officerId: string, period: Period, command: CommandKey): Promise<Enrolled> {
    await this.agency(agencyId);
    const id = officerKey(agencyId, officerId);
    const event = officerEnrolled(agencyId, officerId, period);
    const result: Enrolled = { id: officerId };
    const first = { state: { agencyId, officerId, periods: [period] }, events: [event], result };
    try {
      return (await this.repository.officers.create(id, first, command)).result as Enrolled;
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'already-exists') throw error;
    }
    const outcome = await this.repository.officers.change(
      id,
      ({ state }) => ({ state: withPeriod(state, period), events: [event], result }),
      { command },
    );
    this.repository.forgetOfficer(agencyId, officerId);
    return outcome.result as Enrolled;
  }

  private async assertSite(site: string): Promise<void> {
    if (!(await this.sites.site(site)))
      throw new Refusal('invalid', 'site-unknown', 'There is no such site.', {
        errors: [{ pointer: '#/site', detail: 'There is no site of this id.' }],
      });
  }

  /** @throws Refusal `not-found` */
  async agency(agencyId: string): Promise<AgencyState> {
    const agency = await this.repository.agency(agencyId);
    if (!agency) throw new Refusal('not-found', 'not-found', 'There is no such agency.');
    return agency;
  }

  /**
   * The agency on whose behalf an officer may refer what happened at a time.
   * @throws Refusal `agency-not-enrolled`, `officer-not-active` (422)
   */
  async assertActive(agencyId: string | undefined, officerId: string, occurredAt: Date): Promise<AgencyState> {
    const agency = agencyId === undefined ? undefined : await this.repository.agency(agencyId);
    if (agencyId === undefined || !agency)
      throw new Refusal('invalid', 'agency-not-enrolled', 'Your agency is not enrolled in the programme.');
    if (!(await this.isActive(agencyId, officerId, occurredAt)))
      throw new Refusal(
        'invalid',
        'officer-not-active',
        'You were not enrolled as an active sworn officer of your agency at the time of the event.',
      );
    return agency;
  }

  /** Nobody is refused on what was remembered: a period that was entered a moment ago counts at once. */
  private async isActive(agencyId: string, officerId: string, at: Date): Promise<boolean> {
    const known = await this.repository.rememberedOfficer(agencyId, officerId);
    if (known && isActiveAt(known, at)) return true;
    const officer = await this.repository.officer(agencyId, officerId);
    return officer !== undefined && isActiveAt(officer.state, at);
  }
}

export const officerEnrolled = (agencyId: string, officerId: string, { activeFrom, activeUntil }: Period): NewEvent =>
  occurred(OfficerEnrolled, {
    agencyId,
    officerId,
    activeFrom: activeFrom.toISOString(),
    ...(activeUntil && { activeUntil: activeUntil.toISOString() }),
  });
