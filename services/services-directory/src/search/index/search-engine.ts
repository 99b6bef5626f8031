import { wallTimeInZone, type CivilDay } from '../../domain/search/civil-day.js';
import { FREE_WORDS, OPEN_POINTS, REACH_POINTS, WORD_POINTS } from '../../domain/search/ranking.js';
import {
  ASKED_FACETS,
  DERIVED_FACETS,
  DERIVED_VALUES,
  LISTED_FACETS,
  type AskedFacet,
  type DerivedFacet,
  type Facet,
  type FacetValue,
  type SearchQuery,
} from '../../domain/search/search-query.js';
import { wordsOf } from '../../domain/words.js';
import { bitsOfCodes, bitsWhere, codeCounts, Narrowed, type Filter } from './bit-rows.js';
import type { DirectoryIndex } from './directory-index.js';
import { countValues } from './facet-counts.js';
import { costRow, fitRow, openRow, reachRow, todayRows, VERDICTS, type FitRow, type ReachRow } from './query-rows.js';
import { forEachSlot, wordsFor } from './slot-set.js';
import { TopHits, type Position, type RankedSlot } from './top-hits.js';
import type { Reading } from './word-index.js';

export interface Page {
  limit: number;
  after?: Position;
}

/** What was found, with the rows that it was found by: hits can be explained by them until the next query or write. */
export interface Found {
  total: number;
  /** A bit for each slot that was found. */
  all: Uint32Array;
  hits: readonly RankedSlot[];
  facets: Partial<Record<Facet, FacetValue[]>>;
  readings: Reading[];
  rows: QueryRows;
  /** The day that was asked for. */
  day: CivilDay;
}

export interface QueryRows {
  derived: Record<DerivedFacet, Uint8Array>;
  /** Points of room and freshness. */
  points: Int8Array;
  open?: Uint8Array;
  reach?: ReachRow;
  fit?: FitRow;
}

/** The words of a text that count: free words are left out, unless there are no others. */
export function typedWords(text: string): string[] {
  const words = wordsOf(text);
  const telling = words.filter((word) => !FREE_WORDS.has(word));
  return telling.length > 0 ? telling : words;
}

/**
 * Finds services. Everything is worked out in rows by slot, and what many services share is worked out once, so that
 * a query over 200,000 services holds the process up for some milliseconds.
 * @param now the moment of the question: freshness and room are told by it, and opening hours where none is asked for
 * @param timeZone of times that say none
 */
export function search(index: DirectoryIndex, query: SearchQuery, now: Date, timeZone: string, page: Page): Found {
  const at = query.openAt ?? now;
  const { day } = wallTimeInZone(at, timeZone);
  const today = wallTimeInZone(now, timeZone).day;
  const words = wordsFor(index.slotCount);
  const asksOpen = query.openAt !== undefined || query.open !== undefined;
  const { capacity, freshness, points } = todayRows(index, today);
  const rows: QueryRows = {
    derived: { cost: costRow(index, day), capacity, freshness },
    points,
    ...(asksOpen ? { open: openRow(index, at, timeZone) } : {}),
    ...(query.near ? { reach: reachRow(index, query.near, query.areas) } : {}),
    ...(query.client ? { fit: fitRow(index, query.client, day) } : {}),
  };
  const readings = typedWords(query.text ?? '').map((word) => index.words.read(word));
  const text = readings.length > 0 ? textRow(readings, index.slotCount) : undefined;
  const filters: Filter<Facet>[] = [
    { bits: statusBits(index, query, words) },
    ...(text ? [{ bits: text.bits }] : []),
    ...listedFilters(index, query, words),
    ...derivedFilters(rows, query, words),
    ...askedFilters(rows, query, words),
  ];
  const narrowed = new Narrowed(filters);
  const top = new TopHits(page.limit, page.after, index.ids, index.idOrder);
  const scoreOf = scoring(rows, text?.points);
  forEachSlot(narrowed.all, (slot) => {
    const score = scoreOf(slot);
    if (score >= top.least) top.add(slot, score);
  });
  return {
    total: narrowed.total,
    all: narrowed.all,
    hits: top.found,
    facets: facetsOf(index, query, rows, narrowed),
    readings,
    rows,
    day,
  };
}

/**
 * Which services hold all words, and the points of these: of each typed word the best that it was read as. Only the
 * places of the words are gone through, not the services.
 */
function textRow(readings: readonly Reading[], slotCount: number): { bits: Uint32Array; points: Uint16Array } {
  const bits = new Uint32Array(wordsFor(slotCount));
  const points = new Uint16Array(slotCount);
  const best = new Uint8Array(slotCount);
  // how many of the typed words a service holds, up to the first that it does not
  const held = new Uint8Array(slotCount);
  for (const [before, { words }] of readings.entries())
    for (const { word, match } of words) {
      const ofMask = WORD_POINTS[match];
      const { slots, masks, size } = word;
      for (let at = 0; at < size; at += 1) {
        const slot = slots[at]!;
        const worth = ofMask[masks[at]!]!;
        if (held[slot] === before) {
          held[slot] = before + 1;
          best[slot] = worth;
          points[slot]! += worth;
          if (before + 1 === readings.length) bits[slot >>> 5]! |= 1 << (slot & 31);
        } else if (held[slot] === before + 1 && worth > best[slot]!) {
          points[slot]! += worth - best[slot]!;
          best[slot] = worth;
        }
      }
    }
  return { bits, points };
}

function statusBits(index: DirectoryIndex, { statuses }: SearchQuery, words: number): Uint32Array {
  const bits = new Uint32Array(words);
  for (const status of statuses) index.statuses.get(status)?.addTo(bits);
  return bits;
}

function listedFilters(index: DirectoryIndex, { choices }: SearchQuery, words: number): Filter<Facet>[] {
  return LISTED_FACETS.flatMap((facet) => {
    const chosen = choices[facet];
    if (!chosen) return [];
    const bits = new Uint32Array(words);
    for (const value of chosen)
      for (const id of facet === 'category' ? index.terms.idsOf(value) : [value])
        index.facets[facet].get(id)?.addTo(bits);
    return [{ facet, bits }];
  });
}

function derivedFilters({ derived }: QueryRows, { choices }: SearchQuery, words: number): Filter<Facet>[] {
  return DERIVED_FACETS.flatMap((facet) => {
    const chosen = choices[facet];
    const values: readonly string[] = DERIVED_VALUES[facet];
    return chosen ? [{ facet, bits: bitsWhere(derived[facet], words, (code) => chosen.includes(values[code]!)) }] : [];
  });
}

function askedFilters({ open, reach, fit }: QueryRows, query: SearchQuery, words: number): Filter<Facet>[] {
  const least = (wanted: 'yes' | 'maybe') => (wanted === 'yes' ? 2 : 1);
  return [
    ...(open && query.open ? [{ facet: 'open' as const, bits: bitsOfCodes(open, least(query.open), words) }] : []),
    ...(reach ? [{ facet: 'reach' as const, bits: bitsOfCodes(reach.codes, least(query.reach), words) }] : []),
    ...(fit && query.fit !== 'any'
      ? [{ facet: 'fit' as const, bits: bitsOfCodes(fit.codes, least(query.fit), words) }]
      : []),
  ];
}

function scoring({ points, open, reach, fit }: QueryRows, textPoints: Uint16Array | undefined) {
  const ofOpen = VERDICTS.map((verdict) => OPEN_POINTS[verdict]);
  const ofReach = VERDICTS.map((verdict) => REACH_POINTS[verdict]);
  return (slot: number): number =>
    points[slot]! +
    (textPoints ? textPoints[slot]! : 0) +
    (open ? ofOpen[open[slot]!]! : 0) +
    (fit ? fit.points[slot]! : 0) +
    (reach ? ofReach[reach.codes[slot]!]! + reach.points[slot]! : 0);
}

function facetsOf(
  index: DirectoryIndex,
  query: SearchQuery,
  { derived, open, reach, fit }: QueryRows,
  narrowed: Narrowed<Facet>,
): Found['facets'] {
  const facets: Found['facets'] = {};
  for (const facet of LISTED_FACETS) {
    const chosen = query.choices[facet] ?? [];
    const values = facet === 'category' ? chosen.filter((value) => index.terms.get(value) !== undefined) : chosen;
    facets[facet] = countValues(index, facet, narrowed.without(facet), values);
  }
  for (const facet of DERIVED_FACETS)
    facets[facet] = tally(DERIVED_VALUES[facet], derived[facet], narrowed.without(facet));
  const asked: Record<AskedFacet, Uint8Array | undefined> = { open, reach: reach?.codes, fit: fit?.codes };
  for (const facet of ASKED_FACETS) {
    const codes = asked[facet];
    if (codes) facets[facet] = tally(VERDICTS, codes, narrowed.without(facet));
  }
  return facets;
}

function tally(values: readonly string[], codes: Uint8Array, bits: Uint32Array): FacetValue[] {
  const counts = codeCounts(codes, bits, values.length);
  return values.map((value, code) => ({ value, count: counts[code]! }));
}
