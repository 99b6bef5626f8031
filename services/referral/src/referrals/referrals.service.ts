import { Injectable } from '@nestjs/common';
import type { Principal } from '@throughline/shared/auth';
import { Refusal } from '@throughline/shared/domain';
import { derivedId, type Change, type CommandKey, type Snapshot } from '@throughline/shared/persistence';
import { AgenciesService } from '../agencies/agencies.service.js';
import { CapacityService } from '../capacity/capacity.service.js';
import { startOfWindow } from '../domain/calendar-window.js';
import { assertPlaceFor } from '../domain/capacity.js';
import { holdPolicyOf } from '../domain/charge-hold.js';
import { contradictions } from '../domain/contradictions.js';
import { COORDINATORS_FACTS } from '../domain/fact-catalogue.js';
import { underPolicy, withContactTarget } from '../domain/hand-off.js';
import { addInformation, evaluationInForce, submit } from '../domain/intake.js';
import { decideReferral } from '../domain/prosecutor-decision.js';
import type { ReferralStatus } from '../domain/referral-status.js';
import {
  CORRECTION_TIMER,
  type Confidential,
  type Decided,
  type Decision,
  type Entered,
  type Information,
  type ReferralState,
  type ReportedFacts,
} from '../domain/referral.js';
import { dayOfEvent } from '../domain/referral-facts.js';
import { impossibleDates } from '../domain/reported-dates.js';
import { assertOffered } from '../domain/site-policy.js';
import { siteRulesOf } from '../domain/site-rules.js';
import { fullYears, localDate } from '../domain/zoned-days.js';
import { RulesetsService } from '../rulesets/rulesets.service.js';
import { SitesService } from '../sites/sites.service.js';
import { BlindIndex } from '../matching/blind-index.js';
import { PersonLinks } from '../matching/person-links.service.js';
import { Corrections } from './corrections.js';
import { ReferralIdentities } from './referral-identities.js';
import type { DecisionRequest, InformationRequest, ReferralRequest } from './referral-request.schemas.js';
import { changeOf, ReferralsRepository } from './referrals.repository.js';
import { assertSourceOpen } from './source.guard.js';

/** What a command answers and remembers: nothing that identifies a person. */
export interface Submitted {
  id: string;
  status: 'received';
}

/** What a further command on a referral answers and remembers. */
export interface Answered {
  id: string;
  state: ReferralStatus;
}

@Injectable()
export class ReferralsService {
  constructor(
    private readonly repository: ReferralsRepository,
    private readonly agencies: AgenciesService,
    private readonly identities: ReferralIdentities,
    private readonly blindIndex: BlindIndex,
    private readonly links: PersonLinks,
    private readonly sites: SitesService,
    private readonly capacity: CapacityService,
    private readonly rulesets: RulesetsService,
    private readonly corrections: Corrections,
  ) {}

  /**
   * Takes a referral: one read (the officer; the agency is remembered) and one insert.
   * @throws Refusal `agency-not-enrolled`, `officer-not-active`, `validation-failed` (422), `idempotency-key-reused`
   */
  async submit(request: ReferralRequest, officer: Principal, command: CommandKey): Promise<Submitted> {
    const id = derivedId('referral', command.key);
    const result: Submitted = { id, status: 'received' };
    let change;
    try {
      change = changeOf(await this.decideSubmission(id, request, officer), result);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return this.firstAnswer(id, command, error);
    }
    const { result: answer } = await this.repository.store.create(id, change, command);
    if (request.correctsReferralId !== undefined) await this.corrections.settleSoon(id);
    return answer as Submitted;
  }

  /**
   * Further facts on a referral that awaits them, from the officer who entered it or the coordinator.
   * @throws Refusal `not-found`, `transition-not-allowed`; to an officer `information-not-awaited` instead, which tells
   *   no state
   */
  async addInformation(
    id: string,
    { facts, substances }: InformationRequest,
    by: Principal,
    command: CommandKey,
  ): Promise<Answered & { version: number }> {
    const { state: first } = await this.read(id);
    assertMayRead(by, first);
    // the version that judged it first stays: open referrals keep theirs when the criteria change
    const { rulesetId, rulesetVersion } = evaluationInForce(first);
    const ruleset = await this.rulesets.version(rulesetId, rulesetVersion);
    const { timeZone } = await this.sites.policyOf(first.entered.agencyId, first);
    if (facts) assertPossible(facts, by, first, localDate(new Date(), timeZone));
    const decide = ({ state }: Snapshot<ReferralState>) => {
      if (isPolice(by) && state.status !== 'awaiting-information')
        throw new Refusal('conflict', 'information-not-awaited', 'No further information is awaited on this referral.');
      const information: Information = {
        by: by.id,
        at: new Date(),
        ...(facts && { facts }),
        ...(substances && { substances }),
      };
      return answering(id, addInformation(id, state, information, ruleset));
    };
    const { result, version } = await this.repository.store.change(id, decide, { command });
    return { ...(result as Answered), version };
  }

  /** @throws Refusal `not-found`, `version-mismatch`, `waiting-for-capacity`, and what `decideReferral` throws */
  async decide(
    id: string,
    request: DecisionRequest,
    prosecutor: Principal,
    command: CommandKey,
    expectedVersion: number,
  ): Promise<Answered & { version: number }> {
    const { state } = await this.read(id);
    const site = await this.sites.policyOf(state.entered.agencyId, state);
    const sealed = request.decision === 'accepted' ? await this.sealed(id, state) : undefined;
    const linkedReferralIds = (await this.links.referralsOf(id)).filter((other) => other !== id);
    const occupancy = await this.capacity.occupancyFor(linkedReferralIds, site);
    const decision: Decision = {
      decision: request.decision,
      reasons: request.reasons,
      overrides: request.overrides ?? [],
      by: prosecutor.id,
      at: new Date(),
    };
    const { result, version } = await this.repository.store.change(
      id,
      (current) => {
        const decided = decideReferral(id, current.state, decision, {
          ...(sealed !== undefined && { sealed }),
          policy: holdPolicyOf(site),
          linkedReferralIds,
        });
        if (occupancy && decision.decision === 'accepted') assertPlaceFor(current.state.entered.pathway, occupancy);
        return answering(id, keeping(current, withContactTarget(decided, site)));
      },
      { command, expectedVersion },
    );
    return { ...(result as Answered), version };
  }

  /** @throws Refusal `not-found` */
  async read(id: string): Promise<Snapshot<ReferralState>> {
    const found = await this.repository.store.load(id);
    if (!found) throw notFound();
    return found;
  }

  /** A referral with its identity, for a caller who may see it. @throws Refusal `not-found` */
  async readFor(principal: Principal, id: string): Promise<Snapshot<ReferralState> & { confidential?: Confidential }> {
    const found = await this.read(id);
    assertMayRead(principal, found.state);
    const confidential = await this.identities.open(id, found.state);
    return { ...found, ...(confidential && { confidential }) };
  }

  /** Undefined where the person was erased. */
  private async sealed(id: string, state: ReferralState): Promise<string | undefined> {
    const confidential = await this.identities.open(id, state);
    return confidential && this.identities.seal(id, confidential);
  }

  private async decideSubmission(id: string, request: ReferralRequest, officer: Principal) {
    const now = new Date();
    const occurredAt = new Date(request.occurredAt);
    const handOffAt = request.handOffAt === undefined ? undefined : new Date(request.handOffAt);
    const agencyId = officer.agency ?? '';
    await this.agencies.assertActive(officer.agency, officer.id, occurredAt);
    const site = await this.sites.policyOf(agencyId);
    const { timeZone, policy } = site;
    assertSourceOpen(request.source, policy);
    assertOffered(policy, request.pathway, request.source === 'community');
    for (const field of ['correctsReferralId', 'previousReferralId'] as const)
      await this.assertOwn(request[field], field, officer);
    const { birthDate } = request.person;
    const errors = [
      ...contradictions({ occurredAt, birthDate, handOffAt }, now, timeZone),
      ...impossibleDates(request.facts ?? {}, birthDate, localDate(now, timeZone)),
    ];
    if (errors.length > 0)
      throw new Refusal('invalid', 'validation-failed', 'Some fields contradict each other. See errors.', { errors });

    const ruleset = await this.rulesets.inForce(policy.rulesets[request.pathway], now);
    const occurredOn = localDate(occurredAt, timeZone);
    const { person, incidentNumber, place, source, facts, ...rest } = request;
    const entered: Entered = {
      pathway: rest.pathway,
      agencyId,
      officerId: officer.id,
      occurredAt,
      enteredAt: now,
      district: rest.district,
      offenses: rest.offenses,
      ...(rest.substances && { substances: rest.substances }),
      basisOfBelief: rest.basisOfBelief,
      ...(rest.personAgrees !== undefined && { personAgrees: rest.personAgrees }),
      facts: facts ?? {},
      ...(handOffAt && { handOffAt }),
      ...(source === 'community' && { source }),
      occurredOn,
      ageAtEvent: fullYears(birthDate, occurredOn),
      ...(rest.correctsReferralId !== undefined && { correctsReferralId: rest.correctsReferralId }),
      ...(rest.previousReferralId !== undefined && { previousReferralId: rest.previousReferralId }),
    };
    const confidential: Confidential = { person, incidentNumber, ...(place !== undefined && { place }) };
    const identity = await this.identities.protect(id, confidential);
    const decided = underPolicy(submit(id, entered, identity, ruleset, siteRulesOf(policy)), site);
    // of one shape, see ADR 13
    return { ...decided, state: Object.assign({}, decided.state, this.blindIndex.storedKeysOf(person)) };
  }

  /**
   * @throws Refusal `validation-failed` (422): one that somebody else entered looks like one that is not there, and of two
   *   corrections of one referral the second would stand beside the first
   */
  private async assertOwn(id: string | undefined, field: string, officer: Principal): Promise<void> {
    if (id === undefined) return;
    const refuse = (detail: string): never => {
      throw new Refusal('invalid', 'validation-failed', 'This cannot be named here. See errors.', {
        errors: [{ pointer: `#/${field}`, detail }],
      });
    };
    const found = await this.repository.store.load(id);
    if (!found || !isOwn(officer, found.state)) return refuse('This must be the id of a referral that you entered.');
    const { correctedBy } = found.state;
    if (field !== 'correctsReferralId' || correctedBy === undefined) return;
    // a correction by somebody else is not this officer's to know of
    const right = await this.repository.store.load(correctedBy);
    if (right && isOwn(officer, right.state)) refuse(`You have corrected it by ${correctedBy}: correct that one.`);
  }

  /**
   * What was taken once is answered as it was then, also when it would be refused today: a terminal that was offline
   * sends again, and meanwhile an officer's period may have been corrected.
   */
  private async firstAnswer(id: string, command: CommandKey, refusal: Refusal): Promise<Submitted> {
    const refuse = (): never => {
      throw refusal;
    };
    try {
      return (await this.repository.store.change(id, refuse, { command })).result as Submitted;
    } catch (error) {
      throw error instanceof Refusal && error.code === 'not-found' ? refusal : error;
    }
  }
}

/** A decision sets the timers of a hold; a correction that the other referral has not been told of waits on. */
const keeping = ({ timers }: Snapshot<ReferralState>, decided: Decided): Decided =>
  decided.timers
    ? { ...decided, timers: [...timers.filter(({ name }) => name === CORRECTION_TIMER), ...decided.timers] }
    : decided;

/** The change, with the state that it leads to as its remembered answer. */
export const answering = (id: string, decided: Decided): Change<ReferralState> =>
  changeOf(decided, { id, state: decided.state.status } satisfies Answered);

/** Who holds a badge, whatever other role is held beside it. */
export const isPolice = ({ roles }: Principal): boolean => roles.includes('officer') || roles.includes('supervisor');

/** Police see what they entered themselves; a role beside it opens nothing more. */
export function assertMayRead(principal: Principal, state: ReferralState): void {
  if (isPolice(principal) && !isOwn(principal, state)) throw notFound();
}

const isOwn = ({ id, agency }: Principal, { entered }: ReferralState): boolean =>
  entered.officerId === id && entered.agencyId === agency;

/** @throws Refusal `validation-failed` (422) for what only the coordinator says, and for days that cannot be */
function assertPossible(facts: ReportedFacts, by: Principal, { entered }: ReferralState, today: string): void {
  // the birth date is encrypted, and the age on the day of the event says what the first possible one is
  const errors = impossibleDates(facts, startOfWindow(dayOfEvent(entered), { years: entered.ageAtEvent + 1 }), today);
  if (!by.roles.includes('coordinator') || isPolice(by))
    for (const name of Object.keys(facts).filter((fact) => COORDINATORS_FACTS.has(fact)))
      errors.push({ pointer: `#/facts/${name}`, detail: 'Only the coordinator can know and say this.' });
  if (errors.length > 0)
    throw new Refusal('invalid', 'validation-failed', 'Some facts cannot be. See errors.', { errors });
}

export const notFound = (): Refusal => new Refusal('not-found', 'not-found', 'There is no such referral.');
