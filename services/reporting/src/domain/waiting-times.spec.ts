import fc from 'fast-check';
import { quantile } from './waiting-times.js';

it.each([
  [[5], 0.5, 5],
  [[1, 2], 0.5, 1.5],
  [[1, 2, 3, 4], 0.5, 2.5],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 0.9, 10],
  [[10, 20, 30, 40], 0.9, 37],
])('the quantile of %j at %d is %d, as R and spreadsheets say', (sorted, share, expected) => {
  expect(quantile(sorted, share)).toBeCloseTo(expected, 10);
});

it('lies between the least and the greatest, and grows with the share', () => {
  const numbers = fc
    .array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1 })
    .map((all) => all.sort((a, b) => a - b));
  fc.assert(
    fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (sorted, share) => {
      expect(quantile(sorted, share)).toBeGreaterThanOrEqual(sorted[0]!);
      expect(quantile(sorted, share)).toBeLessThanOrEqual(sorted.at(-1)! + 1e-9);
      expect(quantile(sorted, share)).toBeGreaterThanOrEqual(quantile(sorted, share / 2) - 1e-9);
    }),
  );
});
