import { open, seal } from './key-encryption-keys.js';

/** Marks the format in the database: AES-256-GCM under the key of a person. */
const FORMAT = 'p1.';

/** The key of one person, in memory for as long as a request needs it. */
export class PersonKey {
  /** Not an object of node:crypto, which costs as much as encrypting a field, and most keys are used once. */
  readonly #bytes: Uint8Array;

  constructor(
    readonly id: string,
    bytes: Uint8Array,
  ) {
    this.#bytes = bytes;
  }

  /**
   * @param context what the field belongs to, for example `referral:<id>:confidential`; it is authenticated together
   *   with the id of this key, so that a value that is copied elsewhere does not open there
   */
  encrypt(plaintext: object, context: string): string {
    const bytes = Buffer.from(JSON.stringify(plaintext));
    return FORMAT + seal(this.#bytes, bytes, this.bound(context)).toString('base64url');
  }

  /** @throws Error, which quotes nothing, for another key, another context or any change */
  decrypt<T extends object>(text: string, context: string): T {
    let bytes: Buffer;
    try {
      if (!text.startsWith(FORMAT)) throw new Error('another format');
      bytes = open(this.#bytes, Buffer.from(text.slice(FORMAT.length), 'base64url'), this.bound(context));
    } catch {
      throw new Error('a protected field does not open with this key in this context');
    }
    return JSON.parse(bytes.toString()) as T;
  }

  private bound(context: string): string {
    return `${this.id}\0${context}`;
  }
}
