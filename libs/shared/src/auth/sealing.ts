import { CompactEncrypt, compactDecrypt, importJWK, type JWK } from 'jose';
import { Refusal } from '../domain/index.js';

const ALGORITHM = 'ECDH-ES+A256KW';
const ENCRYPTION = 'A256GCM';

/** Says what a sealed object belongs to, for example `referral:<id>`. It is visible to whoever holds the JWE. */
export interface SealContext {
  context: string;
}

const cannotBeOpened = (): Refusal =>
  new Refusal('invalid', 'seal-broken', 'The sealed data is not for this key and this context, or was changed.');

/**
 * Seals a JSON object for the holder of the private key: a compact JWE (RFC 7516), ECDH-ES+A256KW with A256GCM.
 *
 * The context stands in the protected header, which is authenticated as additional data of the cipher, so that the
 * sealed identity of one referral cannot be passed off as that of another.
 *
 * @param publicKey a P-256 or X25519 key of the receiver, with its `kid`
 */
export async function sealFor(publicKey: JWK, plaintext: object, { context }: SealContext): Promise<string> {
  const header = { alg: ALGORITHM, enc: ENCRYPTION, ctx: context, ...(publicKey.kid && { kid: publicKey.kid }) };
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(plaintext)))
    .setProtectedHeader(header)
    .encrypt(await importJWK(publicKey, ALGORITHM));
}

/** Opens what {@link sealFor} sealed. Throws Refusal `seal-broken` for a wrong key, a wrong context or any change. */
export async function unseal<T extends object>(privateKey: JWK, jwe: string, { context }: SealContext): Promise<T> {
  const key = await importJWK(privateKey, ALGORITHM);
  const opened = await compactDecrypt(jwe, key, {
    keyManagementAlgorithms: [ALGORITHM],
    contentEncryptionAlgorithms: [ENCRYPTION],
  }).catch(() => {
    throw cannotBeOpened();
  });
  if (opened.protectedHeader['ctx'] !== context) {
    throw cannotBeOpened();
  }
  try {
    return JSON.parse(new TextDecoder().decode(opened.plaintext)) as T;
  } catch {
    throw cannotBeOpened();
  }
}
