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
  return { service, read, masks, listed: { ...read.choices, category: [...categories] } };
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
 * another one. With `hitsOnly` one that fails nothing.
 */
export function judged(
  { service, read, masks, listed }: Known,
  { query, readings, choices, at, local, today }: Question,
  hitsOnly = false,
): Judged | undefined {
  const fails = new Set<Facet>();
  const isOut = (): boolean => fails.size > (hitsOnly ? 0 : 1);
  let score = 0;
  if (!query.statuses.includes(service.status)) return undefined;
  const isChosen = (values: readonly string[], wanted: ReadonlySet<string>) =>
    values.some((value) => wanted.has(value));
  if (hitsOnly && choices.some(([facet, wanted]) => listed[facet] && !isChosen(listed[facet], wanted)))
    return undefined;
  for (const reading of readings) {
    let best = 0;
    for (const word of (reading.size < masks.size ? reading : masks).keys()) {
      const [mask, factor] = [masks.get(word), reading.get(word)];
      if (mask && factor) best = Math.max(best, factor * POINTS[Math.log2(mask & -mask)]!);
    }
    if (best === 0) return undefined;
    score += best;
  }
  const { day } = local;
  const since = (text: string | undefined) => today - (readCivilDay(text) ?? -1e9);
  const rooms = service.capacities?.filter(({ updated }) => since(updated) <= 14) ?? [];
  const capacity = rooms.length === 0 ? 'unknown' : rooms.some(({ available }) => available > 0) ? 'available' : 'full';
  const freshness =
    service.assured_date === undefined ? 'unknown' : since(service.assured_date) > 180 ? 'stale' : 'fresh';
  const values: Record<string, string[]> = {
    ...listed,
    cost: [costClassOf(read.fit.cost, day)],
    capacity: [capacity],
    freshness: [freshness],
  };
  score += { available: 6, unknown: 0, full: -6 }[capacity] + { fresh: 4, unknown: 0, stale: -2 }[freshness];
  for (const [facet, wanted] of choices) if (!isChosen(values[facet]!, wanted)) fails.add(facet);
  if (isOut()) return undefined;
  const keep = (facet: Facet, verdict: string, wanted: 'yes' | 'maybe' | 'any') => {
    values[facet] = [verdict];
    if ((wanted === 'yes' && verdict !== 'yes') || (wanted === 'maybe' && verdict === 'no')) fails.add(facet);
  };
  if (query.near) {
    const metres = Math.min(...read.reach.points.map((point) => metresBetween(point, query.near!)), Infinity);
    const areas = service.service_areas?.map((area) => inSquare(area.extent, query.near!)) ?? [];
    const area = areas.includes('yes')
      ? 'yes'
      : areas.length > 0 && areas.every((one) => one === 'no')
        ? 'no'
        : 'unknown';
    const near = metres <= query.near.withinKm * 1000;
    const elsewhere = read.reach.placesUnknown ? 'unknown' : metres < Infinity ? 'no' : area;
    const verdict = area === 'no' ? 'no' : near ? 'yes' : elsewhere;
    score += verdict === 'yes' ? 4 : 0;
    const band = [1, 3, 5, 10, 25, 50].findIndex((km) => metres <= km * 1000);
    score += band < 0 ? 0 : [20, 16, 13, 10, 6, 3][band]!;
    keep('reach', verdict, query.reach);
  }
  if (query.openAt) {
    const verdicts = read.schedules.map((group) => openNow(group, at, local));
    const verdict = verdicts.includes('yes') ? 'yes' : verdicts.includes('unknown') ? 'unknown' : 'no';
    score += { yes: 8, unknown: 2, no: 0 }[verdict];
    keep('open', verdict, query.open ?? 'any');
  }
  if (query.client) {
    const aspects = aspectsOf(query.client).map((one) => judge(one, read.fit[one], query.client!, day).verdict);
    for (const verdict of aspects) score += { yes: 6, unknown: 0, no: -20 }[verdict];
    keep('fit', fitVerdict(aspects), query.fit);
  }
  return isOut() ? undefined : { id: service.id, score, fails, values };
}

/** The generated areas are squares. */
function inSquare(
  extent: string | undefined,
  { latitude, longitude }: { latitude: number; longitude: number },
): string {
  if (!extent) return 'unknown';
  const { coordinates } = JSON.parse(extent) as { coordinates: [number, number][][] };
  const [[west, south], , [east, north]] = coordinates[0] as [[number, number], [number, number], [number, number]];
  return longitude >= west && longitude <= east && latitude >= south && latitude <= north ? 'yes' : 'no';
}

/** Whether one of these schedules is open, by writing out the hours that begin yesterday and today. */
function openNow(schedules: readonly HsdsSchedule[], at: Date, local: WallTime): 'yes' | 'no' | 'unknown' {
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
