import { wallTimeAtOffset, wallTimeInZone, type CivilDay, type WallTime } from '../../domain/search/civil-day.js';
import {
  aspectsOf,
  costClassOf,
  verdictOf,
  type ClientProfile,
  type FitAspect,
} from '../../domain/search/client-fit.js';
import { areaHolds, chordSquared, plainName, reachVerdict, unitVectorOf } from '../../domain/search/reach.js';
import { openVerdictOf } from '../../domain/search/opening-hours.js';
import {
  CAPACITY_POINTS,
  capacityOn,
  DISTANCE_BANDS,
  FIT_POINTS,
  FRESHNESS_POINTS,
  freshnessOf,
} from '../../domain/search/ranking.js';
import { DERIVED_VALUES, type SearchQuery } from '../../domain/search/search-query.js';
import type { Position } from '../../domain/geography.js';
import type { Verdict } from '../../domain/search/verdict.js';
import type { DirectoryIndex } from './directory-index.js';
import { grown } from './slot-set.js';

/** Verdicts as codes in rows: the higher, the better for the client. */
export const VERDICTS = ['no', 'unknown', 'yes'] as const satisfies readonly Verdict[];
export const codeOf = (verdict: Verdict): number => VERDICTS.indexOf(verdict as 'no');

/** What every query asks for the same way, kept until something is written. */
interface KeptRows {
  version: number;
  /** By day: what each distinct statement about costs comes to. */
  costs: Map<CivilDay, Uint8Array>;
  today?: TodayRows;
  more?: FurtherPlaces;
}

const keptRows = new WeakMap<DirectoryIndex, KeptRows>();
const KEPT_DAYS = 100;

function rowsOf(index: DirectoryIndex): KeptRows {
  let kept = keptRows.get(index);
  if (kept?.version !== index.version) keptRows.set(index, (kept = { version: index.version, costs: new Map() }));
  return kept;
}

/** What each service costs on a day: places in `DERIVED_VALUES.cost`. */
export function costRow(index: DirectoryIndex, day: CivilDay): Uint8Array {
  const { cost } = index.fit;
  const { costs } = rowsOf(index);
  let classes = costs.get(day);
  if (!classes) {
    classes = cost.values.mapped((part) => DERIVED_VALUES.cost.indexOf(costClassOf(part, day)));
    if (costs.size === KEPT_DAYS) costs.clear();
    costs.set(day, classes);
  }
  return bySlot(index.slotCount, cost.numbers, classes);
}

export interface TodayRows {
  day: CivilDay;
  capacity: Uint8Array;
  freshness: Uint8Array;
  /** Points of both. */
  points: Int8Array;
}

/** Room and freshness of each service: places in `DERIVED_VALUES`. */
export function todayRows(index: DirectoryIndex, day: CivilDay): TodayRows {
  const kept = rowsOf(index);
  if (kept.today?.day === day) return kept.today;
  const { slotCount } = index;
  const capacity = new Uint8Array(slotCount);
  const freshness = new Uint8Array(slotCount);
  const points = new Int8Array(slotCount);
  for (let slot = 0; slot < slotCount; slot += 1) {
    const room = capacityOn(day, index.roomDays[slot]!, index.fullDays[slot]!);
    const fresh = freshnessOf(index.assuredDays[slot]!, day);
    capacity[slot] = DERIVED_VALUES.capacity.indexOf(room);
    freshness[slot] = DERIVED_VALUES.freshness.indexOf(fresh);
    points[slot] = CAPACITY_POINTS[room] + FRESHNESS_POINTS[fresh];
  }
  const rows = { day, capacity, freshness, points };
  kept.today = rows;
  return rows;
}

/** Places of services that have several, but for the first: a slot and a vector each. */
interface FurtherPlaces {
  slots: number[];
  vectors: Float64Array;
}

function furtherPlaces(index: DirectoryIndex): FurtherPlaces {
  const slots: number[] = [];
  const vectors: number[] = [];
  for (const [slot, more] of index.moreVectors) {
    for (let at = 0; at < more.length; at += 3) slots.push(slot);
    vectors.push(...more);
  }
  return { slots, vectors: Float64Array.from(vectors) };
}

/** Whether each service is open at that moment. */
export function openRow(index: DirectoryIndex, at: Date, timeZone: string): Uint8Array {
  const own = wallTimeInZone(at, timeZone);
  const byOffset = new Map<number, WallTime>();
  const wallTime = (offset: number | undefined): WallTime => {
    if (offset === undefined) return own;
    let wall = byOffset.get(offset);
    if (!wall) byOffset.set(offset, (wall = wallTimeAtOffset(at, offset)));
    return wall;
  };
  const said = index.openings.ask(wallTime);
  const verdicts = index.hours.lists.mapped((hours, from, to) => codeOf(openVerdictOf(hours, said, from, to)));
  return bySlot(index.slotCount, index.hours.numbers, verdicts);
}

export interface ReachRow {
  codes: Uint8Array;
  /** Points of the distance. */
  points: Uint8Array;
  /** Squares of the straight line to the nearest place, see `chordSquared`; NaN without one. Until the next query. */
  chords: Float64Array;
}

/** Whether each service reaches the client, and how far its nearest place is. */
export function reachRow(
  index: DirectoryIndex,
  near: NonNullable<SearchQuery['near']>,
  names: readonly string[],
): ReachRow {
  const { slotCount, placesUnknown, areasServed } = index;
  const plainNames = names.map(plainName);
  const holds = index.areas.mapped((area) => codeOf(areaHolds(area, near, plainNames)));
  const areas = areasServed.lists.mapped((numbers, from, to) => bestOf(numbers, from, to, holds));
  const limit = chordSquared(near.withinKm);
  const codes = new Uint8Array(slotCount);
  const points = new Uint8Array(slotCount);
  const verdicts = reachCodes();
  const chords = chordsFrom(index, near);
  for (let slot = 0; slot < slotCount; slot += 1) {
    const chord = chords[slot]!;
    const place = chord <= limit ? 2 : placesUnknown[slot] === 1 ? 1 : chord === chord ? 0 : 3;
    codes[slot] = verdicts[place * 3 + areas[areasServed.numbers[slot]!]!]!;
    points[slot] = distancePoints(chord);
  }
  return { codes, points, chords };
}

/** Used again by the next query: memory that is asked for anew is cleared first, which takes longer than the sums. */
let scratch = new Float64Array(0);

/** For each slot the square of the straight line to the nearest place; written plainly, for it runs for each service. */
function chordsFrom(index: DirectoryIndex, point: Position): Float64Array {
  const { slotCount, vectors } = index;
  const [x, y, z] = unitVectorOf(point);
  const chords = (scratch = grown(scratch, slotCount));
  for (let slot = 0, at = 0; slot < slotCount; slot += 1, at += 3) {
    const dx = vectors[at]! - x;
    const dy = vectors[at + 1]! - y;
    const dz = vectors[at + 2]! - z;
    chords[slot] = dx * dx + dy * dy + dz * dz;
  }
  const more = (rowsOf(index).more ??= furtherPlaces(index));
  for (let place = 0, at = 0; place < more.slots.length; place += 1, at += 3) {
    const slot = more.slots[place]!;
    const dx = more.vectors[at]! - x;
    const dy = more.vectors[at + 1]! - y;
    const dz = more.vectors[at + 2]! - z;
    chords[slot] = Math.min(chords[slot]!, dx * dx + dy * dy + dz * dz);
  }
  return chords;
}

const BANDS = DISTANCE_BANDS.map(({ km, points }) => ({ chord: chordSquared(km), points }));
const FARTHEST = BANDS.at(-1)!.chord;

/** Points of the square of a straight line; none where there is no place (NaN). */
function distancePoints(chord: number): number {
  if (!(chord <= FARTHEST)) return 0;
  let band = 0;
  while (chord > BANDS[band]!.chord) band += 1;
  return BANDS[band]!.points;
}

/** One area is enough; a service that names none may serve all. */
function bestOf(numbers: Uint32Array, from: number, to: number, codes: Uint8Array): number {
  if (from === to) return codeOf('unknown');
  let best = 0;
  for (let at = from; at < to; at += 1) best = Math.max(best, codes[numbers[at]!]!);
  return best;
}

/** The verdict for every case, so that it is worked out 12 times and not once a service. */
function reachCodes(): Uint8Array {
  const codes = new Uint8Array(12);
  for (let place = 0; place < 4; place += 1)
    VERDICTS.forEach((area, areaCode) => {
      const places = { hasPoints: place === 0, placesUnknown: place === 1, area };
      codes[place * 3 + areaCode] = codeOf(reachVerdict(place === 2, places));
    });
  return codes;
}

export interface FitRow {
  aspects: FitAspect[];
  codes: Uint8Array;
  points: Int16Array;
}

/** Whether each service takes the client. */
export function fitRow(index: DirectoryIndex, client: ClientProfile, day: CivilDay): FitRow {
  const { slotCount } = index;
  const aspects = aspectsOf(client);
  const codes = new Uint8Array(slotCount).fill(aspects.length === 0 ? 1 : 2);
  const points = new Int16Array(slotCount);
  const pointsOf = VERDICTS.map((verdict) => FIT_POINTS[verdict]);
  for (const aspect of aspects) {
    const { numbers, verdicts } = judged(index, aspect, client, day);
    for (let slot = 0; slot < slotCount; slot += 1) {
      const code = verdicts[numbers[slot]!]!;
      if (code < codes[slot]!) codes[slot] = code;
      points[slot]! += pointsOf[code]!;
    }
  }
  return { aspects, codes, points };
}

function judged<Aspect extends FitAspect>(index: DirectoryIndex, aspect: Aspect, client: ClientProfile, day: CivilDay) {
  const { values, numbers } = index.fit[aspect];
  return { numbers, verdicts: values.mapped((part) => codeOf(verdictOf(aspect, part, client, day))) };
}

function bySlot(slotCount: number, numbers: Uint32Array, codes: Uint8Array): Uint8Array {
  const row = new Uint8Array(slotCount);
  for (let slot = 0; slot < slotCount; slot += 1) row[slot] = codes[numbers[slot]!]!;
  return row;
}
