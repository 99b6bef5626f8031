import pointInPolygon from 'point-in-polygon-hao';
import { polygonsOf, type Position, type Ring } from '../geography.js';
import type { HsdsServiceArea } from '../hsds.js';
import type { Verdict } from './verdict.js';

/** Mean radius of the earth in kilometres (IUGG). */
const EARTH_KM = 6371.0088;
const RADIANS = Math.PI / 180;

/** A point on a sphere of radius 1: the straight line between two of them grows with their distance, and is cheap. */
export type UnitVector = readonly [x: number, y: number, z: number];

export function unitVectorOf({ latitude, longitude }: Position): UnitVector {
  const [phi, lambda] = [latitude * RADIANS, longitude * RADIANS];
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
}

/** The square of the straight line between points at that distance on the sphere of radius 1. */
export const chordSquared = (km: number): number => (2 * Math.sin(Math.min(km / EARTH_KM, Math.PI) / 2)) ** 2;

/** The distance over ground of points whose straight line has that square. */
export const kmOfChord = (squared: number): number => 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(squared) / 2));

/** Coordinates of a place on earth. 0, 0 is a placeholder of many sources, and in the sea. */
export function pointOf(place: { latitude?: number; longitude?: number }): Position | undefined {
  const { latitude, longitude } = place;
  if (latitude === undefined || longitude === undefined) return undefined;
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) || (latitude === 0 && longitude === 0))
    return undefined;
  return { latitude, longitude };
}

/** A service area: where its borders are, or its name alone. */
export interface Area {
  /** In lower case, for comparison. */
  name?: string;
  polygons?: readonly Ring[][];
}

const MAX_EXTENT = 1_000_000;

/** Reads a service area. An extent that is no GeoJSON polygon leaves the name. */
export function readArea({ name, extent, extent_type }: HsdsServiceArea): Area {
  const named = name?.trim() ? { name: plainName(name) } : {};
  const isGeoJson = extent !== undefined && (extent_type ?? 'geojson').toLowerCase() === 'geojson';
  const polygons = isGeoJson && extent.length <= MAX_EXTENT ? polygonsOf(extent) : [];
  return polygons.length > 0 ? { ...named, polygons } : named;
}

export const plainName = (name: string): string => name.trim().toLowerCase().replace(/\s+/g, ' ');

/** Whether an area holds a point, or has one of the names. A name alone says yes where it is given, and else nothing. */
export function areaHolds(area: Area, point: Position, names: readonly string[]): Verdict {
  if (area.name !== undefined && names.includes(area.name)) return 'yes';
  if (!area.polygons) return 'unknown';
  const position: [number, number] = [point.longitude, point.latitude];
  // on the border counts as inside: the street along a border lies on both sides of it
  return area.polygons.some((rings) => pointInPolygon(position, rings) !== false) ? 'yes' : 'no';
}

/** How a service reaches people. */
export interface ReachFacts {
  points: readonly Position[];
  /** Places that somebody would have to go to, of which nobody knows where they are. */
  placesUnknown: boolean;
  areas: readonly Area[];
}

/**
 * Whether a client at a point is reached: by a place that is near enough, where the service has places; by its area,
 * where it has none and comes by telephone, on the net or to the door. An area that leaves the client out goes before
 * both. What says neither where it is nor whom it serves is unknown.
 */
export function reachVerdict(
  near: boolean,
  {
    hasPoints,
    placesUnknown,
    area,
  }: {
    hasPoints: boolean;
    placesUnknown: boolean;
    area: Verdict;
  },
): Verdict {
  if (area === 'no') return 'no';
  if (near) return 'yes';
  if (placesUnknown) return 'unknown';
  return hasPoints ? 'no' : area;
}
