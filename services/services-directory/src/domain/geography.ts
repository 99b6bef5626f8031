import pointInPolygon from 'point-in-polygon-hao';
import type { HsdsServiceArea } from './hsds.js';
import { postcodeOf } from './query-values.js';

/** A place on the earth in degrees (WGS 84). */
export interface Position {
  latitude: number;
  longitude: number;
}

/** Mean radius of the earth in metres (IUGG). */
const EARTH_RADIUS = 6_371_008.8;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** The great-circle distance in metres on a sphere (haversine), within 0.6 % of that on the ellipsoid. */
export function metresBetween(a: Position, b: Position): number {
  const latitudes = Math.sin(radians(b.latitude - a.latitude) / 2) ** 2;
  const longitudes = Math.sin(radians(b.longitude - a.longitude) / 2) ** 2;
  const h = latitudes + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * longitudes;
  return 2 * EARTH_RADIUS * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The middle of some positions, taken on the sphere, so that it is right on both sides of the date line. */
export function middleOf(positions: readonly Position[]): Position | undefined {
  const [x, y, z] = positions.reduce(
    ([x, y, z], { latitude, longitude }) => {
      const [phi, lambda] = [radians(latitude), radians(longitude)];
      return [x + Math.cos(phi) * Math.cos(lambda), y + Math.cos(phi) * Math.sin(lambda), z + Math.sin(phi)];
    },
    [0, 0, 0] as [number, number, number],
  );
  if (Math.hypot(x, y, z) < 1e-9) return undefined;
  const degrees = 180 / Math.PI;
  return { latitude: Math.atan2(z, Math.hypot(x, y)) * degrees, longitude: Math.atan2(y, x) * degrees };
}

/** What says where a service area is. */
export type ServiceAreaTexts = Pick<HsdsServiceArea, 'name' | 'description' | 'extent'>;

/** Degrees of latitude. */
export interface Belt {
  south: number;
  north: number;
}

/** The belt around the earth that holds everything within some metres of a position, and more. */
export function beltAround({ latitude }: Position, metres: number): Belt {
  // a little wider than it must be, for the rounding of floating point numbers
  const degrees = ((metres / EARTH_RADIUS) * 180) / Math.PI + 1e-6;
  return { south: latitude - degrees, north: latitude + degrees };
}

/** Positions, longitude first; the last is the first again. */
export type Ring = [number, number][];

/** The polygons of a GeoJSON text (RFC 7946): geometry, feature or collection. Empty for anything else. */
export function polygonsOf(extent: string): Ring[][] {
  let json: unknown;
  try {
    json = JSON.parse(extent);
  } catch {
    return [];
  }
  return polygonsIn(json, 0);
}

function polygonsIn(value: unknown, depth: number): Ring[][] {
  if (typeof value !== 'object' || value === null || depth > 4) return [];
  const { type, coordinates, geometry, geometries, features } = value as Record<string, unknown>;
  const found = type === 'Polygon' ? [coordinates] : type === 'MultiPolygon' ? coordinates : [];
  const nested = [geometry, ...[geometries, features].flatMap((many) => (Array.isArray(many) ? many : []))];
  return [
    ...(Array.isArray(found) ? found.filter(isPolygon) : []),
    ...nested.flatMap((one) => polygonsIn(one, depth + 1)),
  ];
}

/** Rings of at least four positions, each closed, as the standard has it. */
const isPolygon = (value: unknown): value is Ring[] => Array.isArray(value) && value.length > 0 && value.every(isRing);

const isRing = (value: unknown): value is Ring =>
  Array.isArray(value) &&
  value.length >= 4 &&
  value.every(
    (position) => Array.isArray(position) && position.length >= 2 && position.slice(0, 2).every(Number.isFinite),
  ) &&
  value[0]![0] === value.at(-1)![0] &&
  value[0]![1] === value.at(-1)![1];

/**
 * Whether a service area holds a postcode: its polygon holds the middle of the postcode, or one of its texts names the
 * postcode. Undefined where the area is described in words that name no postcode at all: nobody can tell.
 * @param postcode as `postcodeOf` writes it
 * @param middle of the postcode; undefined where it is not known
 */
export function areaHolds(area: ServiceAreaTexts, postcode: string, middle: Position | undefined): boolean | undefined {
  const polygons = polygonsOf(area.extent ?? '');
  if (polygons.length > 0 && middle)
    // the boundary itself, which the library answers with 0, belongs to the area
    return polygons.some((rings) => pointInPolygon([middle.longitude, middle.latitude], rings) !== false);
  const texts = [area.name, area.description, polygons.length > 0 ? undefined : area.extent].filter((text) => text);
  const named = texts.flatMap((text) => postcodesIn(text!));
  return named.length > 0 ? named.includes(postcode) : undefined;
}

/** ZIP codes, and what else has letters and digits and the length of a postcode, in a text. */
export const postcodesIn = (text: string): string[] =>
  [...text.matchAll(/\b(?:\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d)\b/g)].map(
    ([one]) => postcodeOf(one),
  );
