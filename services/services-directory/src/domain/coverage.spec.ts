import { isCovered, type Coverage } from './coverage.js';

const middle = { latitude: 41.88, longitude: -87.63 };
const here: Coverage = { areas: [], postcodes: ['60601'], position: middle };
const north: Coverage = { areas: [], postcodes: ['60201'], position: { latitude: 42.05, longitude: -87.69 } };

it.each<[string, Coverage, { postcode: string; middle: typeof middle | undefined; proximity?: number }, boolean]>([
  ['the location has the postcode', here, { postcode: '60601', middle }, true],
  ['the location has it, and nobody knows where that is', here, { postcode: '60601', middle: undefined }, true],
  ['the location has another one', north, { postcode: '60601', middle }, false],
  ['another one, but near enough', north, { postcode: '60601', middle, proximity: 20_000 }, true],
  ['not near enough', north, { postcode: '60601', middle, proximity: 19_000 }, false],
  ['near to a middle that is not known', here, { postcode: '60601', middle: undefined, proximity: 1 }, false],
  [
    'a place without a position',
    { areas: [], postcodes: ['60601'] },
    { postcode: '60601', middle, proximity: 1 },
    false,
  ],
  ['an area that names it', { ...north, areas: [{ name: '60601' }] }, { postcode: '60601', middle }, true],
  ['an area that does not', { ...here, areas: [{ name: '60201' }] }, { postcode: '60601', middle }, false],
  [
    'one of two areas names it',
    { ...north, areas: [{ name: '60201' }, { name: '60601' }] },
    { postcode: '60601', middle },
    true,
  ],
  ['an area that nobody can tell', { ...here, areas: [{ name: 'Cook County' }] }, { postcode: '60601', middle }, true],
  [
    'near, but the area leaves it out',
    { ...here, areas: [{ name: '60201' }] },
    { postcode: '60601', middle, proximity: 9 },
    false,
  ],
  [
    'in the area, but not near',
    { ...north, areas: [{ name: '60601' }] },
    { postcode: '60601', middle, proximity: 9 },
    false,
  ],
])('%s', (_what, coverage, query, covered) => {
  expect(isCovered(coverage, query)).toBe(covered);
});
