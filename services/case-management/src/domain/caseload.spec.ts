import fc from 'fast-check';
import { CASELOAD_HARD_LIMIT, caseloadLevel, freePlace, placeMark, placeNumber } from './caseload.js';

describe('a caseload', () => {
  it.each([
    [1, 'normal'],
    [14, 'normal'],
    [15, 'warn'],
    [19, 'warn'],
    [20, 'soft'],
    [25, 'soft'],
  ])('of %i cases is at level %s', (count, level) => {
    expect(caseloadLevel(count)).toBe(level);
  });

  it('gives out 25 places, each once, and refuses the next one', () => {
    const taken: number[] = [];
    while (taken.length < 25) taken.push(freePlace(taken));
    expect(new Set(taken).size).toBe(25);
    expect(() => freePlace(taken)).toThrow(
      expect.objectContaining({
        kind: 'conflict',
        code: 'caseload-full',
        details: { extra: { caseload: { count: 25, limit: 25 } } },
      }),
    );
  });

  it('fills whatever place is free', () => {
    const places = fc.uniqueArray(fc.integer({ min: 1, max: CASELOAD_HARD_LIMIT }), {
      maxLength: CASELOAD_HARD_LIMIT - 1,
    });
    fc.assert(
      fc.property(places, (taken) => {
        const place = freePlace(taken);
        expect(taken).not.toContain(place);
        expect(place >= 1 && place <= CASELOAD_HARD_LIMIT).toBe(true);
      }),
    );
  });

  it('marks places so that no two people share a mark', () => {
    const account = fc.stringMatching(/^[!-~]{1,128}$/);
    const place = fc.integer({ min: 1, max: CASELOAD_HARD_LIMIT });
    fc.assert(
      fc.property(account, place, account, place, (one, first, other, second) => {
        expect(placeNumber(placeMark(one, first))).toBe(first);
        expect(placeMark(one, first) === placeMark(other, second)).toBe(one === other && first === second);
      }),
    );
    expect(placeMark('a#1', 2)).not.toBe(placeMark('a', 12));
  });
});
