import { sealFor } from '@throughline/shared/auth';
import type { Erasure, PersonKeys } from '@throughline/shared/personal-data';
import type { JWK } from 'jose';
import type { Confidential, ReferralState } from '../domain/referral.js';

/** The part of a referral's state that holds who it is about. */
export type Protected = Pick<ReferralState, 'personKeyId' | 'confidential'>;

/** What identifies a person: encrypted here at rest, and sealed for case management on its way there. */
export class ReferralIdentities {
  constructor(
    private readonly keys: PersonKeys,
    private readonly caseManagementKey: JWK,
  ) {}

  /** Encrypts under a key that nobody else has: a referral keeps its own copy of the person. */
  async protect(referralId: string, confidential: Confidential): Promise<Required<Protected>> {
    const key = await this.keys.take();
    return { personKeyId: key.id, confidential: key.encrypt(confidential, contextOf(referralId)) };
  }

  /** Encrypts what was corrected, under the key that the person has. Undefined where the person was erased. */
  async protectAgain(
    referralId: string,
    { personKeyId }: Protected,
    corrected: Confidential,
  ): Promise<string | undefined> {
    const key = (await this.keys.keysOf([personKeyId])).get(personKeyId);
    return key?.encrypt(corrected, contextOf(referralId));
  }

  /** Undefined where the person was erased. */
  async open(referralId: string, state: Protected): Promise<Confidential | undefined> {
    const [opened] = await this.openAll([{ id: referralId, state }]);
    return opened;
  }

  /** As `open`, for many with one look at the keys; in the order of what was asked. */
  async openAll(referrals: readonly { id: string; state: Protected }[]): Promise<(Confidential | undefined)[]> {
    if (referrals.length === 0) return [];
    const keys = await this.keys.keysOf(referrals.map(({ state }) => state.personKeyId));
    return referrals.map(({ id, state: { personKeyId, confidential } }) =>
      confidential === undefined
        ? undefined
        : keys.get(personKeyId)?.decrypt<Confidential>(confidential, contextOf(id)),
    );
  }

  /** Deletes the key. Who did it, when and why stays in its place. */
  async erase({ personKeyId }: Protected, erasure: Erasure): Promise<void> {
    await this.keys.erase(personKeyId, erasure);
  }

  /** Seals the `Person`, for the private key of case management and for this referral alone. */
  seal(referralId: string, { person }: Confidential): Promise<string> {
    return sealFor(this.caseManagementKey, person, { context: referralId });
  }
}

const contextOf = (referralId: string): string => `referral:${referralId}:confidential`;
