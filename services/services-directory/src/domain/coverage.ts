import { areaHolds, metresBetween, type Position, type ServiceAreaTexts } from './geography.js';

/** What decides whether a service at a location is for somebody who lives in a postcode. */
export interface Coverage {
  /** Those of the service and of the service at this location. */
  areas: readonly ServiceAreaTexts[];
  /** Of the location's addresses, as `postcodeOf` writes them. */
  postcodes: readonly string[];
  position?: Position;
}

export interface PostcodeQuery {
  /** As `postcodeOf` writes it. */
  postcode: string;
  /** Middle of the postcode; undefined where the directory does not know it. */
  middle: Position | undefined;
  /** Metres; undefined where only the coverage counts. */
  proximity?: number;
}

/**
 * The rule of the parameters `postcode` and `proximity` in the official openapi.json: "If `service_area` is available,
 * only return results where the postcode exists within the `service_area`. If `proximity` is provided, only show
 * results within the proximity from the centroid of the postcode."
 *
 * Where no area decides, a location counts that has the postcode itself, or, with `proximity`, that is near enough.
 * Without a known middle nothing is near.
 */
export function isCovered({ areas, postcodes, position }: Coverage, query: PostcodeQuery): boolean {
  const { postcode, middle, proximity } = query;
  const near =
    proximity === undefined ||
    (middle !== undefined && position !== undefined && metresBetween(middle, position) <= proximity);
  if (!near) return false;
  const verdicts = areas.map((area) => areaHolds(area, postcode, middle));
  if (verdicts.includes(true)) return true;
  if (verdicts.includes(false)) return false;
  return proximity !== undefined || postcodes.includes(postcode);
}
