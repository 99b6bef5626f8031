import { compactDecrypt } from 'jose';
import type { KeyEncryptionKeys } from './key-encryption-keys.js';

/**
 * Opens what was written before there were keys per person: a compact JWE (A256KW, A256GCM) directly under the key of
 * the service, its context in the protected header. Nothing is written like that any more.
 */
export async function openEarlierFormat<T extends object>(
  keys: KeyEncryptionKeys,
  jwe: string,
  context: string,
): Promise<T> {
  for (const key of keys.all()) {
    const opened = await compactDecrypt(jwe, key, {
      keyManagementAlgorithms: ['A256KW'],
      contentEncryptionAlgorithms: ['A256GCM'],
    }).catch(() => undefined);
    if (opened?.protectedHeader['ctx'] === context) return JSON.parse(Buffer.from(opened.plaintext).toString()) as T;
  }
  throw new Error('a protected field does not open with these keys in this context');
}
