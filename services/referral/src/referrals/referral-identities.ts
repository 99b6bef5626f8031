import { sealFor, type FieldCipher } from '@throughline/shared/auth';
import type { JWK } from 'jose';
import type { Confidential } from '../domain/referral.js';

/** What identifies a person: encrypted here at rest, and sealed for case management on its way there. */
export class ReferralIdentities {
  constructor(
    private readonly cipher: FieldCipher,
    private readonly caseManagementKey: JWK,
  ) {}

  protect(referralId: string, confidential: Confidential): Promise<string> {
    return this.cipher.encrypt(confidential, context(referralId));
  }

  open(referralId: string, jwe: string): Promise<Confidential> {
    return this.cipher.decrypt<Confidential>(jwe, context(referralId));
  }

  /** Seals the `Person`, for the private key of case management and for this referral alone. */
  seal(referralId: string, { person }: Confidential): Promise<string> {
    return sealFor(this.caseManagementKey, person, { context: referralId });
  }
}

const context = (referralId: string) => ({ context: `referral:${referralId}:confidential` });
