import { Injectable } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import { EventLog, type CommandKey } from '@throughline/shared/persistence';
import { assertErasable, erasePerson, type PersonErasure } from '../domain/erasure.js';
import type { ErasureAnswer, ErasureRequest } from './erasure.schemas.js';
import { ReferralIdentities } from './referral-identities.js';
import { changeOf, ReferralsRepository } from './referrals.repository.js';
import { ReferralsService } from './referrals.service.js';
import { dropSealedIdentity } from './sealed-identity.js';

/** Erases who a referral is about, for good. */
@Injectable()
export class ErasureService {
  constructor(
    private readonly referrals: ReferralsService,
    private readonly repository: ReferralsRepository,
    private readonly identities: ReferralIdentities,
    private readonly log: EventLog,
  ) {}

  /**
   * First the key, which cannot be taken back, then what was encrypted under it: whoever is cut off in between asks
   * again, and nobody could read anything meanwhile.
   * @throws Refusal `not-found`, `version-mismatch`, and what `assertErasable` throws
   */
  async erase(
    id: string,
    { reason, despiteOpenHold }: ErasureRequest,
    by: string,
    command: CommandKey,
    expectedVersion: number,
  ): Promise<ErasureAnswer & { version: number }> {
    const { state, version: current } = await this.referrals.read(id);
    if (!state.erased) {
      if (current !== expectedVersion)
        throw new Refusal(
          'precondition-failed',
          'version-mismatch',
          'Somebody has changed this referral since you read it.',
        );
      assertErasable(state, despiteOpenHold);
    }
    const erasure: PersonErasure = state.erased ?? { by, reason, at: new Date() };
    await this.identities.erase(state, erasure);
    await dropSealedIdentity(this.log, id);
    const answer: ErasureAnswer = { id, erasedAt: erasure.at.toISOString() };
    const { result, version } = await this.repository.store.change(
      id,
      (found) => changeOf(erasePerson(id, found.state, erasure), answer),
      { command },
    );
    return { ...(result as ErasureAnswer), version };
  }
}
