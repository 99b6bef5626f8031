import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type CipherKey,
  type KeyObject,
} from 'node:crypto';
import { z } from 'zod';
import { randomPart } from '../crypto/index.js';

const CIPHER = 'aes-256-gcm';
/** NIST SP 800-38D, 8.2: 96 bits, random. Far below 2^32 values are ever encrypted under one key. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** Encrypts under a key, with the context as additional data: what was meant for one place does not open in another. */
export function seal(key: CipherKey, plaintext: Uint8Array, context: string): Buffer {
  const iv = randomPart(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(context));
  return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** @throws Error for a wrong key, a wrong context or any change */
export function open(key: CipherKey, sealed: Buffer, context: string): Buffer {
  if (sealed.length < IV_BYTES + TAG_BYTES) throw new Error('too short to have been encrypted');
  const end = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(end));
  return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, end)), decipher.final()]);
}

/** A key of 32 bytes in base64 or base64url; several, the newest first, separated by commas. */
export const keyEncryptionKeys = z
  .string()
  .refine(
    (text) =>
      text
        .split(',')
        .every((key) => /^[\w+/-]{43}=?$/.test(key.trim()) && Buffer.from(key, 'base64').length === KEY_BYTES),
    { error: 'must be 32 bytes in base64; several of them, the newest first, with commas between' },
  );

/** A key under which a person's key was wrapped, by the id of the wrapping one. */
export interface WrappedKey {
  kek: string;
  /** Base64 of initialization vector, ciphertext and tag. */
  wrapped: string;
}

/**
 * The key-encryption keys of a service, from its environment. The first wraps; the others only unwrap what was wrapped
 * before a rotation. Their ids derive from the keys, so that nobody has to name them, and tell nothing of them.
 */
export class KeyEncryptionKeys {
  readonly currentId: string;
  private readonly keys = new Map<string, KeyObject>();

  /** @param text checked by {@link keyEncryptionKeys} */
  constructor(text: string) {
    for (const part of keyEncryptionKeys.parse(text).split(',')) {
      const bytes = Buffer.from(part, 'base64');
      const id = createHmac('sha256', bytes).update('throughline key id').digest('hex').slice(0, 16);
      this.keys.set(id, createSecretKey(bytes));
    }
    const [first] = this.keys.keys();
    this.currentId = first!;
  }

  wrap(bytes: Uint8Array, context: string): WrappedKey {
    return { kek: this.currentId, wrapped: seal(this.key(this.currentId), bytes, context).toString('base64') };
  }

  /** @throws Error where the wrapping key is not among those of the environment, or the wrapped one was changed */
  unwrap({ kek, wrapped }: WrappedKey, context: string): Buffer {
    return open(this.key(kek), Buffer.from(wrapped, 'base64'), context);
  }

  private key(id: string): KeyObject {
    const key = this.keys.get(id);
    if (!key) throw new Error('a person key is wrapped by a key-encryption key that the environment does not give');
    return key;
  }
}
