import { createSecretKey, type KeyObject } from 'node:crypto';
import { CompactEncrypt, compactDecrypt } from 'jose';
import type { SealContext } from './sealing.js';

const ALGORITHM = 'A256KW';
const ENCRYPTION = 'A256GCM';

/**
 * Protects fields at rest: each value is encrypted under a key of its own (A256GCM), which is wrapped by the
 * key-encryption key of the service (A256KW), as a compact JWE. The context (for example `referral:<id>:identity`) is
 * authenticated with it, so that a value copied into another document does not open there.
 */
export class FieldCipher {
  readonly #key: KeyObject;

  /** @param keyEncryptionKey 32 bytes as base64 or base64url; throws an Error that does not quote it otherwise */
  constructor(keyEncryptionKey: string) {
    const bytes = Buffer.from(keyEncryptionKey, 'base64');
    if (bytes.length !== 32) {
      throw new Error(`a key-encryption key has 32 bytes in base64, this one has ${bytes.length}`);
    }
    this.#key = createSecretKey(bytes);
  }

  async encrypt(plaintext: object, { context }: SealContext): Promise<string> {
    return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(plaintext)))
      .setProtectedHeader({ alg: ALGORITHM, enc: ENCRYPTION, ctx: context })
      .encrypt(this.#key);
  }

  /** Throws an Error for a wrong key, a wrong context or any change: a fault of ours, not of a caller. */
  async decrypt<T extends object>(jwe: string, { context }: SealContext): Promise<T> {
    const unreadable = new Error('a protected field does not open with this key in this context');
    const opened = await compactDecrypt(jwe, this.#key, {
      keyManagementAlgorithms: [ALGORITHM],
      contentEncryptionAlgorithms: [ENCRYPTION],
    }).catch(() => {
      throw unreadable;
    });
    if (opened.protectedHeader['ctx'] !== context) {
      throw unreadable;
    }
    return JSON.parse(new TextDecoder().decode(opened.plaintext)) as T;
  }
}
