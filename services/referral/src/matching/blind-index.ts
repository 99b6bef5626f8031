import { KeyedHash } from '@throughline/shared/crypto';
import { blockingKeys, type BlockingKey, type KeyKind } from '../domain/matching/blocking.js';
import type { Person, ReferralState } from '../domain/referral.js';

/** Digits kept of each, 64 bits: among a million referrals two different keys fall together about once in 200,000 tries. */
const KEPT_HEX_DIGITS = 16;

/** A key that tells nobody without the secret what it is of; one for each secret, the newest first. */
export interface BlindKey {
  kind: KeyKind;
  keys: string[];
}

/**
 * What records are found by without a readable name in the database: each key is an HMAC-SHA-256 (RFC 2104) under the
 * secret of this service, cut to 64 bits. Its kind goes into the MAC, so that keys of different kinds cannot be compared.
 * Equal keys still show that two referrals share something: who holds the database can count, and not read.
 *
 * Of several secrets the newest writes, and all are looked up by, so that nobody is missed while a rotation is under way.
 */
export class BlindIndex {
  /** Names the secret that is written under, and tells nothing of it. */
  readonly currentId: string;
  readonly #secrets: KeyedHash[];

  /** @param text 32 bytes in base64; several with commas between, the newest first */
  constructor(text: string) {
    this.#secrets = text.split(',').map((part) => new KeyedHash(Buffer.from(part, 'base64')));
    this.currentId = this.#secrets[0]!.hexOf('throughline key id').slice(0, 16);
  }

  /** The keys as they are stored: sorted, so that their order does not tell which is of what kind. */
  storedKeysOf(person: Person): Required<Pick<ReferralState, 'blindKeys' | 'blindKeysBy'>> {
    const [newest] = this.#secrets;
    const blindKeys = blockingKeys(person).map((key) => macOf(newest!, key));
    return { blindKeys: blindKeys.sort(), blindKeysBy: this.currentId };
  }

  /** What a person is looked up by, 13 kinds at most. */
  keysOf(person: Person): BlindKey[] {
    return blockingKeys(person).map((key) => ({
      kind: key.kind,
      keys: this.#secrets.map((secret) => macOf(secret, key)),
    }));
  }
}

const macOf = (secret: KeyedHash, { kind, value }: BlockingKey): string =>
  Buffer.from(secret.hexOf(`${kind}\0${value}`).slice(0, KEPT_HEX_DIGITS), 'hex').toString('base64url');
