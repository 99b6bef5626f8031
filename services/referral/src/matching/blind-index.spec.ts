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
    const stored = new BlindIndex(own).storedKeysOf(person);
    expect(new BlindIndex(own).storedKeysOf(person)).toEqual(stored);
    const other = new BlindIndex(secret()).storedKeysOf(person);
    expect(stored.blindKeys.filter((key) => other.blindKeys.includes(key))).toEqual([]);
    expect(stored.blindKeysBy).not.toBe(other.blindKeysBy);
  });

  it('are 64 bits each, all different, sorted, and 13 at most', () => {
    const { blindKeys: keys } = new BlindIndex(secret()).storedKeysOf(person);
    expect(keys.every((key) => Buffer.from(key, 'base64url').length === 8)).toBe(true);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toEqual([...keys].sort());
    expect(keys.length).toBe(13);
  });

  it('are written under the newest of several secrets, and looked up under each', () => {
    const [newer, older] = [secret(), secret()];
    const both = new BlindIndex(`${newer},${older}`);
    expect(both.storedKeysOf(person)).toEqual(new BlindIndex(newer).storedKeysOf(person));
    const looked = both.keysOf(person).flatMap(({ keys }) => keys);
    for (const one of [newer, older])
      expect(looked).toEqual(expect.arrayContaining(new BlindIndex(one).storedKeysOf(person).blindKeys));
  });
});
