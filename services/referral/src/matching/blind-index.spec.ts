import { randomBytes } from 'node:crypto';
import { BlindIndex } from './blind-index.js';

const secret = () => randomBytes(32).toString('base64');
const person = {
  givenName: 'Marisol',
  familyName: 'Baca Quintanilla',
  birthDate: '1991-07-04',
  aliases: ['Mari Lopez'],
};

describe('the blind keys of a person', () => {
  it('are the same under the same secret, and tell nothing under another', () => {
    const own = secret();
    const keys = new BlindIndex(own).storedKeysOf(person);
    expect(new BlindIndex(own).storedKeysOf(person)).toEqual(keys);
    const others = new Set(new BlindIndex(secret()).storedKeysOf(person));
    expect(keys.filter((key) => others.has(key))).toEqual([]);
  });

  it('are 64 bits each, all different, sorted, and 13 at most', () => {
    const keys = new BlindIndex(secret()).storedKeysOf(person);
    expect(keys.every((key) => Buffer.from(key, 'base64url').length === 8)).toBe(true);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toEqual([...keys].sort());
    expect(keys.length).toBe(13);
  });
});
