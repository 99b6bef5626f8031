import { derivedId } from './derived-id.js';

describe('a derived id', () => {
  it('is the UUID version 5 that it always was, since records are found by it', () => {
    expect(derivedId('referral', 'x')).toBe('884631b4-03ae-5a6a-926c-de5f4e610d3b');
    expect(derivedId('event', '/referral', 'x', '1')).toBe('535c5b00-8729-5457-9d07-9b138a0c33d0');
    expect(derivedId('Ñ', '家')).toBe('764bd834-a765-54f4-b369-42070c1deabf');
  });

  it('has the bits of the version and the variant, whatever it is of', () => {
    for (let index = 0; index < 200; index += 1)
      expect(derivedId(String(index))).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
