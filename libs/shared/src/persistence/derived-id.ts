import { hash } from 'node:crypto';

/** Namespace of every id that this platform derives, itself a random UUID that must never change. */
const NAMESPACE = Buffer.from('6f1c0f7e8f2b4c5fa8c4f9a3d2b17e60', 'hex');

/** The two high bits say by whom the layout was laid down (RFC 9562, section 4.1); the two low ones are of the hash. */
const VARIANTS = ['8', '9', 'a', 'b'];

/**
 * A UUID version 5 (RFC 9562, section 5.5) of its parts: the same parts give the same id on every replica, so that
 * a command that is sent twice makes one document and an import that runs twice makes the same records.
 * @param parts joined by a character that none of them may hold (NUL)
 */
export function derivedId(...parts: string[]): string {
  const name = parts.join('\0');
  const input = Buffer.allocUnsafe(NAMESPACE.length + Buffer.byteLength(name));
  input.set(NAMESPACE);
  input.write(name, NAMESPACE.length);
  const hex = hash('sha1', input, 'hex');
  const variant = VARIANTS[Number.parseInt(hex[16]!, 16) % VARIANTS.length]!;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
