import { Injectable } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import { assertQuarantined, confirmAge, correctBirthDate } from '../domain/age-review.js';
import type { Ruleset } from '../domain/criteria.js';
import type { ReferralState } from '../domain/referral.js';
import { contradictions } from '../domain/contradictions.js';
import { personErased } from '../domain/erasure.js';
import { evaluationInForce } from '../domain/intake.js';
import { fullYears, localDate } from '../domain/zoned-days.js';
import { BlindIndex } from '../matching/blind-index.js';
import { RulesetsService } from '../rulesets/rulesets.service.js';
import { SitesService } from '../sites/sites.service.js';
import type { Changed, Sent } from './referral-course.service.js';
import type { AgeConfirmationRequest, BirthDateRequest } from './referral-course.schemas.js';
import { ReferralIdentities } from './referral-identities.js';
import { ReferralsRepository } from './referrals.repository.js';
import { answering, ReferralsService, type Answered } from './referrals.service.js';

/** A coordinator clears up the age of somebody who is under age by what was entered. */
@Injectable()
export class AgeReviewService {
  constructor(
    private readonly repository: ReferralsRepository,
    private readonly referrals: ReferralsService,
    private readonly identities: ReferralIdentities,
    private readonly sites: SitesService,
    private readonly rulesets: RulesetsService,
    private readonly blindIndex: BlindIndex,
  ) {}

  /** @throws Refusal as `confirmAge`, `not-found`, `version-mismatch` */
  async confirm(id: string, { evidence }: AgeConfirmationRequest, sent: Sent): Promise<Changed> {
    const { by, ...options } = sent;
    const { state: known } = await this.referrals.read(id);
    const ruleset = await this.rulesetOf(known);
    const { result, version } = await this.repository.store.change(
      id,
      ({ state }) => answering(id, confirmAge(id, state, { evidence, by: by.id, at: new Date() }, ruleset)),
      options,
    );
    return { ...(result as Answered), version };
  }

  /**
   * The identity is opened, corrected and encrypted again; what the officer said stays in it.
   * @throws Refusal as `correctBirthDate`, `not-found`, `version-mismatch`; `validation-failed` (422) for a date that
   *   contradicts the event
   */
  async correct(id: string, { birthDate, evidence }: BirthDateRequest, sent: Sent): Promise<Changed> {
    const { by, ...options } = sent;
    const { state: known } = await this.referrals.read(id);
    const { agencyId, occurredAt } = known.entered;
    const { timeZone } = await this.sites.policyOf(agencyId, known);
    const at = new Date();
    const errors = contradictions({ occurredAt, birthDate }, at, timeZone).filter(
      ({ pointer }) => pointer === '#/person/birthDate',
    );
    const identity = await this.identities.open(id, known);
    const corrected = identity && {
      ...identity,
      person: { ...identity.person, birthDate },
      enteredBirthDate: identity.person.birthDate,
    };
    const confidential = corrected && (await this.identities.protectAgain(id, known, corrected));
    const right = confidential && {
      ageAtEvent: fullYears(birthDate, localDate(occurredAt, timeZone)),
      confidential,
      ...this.blindIndex.storedKeysOf(corrected.person),
    };
    const ruleset = await this.rulesetOf(known);
    const { result, version } = await this.repository.store.change(
      id,
      ({ state }) => {
        assertQuarantined(state);
        if (!right) throw personErased();
        if (errors.length > 0)
          throw new Refusal('invalid', 'validation-failed', 'The date contradicts the event. See errors.', {
            errors: errors.map(({ detail }) => ({ pointer: '#/birthDate', detail })),
          });
        return answering(id, correctBirthDate(id, state, right, { evidence, by: by.id, at }, ruleset));
      },
      options,
    );
    return { ...(result as Answered), version };
  }

  /** The version that judged it first: open referrals keep theirs when the criteria change. */
  private rulesetOf(state: ReferralState): Promise<Ruleset> {
    const { rulesetId, rulesetVersion } = evaluationInForce(state);
    return this.rulesets.version(rulesetId, rulesetVersion);
  }
}
