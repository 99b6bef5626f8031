import { areaHolds, metresBetween, middleOf, postcodesIn } from './geography.js';

const chicago = { latitude: 41.8781, longitude: -87.6298 };
const square = (west: number, south: number, east: number, north: number) => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];
const extent = (geometry: object): string => JSON.stringify(geometry);
const loop = { type: 'Polygon', coordinates: [square(-88, 41, -87, 42)] };

it.each([
  [chicago, chicago, 0],
  [chicago, { latitude: 40.7128, longitude: -74.006 }, 1_144_291],
  [{ latitude: 0, longitude: 179.5 }, { latitude: 0, longitude: -179.5 }, 111_195],
  [{ latitude: 90, longitude: 0 }, { latitude: -90, longitude: 0 }, 20_015_115],
])('from %j to %j it is %d m', (a, b, metres) => {
  expect(Math.abs(metresBetween(a, b) - metres)).toBeLessThan(2);
});

it('the middle is right on both sides of the date line, and there is none of nothing', () => {
  const middle = middleOf([
    { latitude: 10, longitude: 179 },
    { latitude: 10, longitude: -179 },
  ])!;
  expect(Math.abs(middle.longitude)).toBeCloseTo(180, 6);
  expect(middle.latitude).toBeCloseTo(10, 1);
  expect(middleOf([])).toBeUndefined();
});

it.each([
  ['Serves 60601, 60602-1234 and 60603.', ['60601', '60602', '60603']],
  ['Postcodes SW1A 1AA and K1A 0B1', ['SW1A1AA', 'K1A0B1']],
  ['Cook County since 1999, call 312 555 0100', []],
])('%s', (text, postcodes) => {
  expect(postcodesIn(text)).toEqual(postcodes);
});

describe('a service area', () => {
  it.each([
    ['a polygon around the middle', loop, true],
    ['a feature', { type: 'Feature', properties: {}, geometry: loop }, true],
    ['a collection', { type: 'FeatureCollection', features: [{ type: 'Feature', geometry: loop }] }, true],
    ['several polygons', { type: 'MultiPolygon', coordinates: [[square(0, 0, 1, 1)], loop.coordinates] }, true],
    ['a polygon elsewhere', { type: 'Polygon', coordinates: [square(0, 0, 1, 1)] }, false],
    [
      'a hole where the middle is',
      { ...loop, coordinates: [...loop.coordinates, square(-87.7, 41.8, -87.5, 41.9)] },
      false,
    ],
    ['a border through the middle', { type: 'Polygon', coordinates: [square(-88, 41, -87.6298, 42)] }, true],
  ])('%s', (_what, geometry, holds) => {
    expect(areaHolds({ extent: extent(geometry) }, '60601', chicago)).toBe(holds);
  });

  it('in words that name postcodes', () => {
    expect(areaHolds({ name: 'ZIP 60601 and 60602' }, '60602', undefined)).toBe(true);
    expect(areaHolds({ description: '60601, 60602' }, '60603', chicago)).toBe(false);
    expect(areaHolds({ extent: '60601' }, '60601', undefined)).toBe(true);
  });

  it.each([
    [{ name: 'Cook County' }],
    [{}],
    [{ extent: 'POLYGON((0 0, 1 1))' }],
    [{ extent: '{"type":"Polygon"}' }],
    [{ extent: '{"type":"Polygon","coordinates":[[[0,0],[1,1]]]}' }],
    [{ extent: '{"type":"Polygon","coordinates":[[["a",0],[1,1],[2,2],["a",0]]]}' }],
    [{ extent: extent({ type: 'GeometryCollection', geometries: [null, 1] }) }],
  ])('of which nobody can tell: %j', (area) => {
    expect(areaHolds(area, '60601', chicago)).toBeUndefined();
  });
});
