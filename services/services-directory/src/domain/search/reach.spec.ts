import { metresBetween } from '../geography.js';
import { areaHolds, chordSquared, kmOfChord, pointOf, reachVerdict, readArea, unitVectorOf } from './reach.js';

const chicago = { latitude: 41.88, longitude: -87.63 };

it('the straight line tells the distance over ground', () => {
  for (const [latitude, longitude] of [
    [41.9, -87.6],
    [40.7, -74],
    [-33.9, 151.2],
    [41.8801, -87.63],
  ] as const) {
    const [a, b] = [unitVectorOf(chicago), unitVectorOf({ latitude, longitude })];
    const chord = a.reduce((sum, x, at) => sum + (x - b[at]!) ** 2, 0);
    const km = metresBetween(chicago, { latitude, longitude }) / 1000;
    expect(kmOfChord(chord)).toBeCloseTo(km, 3);
    expect(chord <= chordSquared(km + 0.001)).toBe(true);
    expect(chord <= chordSquared(km - 0.001)).toBe(false);
  }
});

it.each([
  [{ latitude: 91, longitude: 0.5 }],
  [{ latitude: 0, longitude: 0 }],
  [{ latitude: NaN, longitude: 1 }],
  [{ latitude: 5 }],
  [{ latitude: 384_400, longitude: 384_400 }],
])('%j is no place on earth', (place) => expect(pointOf(place)).toBeUndefined());

const square = {
  type: 'Polygon',
  coordinates: [
    [
      [-88, 41],
      [-87, 41],
      [-87, 42],
      [-88, 42],
      [-88, 41],
    ],
  ],
};
const area = (extent: unknown, name?: string) =>
  readArea({ id: 'a', extent: JSON.stringify(extent), ...(name ? { name } : {}) });

it('an area holds a point by its border, or somebody by its name, and else nobody knows', () => {
  expect(areaHolds(area(square), chicago, [])).toBe('yes');
  expect(areaHolds(area({ type: 'Feature', geometry: square }), chicago, [])).toBe('yes');
  expect(areaHolds(area(square), { latitude: 43, longitude: -87.5 }, [])).toBe('no');
  expect(areaHolds(area(square), { latitude: 41, longitude: -87.5 }, [])).toBe('yes');
  const hole = [
    [-87.7, 41.8],
    [-87.6, 41.8],
    [-87.6, 41.9],
    [-87.7, 41.9],
    [-87.7, 41.8],
  ];
  expect(areaHolds(area({ ...square, coordinates: [...square.coordinates, hole] }), chicago, [])).toBe('no');
  expect(areaHolds(area(square, 'Cook  County'), { latitude: 43, longitude: -87.5 }, ['cook county'])).toBe('yes');
  expect(areaHolds(readArea({ id: 'a', name: 'Cook County' }), chicago, ['lake county'])).toBe('unknown');
  expect(areaHolds(readArea({ id: 'a', extent: '{"type":"Polygon"', extent_type: 'geojson' }), chicago, [])).toBe(
    'unknown',
  );
  expect(areaHolds(readArea({ id: 'a', extent: 'Cook', extent_type: 'text' }), chicago, [])).toBe('unknown');
});

it.each([
  ['near, no area', true, true, false, 'unknown', 'yes'],
  ['near, but its area leaves the client out', true, true, false, 'no', 'no'],
  ['far', false, true, false, 'unknown', 'no'],
  ['far, though its area is here', false, true, false, 'yes', 'no'],
  ['a place that nobody knows', false, false, true, 'yes', 'unknown'],
  ['no place, and the area is here', false, false, false, 'yes', 'yes'],
  ['no place, and the area is elsewhere', false, false, false, 'no', 'no'],
  ['neither place nor area', false, false, false, 'unknown', 'unknown'],
] as const)('reach: %s', (_, near, hasPoints, placesUnknown, holds, expected) => {
  expect(reachVerdict(near, { hasPoints, placesUnknown, area: holds })).toBe(expected);
});
