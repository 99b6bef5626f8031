import { createHash } from 'node:crypto';

/** Namespace of every id that this platform derives, itself a random UUID that must never change. */
const NAMESPACE = Buffer.from('6f1c0f7e8f2b4c5fa8c4f9a3d2b17e60', 'hex');

/**
 * A UUID version 5 (RFC 9562, section 5.5) of its parts: the same parts give the same id on every replica, so that
 * a command that is sent twice makes one document and an import that runs twice makes the same records.
 * @param parts joined by a character that none of them may hold (NUL)
 */
export function derivedId(...parts: string[]): string {
  const hash = createHash('sha1').update(NAMESPACE).update(parts.join('\0')).digest().subarray(0, 16);
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
