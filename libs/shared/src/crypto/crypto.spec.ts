import { createHmac, randomBytes } from 'node:crypto';
import { KeyedHash, randomPart } from './index.js';

describe('a keyed hash', () => {
  it('is HMAC-SHA-256, whatever the lengths of key and text', () => {
    for (const keyLength of [1, 32, 63, 64, 65, 200]) {
      const key = randomBytes(keyLength);
      const keyed = new KeyedHash(key);
      const bytes = randomBytes(300);
      expect(keyed.hexOf(bytes)).toBe(createHmac('sha256', key).update(bytes).digest('hex'));
      for (const text of ['', 'birth-date\x00 04', 'Ñandú 家', 'x'.repeat(55), 'x'.repeat(5_000)])
        expect(keyed.hexOf(text)).toBe(createHmac('sha256', key).update(text).digest('hex'));
    }
  });
});

describe('a random part', () => {
  it('is as long as asked, never given out twice, and stays as it is', () => {
    const parts = Array.from({ length: 2_000 }, (_, index) => randomPart(8 + (index % 25)));
    const seen = parts.map((part) => part.toString('hex'));
    expect(parts.map((part) => part.length)).toEqual(parts.map((_, index) => 8 + (index % 25)));
    expect(new Set(seen).size).toBe(parts.length);
    randomPart(10_000);
    expect(parts.map((part) => part.toString('hex'))).toEqual(seen);
    expect(randomPart(10_000).some((byte) => byte !== 0)).toBe(true);
  });
});
