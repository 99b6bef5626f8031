import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { blockingKeys, type KeyKind } from '../domain/matching/blocking.js';
import type { Person } from '../domain/referral.js';

/** Bytes kept of each: among a million referrals two different keys fall together about once in 200,000 tries. */
const KEPT_BYTES = 8;

/** A key that tells nobody without the secret what it is of. */
export interface BlindKey {
  kind: KeyKind;
  key: string;
}

/**
 * What records are found by without a readable name in the database: each key is an HMAC-SHA-256 (RFC 2104) under the
 * secret of this service, cut to 64 bits. Its kind goes into the MAC, so that keys of different kinds cannot be compared.
 * Equal keys still show that two referrals share something: who holds the database can count, and not read.
 */
export class BlindIndex {
  readonly #secret: KeyObject;

  /** @param secret 32 bytes in base64 */
  constructor(secret: string) {
    this.#secret = createSecretKey(Buffer.from(secret, 'base64'));
  }

  /** The keys as they are stored: sorted, so that their order does not tell which is of what kind. */
  storedKeysOf(person: Person): string[] {
    return this.keysOf(person)
      .map(({ key }) => key)
      .sort();
  }

  /** The keys of a person, 13 at most. */
  keysOf(person: Person): BlindKey[] {
    return blockingKeys(person).map(({ kind, value }) => ({
      kind,
      key: createHmac('sha256', this.#secret)
        .update(`${kind}\0${value}`)
        .digest()
        .subarray(0, KEPT_BYTES)
        .toString('base64url'),
    }));
  }
}
