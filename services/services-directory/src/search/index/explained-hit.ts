import { judge, type FitAspect, type FitTexts } from '../../domain/search/client-fit.js';
import { kmOfChord } from '../../domain/search/reach.js';
import {
  bestField,
  CAPACITY_DAYS,
  CAPACITY_POINTS,
  FIELDS,
  FIT_POINTS,
  FRESH_DAYS,
  FRESHNESS_POINTS,
  OPEN_POINTS,
  REACH_POINTS,
  WORD_POINTS,
  type WordMatch,
} from '../../domain/search/ranking.js';
import { DERIVED_VALUES, type SearchQuery } from '../../domain/search/search-query.js';
import type { ShownService } from '../../domain/search/searchable-service.js';
import { fitVerdict, type ClientProfile } from '../../domain/search/client-fit.js';
import type { Verdict } from '../../domain/search/verdict.js';
import type { DirectoryIndex } from './directory-index.js';
import { VERDICTS } from './query-rows.js';
import type { Found } from './search-engine.js';
import type { RankedSlot } from './top-hits.js';
import type { Reading } from './word-index.js';

/** One part of a score. */
export interface Why {
  points: number;
  reason: string;
}

/** A hit with everything that a reader needs to trust it or not. */
export interface ExplainedHit {
  service: ShownService;
  /** The sum of the points in `why`. */
  score: number;
  why: Why[];
  /** Absent where nothing of the kind was asked. */
  open?: { verdict: Verdict; reason: string };
  reach?: { verdict: Verdict; distanceKm?: number; reason: string };
  fit?: { verdict: Verdict; reasons: { aspect: FitAspect; verdict: Verdict; reason: string }[] };
  cost: (typeof DERIVED_VALUES.cost)[number];
  capacity: (typeof DERIVED_VALUES.capacity)[number];
  freshness: (typeof DERIVED_VALUES.freshness)[number];
}

/** Says why a hit is where it is. Nothing may have been written since it was found. */
export function explain(
  index: DirectoryIndex,
  { slot, score }: RankedSlot,
  found: Found,
  query: SearchQuery,
): ExplainedHit {
  const { shown, fitTexts } = index.keptOf(slot);
  const { rows, readings } = found;
  const cost = DERIVED_VALUES.cost[rows.derived.cost[slot]!]!;
  const capacity = DERIVED_VALUES.capacity[rows.derived.capacity[slot]!]!;
  const freshness = DERIVED_VALUES.freshness[rows.derived.freshness[slot]!]!;
  const open = rows.open && VERDICTS[rows.open[slot]!]!;
  const reach =
    rows.reach && explainReach(VERDICTS[rows.reach.codes[slot]!]!, rows.reach.points[slot]!, rows.reach.chords[slot]!);
  const fit = query.client && explainFit(index, slot, rows.fit!.aspects, query.client, found.day, fitTexts);
  const why: Why[] = [
    ...readings.map((reading) => whyWord(index, slot, reading)),
    ...(reach ? [{ points: reach.points, reason: reach.told.reason }] : []),
    ...(open ? [{ points: OPEN_POINTS[open], reason: OPEN_WORDS[open] }] : []),
    ...(fit ?? []).map(({ verdict, reason }) => ({
      points: FIT_POINTS[verdict],
      reason: `${FIT_WORDS[verdict]}: ${reason}`,
    })),
    { points: CAPACITY_POINTS[capacity], reason: CAPACITY_WORDS[capacity] },
    { points: FRESHNESS_POINTS[freshness], reason: FRESHNESS_WORDS[freshness] },
  ];
  return {
    service: shown,
    score,
    why: why.filter(({ points }) => points !== 0),
    ...(open ? { open: { verdict: open, reason: OPEN_WORDS[open] } } : {}),
    ...(reach ? { reach: reach.told } : {}),
    ...(fit ? { fit: { verdict: fitVerdict(fit.map(({ verdict }) => verdict)), reasons: fit } } : {}),
    cost,
    capacity,
    freshness,
  };
}

const OPEN_WORDS: Readonly<Record<Verdict, string>> = {
  yes: 'open at that time',
  no: 'closed at that time',
  unknown: 'its hours are not known',
};
const FIT_WORDS: Readonly<Record<Verdict, string>> = {
  yes: 'takes the client',
  no: 'does not',
  unknown: 'to be asked',
};
const CAPACITY_WORDS = {
  available: 'has room',
  full: 'has no room',
  unknown: `said nothing about room in the last ${CAPACITY_DAYS} days`,
} as const;
const FRESHNESS_WORDS = {
  fresh: `assured in the last ${FRESH_DAYS} days`,
  stale: `not assured for more than ${FRESH_DAYS} days`,
  unknown: 'never assured',
} as const;
const MATCH_WORDS: Readonly<Record<WordMatch, string>> = {
  exact: 'stands in',
  prefix: 'begins a word in',
  similar: 'is similar to a word in',
};

/** The best of the words that a typed word was read as. */
function whyWord(index: DirectoryIndex, slot: number, { typed, words }: Reading): Why {
  let best: Why = { points: 0, reason: '' };
  for (const { word, match } of words) {
    const mask = index.words.maskOf(word, slot);
    const points = WORD_POINTS[match][mask]!;
    if (points <= best.points) continue;
    const as = match === 'exact' ? '' : ` (“${word.text}”)`;
    best = { points, reason: `“${typed}” ${MATCH_WORDS[match]} its ${FIELDS[bestField(mask)]}${as}` };
  }
  return best;
}

function explainReach(verdict: Verdict, points: number, chord: number) {
  const distanceKm = Number.isNaN(chord) ? undefined : Math.round(kmOfChord(chord) * 10) / 10;
  const away = distanceKm === undefined ? '' : `${distanceKm} km away`;
  const reasons: Record<Verdict, string> = {
    yes: away || 'serves the area',
    unknown: away || 'does not say where it is or whom it serves',
    no: `${away}, out of reach`,
  };
  return {
    points: REACH_POINTS[verdict] + points,
    told: { verdict, ...(distanceKm === undefined ? {} : { distanceKm }), reason: reasons[verdict] },
  };
}

function explainFit(
  index: DirectoryIndex,
  slot: number,
  aspects: readonly FitAspect[],
  client: ClientProfile,
  day: number,
  texts: FitTexts,
) {
  return aspects.map((aspect) => ({ aspect, ...judge(aspect, index.fit[aspect].get(slot), client, day, texts) }));
}
