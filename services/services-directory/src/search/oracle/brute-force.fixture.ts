import {
  isoDate,
  wallTimeAtOffset,
  wallTimeInZone,
  readCivilDay,
  type WallTime,
} from '../../domain/search/civil-day.js';
import { aspectsOf, costClassOf, fitVerdict, judge } from '../../domain/search/client-fit.js';
import { metresBetween } from '../../domain/geography.js';
import type { HsdsSchedule, HsdsService } from '../../domain/hsds.js';
import { FREE_WORDS } from '../../domain/search/ranking.js';
import type { Facet, SearchQuery } from '../../domain/search/search-query.js';
import { searchableOf, type SearchableService } from '../../domain/search/searchable-service.js';
import type { Verdict } from '../../domain/search/verdict.js';
import { wordsOf } from '../../domain/words.js';
import { TERMS, ZONE } from './seeded-services.fixture.js';

/**
 * The same search as a plain loop over the records: no index, no rows, nothing shared between services, other code for
 * words, schedules, borders and distances. Slow, and right if it can be read.
 */

/** A service as the loop looks at it. */
export interface Known {
  service: HsdsService;
  read: SearchableService;
  masks: Map<string, number>;
  /** Values of the facets that the record holds. */
  listed: Record<string, string[]>;
  /** The generated areas are squares. */
  squares: (Square | undefined)[];
}

interface Square {
  west: number;
  south: number;
  east: number;
  north: number;
}

export interface Judged {
  id: string;
  score: number;
  /** The facets whose choice it fails. */
  fails: Set<Facet>;
  values: Record<string, string[]>;
}

/** A query, with what holds for every service. */
export interface Question {
  query: SearchQuery;
  /** For each typed word the words that it stands for, each with its factor. */
  readings: Map<string, number>[];
  choices: [facet: Facet, wanted: Set<string>][];
  /** The moment that is asked for, on the wall of the directory, and the day of the question. */
  at: Date;
  local: WallTime;
  today: number;
}

const DAY = 86_400_000;
const POINTS = [10, 8, 6, 4, 3, 2, 1];

export function known(service: HsdsService): Known {
  const read = searchableOf(service);
  const masks = new Map<string, number>();
  read.texts.forEach((texts, field) => {
    for (const word of wordsOf(...texts)) masks.set(word, (masks.get(word) ?? 0) | (2 ** field));
  });
  const categories = new Set<string>();
  for (let { id, parentId } of read.terms)
    for (;;) {
      categories.add(id);
      const parent = TERMS.find((term) => term.id === parentId);
      if (!parent) break;
      [id, parentId] = [parent.id, parent.parent_id];
    }
  const squares = (service.service_areas ?? []).map(({ extent }) => squareOf(extent));
  return { service, read, masks, listed: { ...read.choices, category: [...categories] }, squares };
}

function squareOf(extent: string | undefined): Square | undefined {
  if (!extent) return undefined;
  const { coordinates } = JSON.parse(extent) as { coordinates: [number, number][][] };
  const [[west, south], , [east, north]] = coordinates[0] as [[number, number], [number, number], [number, number]];
  return { west, south, east, north };
}

/** @param vocabulary every word of every service */
export function questionOf(query: SearchQuery, now: Date, vocabulary: ReadonlySet<string>): Question {
  const readings = (query.text === undefined ? [] : telling(query.text)).map((word) => readingOf(word, vocabulary));
  const wantedOf = (facet: string, chosen: readonly string[]): Set<string> =>
    facet === 'category'
      ? new Set(chosen.flatMap((value) => [value, ...TERMS.filter(({ code }) => code === value).map(({ id }) => id)]))
      : new Set(chosen);
  const choices = Object.entries(query.choices).map(
    ([facet, chosen]) => [facet as Facet, wantedOf(facet, chosen)] as [Facet, Set<string>],
  );
  const at = query.openAt ?? now;
  const [local, { day: today }] = [wallTimeInZone(at, ZONE), wallTimeInZone(now, ZONE)];
  return { query, readings, choices, at, local, today };
}

/** The words that a typed word stands for, each with its factor. */
function readingOf(typed: string, vocabulary: ReadonlySet<string>): Map<string, number> {
  const found = new Map<string, number>();
  for (const word of vocabulary)
    if (word === typed) found.set(word, 4);
    else if (typed.length >= 2 && word.startsWith(typed)) found.set(word, 3);
  if (found.size > 0) return found;
  const allowed = typed.length < 4 ? 0 : typed.length < 8 ? 1 : 2;
  const near = [...vocabulary]
    .filter((word) => Math.abs(word.length - typed.length) <= allowed)
    .map((word) => [word, errorsBetween(typed, word)] as const)
    .filter(([, errors]) => errors <= allowed);
  const fewest = Math.min(...near.map(([, errors]) => errors));
  return new Map(near.filter(([, errors]) => errors === fewest).map(([word]) => [word, 2]));
}

function telling(text: string): string[] {
  const words = wordsOf(text);
  const kept = words.filter((word) => !FREE_WORDS.has(word));
  return kept.length > 0 ? kept : words;
}

/** Levenshtein's distance by its definition; two neighbours that changed places, and nothing else, are one error. */
function errorsBetween(a: string, b: string): number {
  for (let at = 1; at < a.length; at += 1)
    if (a.slice(0, at - 1) + a[at]! + a[at - 1]! + a.slice(at + 1) === b) return 1;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row.at(-1)!;
}

/**
 * A service that fails no choice, or those of one facet alone and so is counted there, with its points; undefined for
 * another one.
 */
export function judged(one: Known, question: Question): Judged | undefined {
  const { query, choices, local, today } = question;
  const fails = new Set<Facet>();
  const points = pointsOfWords(one, question);
  if (points === undefined || !query.statuses.includes(one.service.status)) return undefined;
  const capacity = capacityOf(one, today);
  const freshness = freshnessOf(one, today);
  const values: Record<string, string[]> = {
    ...one.listed,
    cost: [costClassOf(one.read.fit.cost, local.day)],
    capacity: [capacity],
    freshness: [freshness],
  };
  let score =
    points + { available: 6, unknown: 0, full: -6 }[capacity] + { fresh: 4, unknown: 0, stale: -2 }[freshness];
  for (const [facet, wanted] of choices) if (!isChosen(values[facet]!, wanted)) fails.add(facet);
  const keep = (facet: Facet, verdict: Verdict, wanted: 'yes' | 'maybe' | 'any') => {
    values[facet] = [verdict];
    if (!isWanted(verdict, wanted)) fails.add(facet);
  };
  if (query.near) {
    const metres = metresTo(one, query.near);
    const verdict = reachOf(one, query.near, metres);
    score += verdict === 'yes' ? 4 : 0;
    const band = [1, 3, 5, 10, 25, 50].findIndex((km) => metres <= km * 1000);
    score += band < 0 ? 0 : [20, 16, 13, 10, 6, 3][band]!;
    keep('reach', verdict, query.reach);
  }
  if (query.openAt) {
    const verdict = openOf(one, question);
    score += { yes: 8, unknown: 2, no: 0 }[verdict];
    keep('open', verdict, query.open ?? 'any');
  }
  if (query.client) {
    const aspects = fitOf(one, question);
    for (const verdict of aspects) score += { yes: 6, unknown: 0, no: -20 }[verdict];
    keep('fit', fitVerdict(aspects), query.fit);
  }
  return fails.size > 1 ? undefined : { id: one.service.id, score, fails, values };
}

/** Whether a service fails nothing: the same as `judged` without points and counts, what costs least first. */
export function isHit(one: Known, question: Question): boolean {
  const { query, choices, local, today } = question;
  const valuesOf = (facet: Facet): readonly string[] => {
    if (facet === 'cost') return [costClassOf(one.read.fit.cost, local.day)];
    if (facet === 'capacity') return [capacityOf(one, today)];
    return facet === 'freshness' ? [freshnessOf(one, today)] : one.listed[facet]!;
  };
  return (
    query.statuses.includes(one.service.status) &&
    choices.every(([facet, wanted]) => isChosen(valuesOf(facet), wanted)) &&
    pointsOfWords(one, question) !== undefined &&
    (!query.near || isWanted(reachOf(one, query.near, metresTo(one, query.near)), query.reach)) &&
    (!query.client || isWanted(fitVerdict(fitOf(one, question)), query.fit)) &&
    (!query.openAt || isWanted(openOf(one, question), query.open ?? 'any'))
  );
}

const isChosen = (values: readonly string[], wanted: ReadonlySet<string>): boolean =>
  values.some((value) => wanted.has(value));

const isWanted = (verdict: Verdict, wanted: 'yes' | 'maybe' | 'any'): boolean =>
  wanted === 'any' || verdict === 'yes' || (wanted === 'maybe' && verdict === 'unknown');

/** Undefined where a word is missing. */
function pointsOfWords({ masks }: Known, { readings }: Question): number | undefined {
  let points = 0;
  for (const reading of readings) {
    let best = 0;
    for (const word of (reading.size < masks.size ? reading : masks).keys()) {
      const [mask, factor] = [masks.get(word), reading.get(word)];
      if (mask && factor) best = Math.max(best, factor * POINTS[Math.log2(mask & -mask)]!);
    }
    if (best === 0) return undefined;
    points += best;
  }
  return points;
}

const daysSince = (text: string | undefined, today: number): number => today - (readCivilDay(text) ?? -1e9);

function capacityOf({ service }: Known, today: number): 'available' | 'full' | 'unknown' {
  const rooms = service.capacities?.filter(({ updated }) => daysSince(updated, today) <= 14) ?? [];
  if (rooms.length === 0) return 'unknown';
  return rooms.some(({ available }) => available > 0) ? 'available' : 'full';
}

function freshnessOf({ service: { assured_date: assured } }: Known, today: number): 'fresh' | 'stale' | 'unknown' {
  if (assured === undefined) return 'unknown';
  return daysSince(assured, today) > 180 ? 'stale' : 'fresh';
}

type Near = NonNullable<SearchQuery['near']>;

const metresTo = ({ read }: Known, near: Near): number =>
  Math.min(...read.reach.points.map((point) => metresBetween(point, near)), Infinity);

function reachOf({ read, squares }: Known, near: Near, metres: number): Verdict {
  const areas = squares.map((square) => square && holds(square, near));
  if (areas.length > 0 && areas.every((one) => one === false)) return 'no';
  if (metres <= near.withinKm * 1000) return 'yes';
  if (read.reach.placesUnknown) return 'unknown';
  if (metres < Infinity) return 'no';
  return areas.includes(true) ? 'yes' : 'unknown';
}

const holds = ({ west, south, east, north }: Square, { latitude, longitude }: Near): boolean =>
  longitude >= west && longitude <= east && latitude >= south && latitude <= north;

function openOf({ read }: Known, { at, local }: Question): Verdict {
  const verdicts = read.schedules.map((group) => openNow(group, at, local));
  return verdicts.includes('yes') ? 'yes' : verdicts.includes('unknown') ? 'unknown' : 'no';
}

const fitOf = ({ read }: Known, { query: { client = {} }, local }: Question): Verdict[] =>
  aspectsOf(client).map((aspect) => judge(aspect, read.fit[aspect], client, local.day).verdict);

/** Whether one of these schedules is open, by writing out the hours that begin yesterday and today. */
function openNow(schedules: readonly HsdsSchedule[], at: Date, local: WallTime): Verdict {
  if (schedules.length === 0) return 'unknown';
  let unknown = false;
  for (const schedule of schedules) {
    const zone = /(Z|[+-]\d\d:\d\d)$/.exec(schedule.opens_at ?? '')?.[1];
    const offset = zone === 'Z' ? 0 : zone ? Number(zone.slice(0, 3)) * 60 : undefined;
    const { day, minute } = offset === undefined ? local : wallTimeAtOffset(at, offset);
    for (const back of [0, 1]) {
      const date = isoDate(day - back);
      const isException = (one: HsdsSchedule) => one.freq === undefined && one.valid_from !== undefined;
      const replaced = schedules.some((one) => isException(one) && holdsOn(one, date));
      if ((replaced && !isException(schedule)) || !holdsOn(schedule, date)) continue;
      if (!schedule.opens_at || !schedule.closes_at) {
        if (schedule.description !== 'Closed' && back === 0) unknown = true;
        continue;
      }
      const [from, until] = [minutesOf(schedule.opens_at), minutesOf(schedule.closes_at)];
      const end = until === 1439 ? 1440 : until <= from ? until + 1440 : until;
      const moment = minute + back * 1440;
      if (moment >= from && moment < end) return 'yes';
    }
  }
  return unknown ? 'unknown' : 'no';
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const NAMES = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

function holdsOn(schedule: HsdsSchedule, date: string): boolean {
  const { freq, valid_from: from, valid_to: to, dtstart, until, count, interval = 1, byday, bymonthday } = schedule;
  if ((from && date < from) || (to && date > to) || (dtstart && date < dtstart) || (until && date > until))
    return false;
  if (freq === undefined) return true;
  const time = new Date(`${date}T00:00:00Z`);
  const name = NAMES[time.getUTCDay()]!;
  const dayOfMonth = time.getUTCDate();
  const last = new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth() + 1, 0)).getUTCDate();
  if (bymonthday)
    return bymonthday.split(',').some((one) => (Number(one) > 0 ? Number(one) : last + 1 + Number(one)) === dayOfMonth);
  const nth = Math.floor((dayOfMonth - 1) / 7) + 1;
  const isLast = dayOfMonth + 7 > last;
  if (freq === 'MONTHLY')
    return byday!.split(',').some((one) => one === `${nth}${name}` || (isLast && one === `-1${name}`));
  if (!byday!.split(',').includes(name)) return false;
  if (dtstart && interval > 1) {
    const monday = (text: string) => {
      const one = new Date(`${text}T00:00:00Z`).getTime();
      const first = schedule.wkst === 'SU' ? 0 : 1;
      return one - ((new Date(one).getUTCDay() - first + 7) % 7) * DAY;
    };
    if (Math.round((monday(date) - monday(dtstart)) / (7 * DAY)) % interval !== 0) return false;
  }
  if (count === undefined) return true;
  let seen = 0;
  for (let one = new Date(`${dtstart}T00:00:00Z`).getTime(); one < time.getTime(); one += DAY)
    if (byday!.split(',').includes(NAMES[new Date(one).getUTCDay()]!)) seen += 1;
  return seen < count;
}
