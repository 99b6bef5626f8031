import { randomBytes } from 'node:crypto';
import { KeyEncryptionKeys, keyEncryptionKeys } from './key-encryption-keys.js';
import { PersonKey } from './person-key.js';

const bytes = Buffer.alloc(32, 7);
const person = { name: 'Ana Ortiz', aliases: ['Nita'] };
const CONTEXT = 'referral:1:confidential';
const UNREADABLE = 'a protected field does not open with this key in this context';
const secret = (): string => randomBytes(32).toString('base64');

/** Changes one bit of each byte in turn. */
const tampered = (base64: string): string[] => {
  const good = Buffer.from(base64, 'base64url');
  return [...good.keys()].map((at) => {
    const bad = Buffer.from(good);
    bad[at] = bad[at]! ^ 1;
    return bad.toString('base64url');
  });
};

describe('a field under the key of a person', () => {
  const key = new PersonKey('key-1', bytes);
  const text = key.encrypt(person, CONTEXT);

  it('opens with the same key in the same context, and looks different each time', () => {
    expect(new PersonKey('key-1', bytes).decrypt(text, CONTEXT)).toEqual(person);
    expect(Buffer.from(text.slice(3), 'base64url').toString('latin1')).not.toContain('Ana');
    expect(key.encrypt(person, CONTEXT)).not.toBe(text);
  });

  it('does not open with another key, under another id, in another context, or after a change', () => {
    expect(() => new PersonKey('key-1', Buffer.alloc(32, 8)).decrypt(text, CONTEXT)).toThrow(UNREADABLE);
    expect(() => new PersonKey('key-2', bytes).decrypt(text, CONTEXT)).toThrow(UNREADABLE);
    expect(() => key.decrypt(text, 'referral:2:confidential')).toThrow(UNREADABLE);
    for (const bad of [...tampered(text.slice(3)).map((rest) => `p1.${rest}`), 'p1.', 'p1.AAAA', '', text.slice(3)])
      expect(() => key.decrypt(bad, CONTEXT)).toThrow(UNREADABLE);
  });
});

describe('key-encryption keys', () => {
  it('wrap with the first, and unwrap with each', () => {
    const [older, newer] = [secret(), secret()];
    const before = new KeyEncryptionKeys(older);
    const after = new KeyEncryptionKeys(`${newer}, ${older}`);
    const wrapped = before.wrap(bytes, 'person-key:1');
    expect(after.unwrap(wrapped, 'person-key:1')).toEqual(bytes);
    expect(after.wrap(bytes, 'person-key:1').kek).toBe(after.currentId);
    expect(new KeyEncryptionKeys(newer).currentId).toBe(after.currentId);
    expect(() => new KeyEncryptionKeys(newer).unwrap(wrapped, 'person-key:1')).toThrow('does not give');
    expect(() => after.unwrap(wrapped, 'person-key:2')).toThrow();
  });

  it.each([
    ['too short', randomBytes(31).toString('base64')],
    ['no base64', '!'.repeat(43)],
    ['nothing after the comma', `${secret()},`],
    ['the second too long', `${secret()},${randomBytes(33).toString('base64')}`],
  ])('are refused: %s', (_, text) => {
    expect(keyEncryptionKeys.safeParse(text).success).toBe(false);
  });
});
