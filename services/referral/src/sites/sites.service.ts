import { Injectable } from '@nestjs/common';
import type { Principal } from '@throughline/shared/auth';
import { SitePolicyChanged } from '@throughline/shared/contracts';
import { Refusal, type FieldError } from '@throughline/shared/domain';
import { occurred, type CommandKey, type NewEvent } from '@throughline/shared/persistence';
import { AgenciesService } from '../agencies/agencies.service.js';
import {
  DEFAULT_SITE,
  defaultPolicy,
  notTheProsecutors,
  policyErrors,
  policyInForce,
  type PolicyVersion,
  type SiteOfAgency,
  type SitePolicy,
} from '../domain/site-policy.js';
import type { ReferralState } from '../domain/referral.js';
import { RulesetsService } from '../rulesets/rulesets.service.js';
import { SitesRepository, type SiteRecord } from './sites.repository.js';
import type { SiteAnswer, SiteRequest } from './sites.schemas.js';

/** Far more sites than a programme has. */
const MAX_SITES = 1_000;
/** A policy that changes more often than this is no policy, and its versions stay in one document. */
const MAX_VERSIONS = 500;
/** Days of a charge hold where a new site does not say: the longest that sites use. */
const LONGEST_HOLD_DAYS = 30;

/** Sites, and which policy governs what an agency refers. */
@Injectable()
export class SitesService {
  constructor(
    private readonly repository: SitesRepository,
    private readonly agencies: AgenciesService,
    private readonly rulesets: RulesetsService,
  ) {}

  /** @throws Refusal `already-exists` (409), `validation-failed` (422) */
  async create({ id, name, timeZone, policy }: SiteRequest, by: Principal, command: CommandKey): Promise<SiteAnswer> {
    if (id === DEFAULT_SITE)
      throw new Refusal('conflict', 'already-exists', 'Site default is built in: change its policy.');
    if (policy) await this.assertJudged(policy, '#/policy');
    const first = versionOf(1, policy ?? defaultPolicy(LONGEST_HOLD_DAYS), by, '#/policy');
    const result: SiteAnswer = { id, policyVersion: 1 };
    const change = { state: { name, timeZone, policies: [first] as [PolicyVersion] }, events: [changed(id, first)] };
    return (await this.repository.store.create(id, { ...change, result }, command)).result as SiteAnswer;
  }

  /**
   * Puts a policy in force, for what is decided from now on. The administrator may change all of it, a prosecutor the
   * parts about who may be diverted, until when a charge waits, and who comes first.
   * @throws Refusal `not-found`, `version-mismatch`, `validation-failed` (422), `policy-part-not-yours` (403)
   */
  async changePolicy(
    id: string,
    policy: SitePolicy,
    by: Principal,
    expectedVersion: number,
  ): Promise<SiteAnswer & { version: number }> {
    await this.assertJudged(policy, '#');
    if (id === DEFAULT_SITE) await this.repository.storeDefault();
    const { result, version } = await this.repository.store.change(
      id,
      ({ state }) => {
        const before = policyInForce(state);
        if (!by.roles.includes('admin')) assertProsecutors(before.policy, policy);
        if (state.policies.length >= MAX_VERSIONS)
          throw new Refusal('conflict', 'too-many-versions', `A policy has ${MAX_VERSIONS} versions at most.`);
        const next = versionOf(before.version + 1, policy, by);
        return {
          state: { ...state, policies: [...state.policies, next] },
          events: [changed(id, next)],
          result: { id, policyVersion: next.version } satisfies SiteAnswer,
        };
      },
      { expectedVersion },
    );
    this.repository.forget(id);
    return { ...(result as SiteAnswer), version };
  }

  /** @throws Refusal `not-found` */
  async site(id: string): Promise<SiteRecord> {
    const found = await this.repository.load(id);
    if (!found) throw new Refusal('not-found', 'not-found', 'There is no such site.');
    return found;
  }

  /** The sites that count their places, each with its policy in force. */
  async allWithPlaces(): Promise<{ id: string; policy: SitePolicy }[]> {
    const sites = await this.repository.list(MAX_SITES);
    return sites
      .map(({ id, state }) => ({ id, policy: policyInForce(state).policy }))
      .filter(({ policy }) => policy.capacity.places !== null);
  }

  /**
   * What governs a referral of that agency, at most 30 seconds behind a change.
   * @param of the referral, where there is one: its site stays when the agency moves to another
   * @throws Refusal `not-found` for an agency that is not enrolled
   */
  async policyOf(agencyId: string, of?: Pick<ReferralState, 'site'>): Promise<SiteOfAgency> {
    const agency = await this.agencies.agency(agencyId);
    const siteId = of?.site?.id ?? agency.site ?? DEFAULT_SITE;
    const site = await this.repository.site(siteId);
    if (!site) throw new Error('the site of an agency is gone');
    const { version, policy } = policyInForce(site);
    return { siteId, timeZone: site.timeZone ?? agency.timeZone, policyVersion: version, policy };
  }

  /** Nobody could be referred on a pathway whose ruleset judges nothing yet. @throws Refusal `validation-failed` (422) */
  private async assertJudged({ rulesets }: SitePolicy, root: string): Promise<void> {
    const now = new Date();
    const errors: FieldError[] = [];
    for (const [way, rulesetId] of Object.entries(rulesets))
      if (!(await this.rulesets.findInForce(rulesetId, now)))
        errors.push({ pointer: `${root}/rulesets/${way}`, detail: 'No version of this ruleset is in force.' });
    if (errors.length > 0)
      throw new Refusal('invalid', 'validation-failed', 'The policy names criteria that judge nobody. See errors.', {
        errors,
      });
  }
}

/** @throws Refusal `validation-failed` (422), with a pointer per field into the body, where the policy is at `root` */
function versionOf(version: number, policy: SitePolicy, by: Principal, root = '#'): PolicyVersion {
  const errors = policyErrors(policy).map(({ pointer, detail }) => ({ pointer: root + pointer.slice(1), detail }));
  if (errors.length > 0)
    throw new Refusal('invalid', 'validation-failed', 'The policy contradicts itself. See errors.', { errors });
  return { version, policy, by: by.id, at: new Date() };
}

function assertProsecutors(before: SitePolicy, after: SitePolicy): void {
  const parts = notTheProsecutors(before, after);
  if (parts.length > 0)
    throw new Refusal('forbidden', 'policy-part-not-yours', 'Only an administrator may change a part of this.', {
      errors: parts.map((part) => ({ pointer: `#/${part}`, detail: 'This differs from the policy in force.' })),
    });
}

const changed = (siteId: string, { version, policy, at }: PolicyVersion): NewEvent =>
  occurred(SitePolicyChanged, {
    siteId,
    policyVersion: version,
    pathways: Object.entries(policy.pathways)
      .filter(([, open]) => open)
      .map(([name]) => name),
    chargeHoldDays: policy.chargeHold.days,
    ...(policy.capacity.places !== null && { places: policy.capacity.places }),
    changedAt: at.toISOString(),
  });
