import { Injectable } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import { EventLog, type CommandKey } from '@throughline/shared/persistence';
import { PersonLinks } from '../matching/person-links.service.js';
import { erasePerson, notErasable, type PersonErasure } from '../domain/erasure.js';
import type { ErasureAnswer, ErasureRequest } from './erasure.schemas.js';
import { ReferralIdentities } from './referral-identities.js';
import { changeOf, ReferralsRepository } from './referrals.repository.js';
import { ReferralsService } from './referrals.service.js';
import { dropSealedIdentity } from './sealed-identity.js';

/** Erases people, for good. */
@Injectable()
export class ErasureService {
  constructor(
    private readonly referrals: ReferralsService,
    private readonly repository: ReferralsRepository,
    private readonly identities: ReferralIdentities,
    private readonly links: PersonLinks,
    private readonly log: EventLog,
  ) {}

  /**
   * Erases the person behind a referral: in it, and in all that are linked to it as the same person. First the keys,
   * which cannot be taken back, then what was encrypted under them: whoever is cut off in between asks again, and nobody
   * could read anything meanwhile.
   * @throws Refusal `not-found`, `version-mismatch`, and what `notErasable` says of any of them
   */
  async erase(
    id: string,
    { reason, despiteOpenHold }: ErasureRequest,
    by: string,
    command: CommandKey,
    expectedVersion: number,
  ): Promise<ErasureAnswer & { version: number }> {
    const asked = await this.referrals.read(id);
    if (!asked.state.erased && asked.version !== expectedVersion)
      throw new Refusal(
        'precondition-failed',
        'version-mismatch',
        'Somebody has changed this referral since you read it.',
      );
    const linked = (await this.links.referralsOf(id)).filter((other) => other !== id);
    const all = [...(await Promise.all(linked.map((other) => this.referrals.read(other)))), asked];
    const refusal = all.map((one) => notErasable(one.id, one.state, despiteOpenHold)).find((one) => one);
    if (refusal) {
      // whoever sends again is answered as before, whatever was linked since
      const refuse = (): never => {
        throw refusal;
      };
      const first = await this.repository.store.change(id, refuse, { command });
      return { ...(first.result as ErasureAnswer), version: first.version };
    }

    const erasure: PersonErasure = asked.state.erased ?? { by, reason, at: new Date() };
    for (const one of all) {
      await this.identities.erase(one.state, erasure);
      await dropSealedIdentity(this.log, one.id);
    }
    for (const other of linked)
      await this.repository.store.change(other, ({ state }) => changeOf(erasePerson(other, state, erasure)));
    const answer: ErasureAnswer = { id, erasedAt: erasure.at.toISOString() };
    const { result, version } = await this.repository.store.change(
      id,
      ({ state }) => changeOf(erasePerson(id, state, erasure), answer),
      { command },
    );
    return { ...(result as ErasureAnswer), version };
  }
}
