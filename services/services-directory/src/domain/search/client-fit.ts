import type { CivilDay } from './civil-day.js';
import type { AccessibilityKind, DocumentKind, Population } from './fit-vocabulary.js';
import { languageCode, languageName } from './fit-vocabulary.js';
import { allOf, type Verdict } from './verdict.js';

/**
 * What a service says about whom it takes, read once from its record, one part an aspect. A part holds only what
 * decides, in few words, so that many services share one; sentences of the record that are quoted stand in `FitTexts`.
 */
export interface FitFacts {
  age: { minimum?: number; maximum?: number };
  cost: { options: readonly CostOption[]; fees?: CostText };
  language: { codes: readonly string[]; interpreters: boolean };
  documents: { required: readonly DocumentKind[]; others: boolean; none: boolean };
  accessibility: { has: readonly AccessibilityKind[]; lacks: readonly AccessibilityKind[] };
  population: { groups: readonly Population[] };
}

/** What a sentence about costs says, as far as that can be told for certain. */
export type CostText = 'free' | 'by-income' | 'other';

/** All members are there, if only as undefined: objects of one shape are read several times as fast. */
export interface CostOption {
  amount: number | undefined;
  currency: string | undefined;
  says: CostText | undefined;
  from: CivilDay | undefined;
  to: CivilDay | undefined;
}

export interface FitTexts {
  fees?: string;
  interpretation?: string;
  /** Required documents that were not recognised, as the record names them. */
  documents?: string;
}

/** What is known about a client. Every member is optional; what is not told is not looked at. */
export interface ClientProfile {
  age?: number;
  /** The most that the client can pay, in the currency of the service. */
  canPay?: number;
  /** Languages in which the client can be served, any of them; codes or English names. */
  languages?: readonly string[];
  /** The documents that the client has; others are missing. */
  documents?: readonly DocumentKind[];
  /** What the client needs at the place, all of it. */
  accessibility?: readonly AccessibilityKind[];
  /** Groups that the client belongs to (true) or not (false). */
  populations?: Readonly<Partial<Record<Population, boolean>>>;
}

export const FIT_ASPECTS = ['age', 'cost', 'language', 'documents', 'accessibility', 'population'] as const;
export type FitAspect = (typeof FIT_ASPECTS)[number];

export interface Judgement {
  verdict: Verdict;
  /** In plain words, about the service alone: it repeats nothing of the profile. */
  reason: string;
}

/** The reason is put into words only where somebody reads it: verdicts are asked for by the thousand. */
interface Finding {
  verdict: Verdict;
  reason: () => string;
}

type Judge<Part> = (part: Part, client: ClientProfile, day: CivilDay, texts: FitTexts) => Finding;

const JUDGES: { [Aspect in FitAspect]: Judge<FitFacts[Aspect]> } = {
  age: judgeAge,
  cost: ({ options, fees }, { canPay = 0 }, day, texts) =>
    judgeCost({ options, ...(fees ? { fees } : {}) }, canPay, day, texts),
  language: judgeLanguage,
  documents: judgeDocuments,
  accessibility: judgeAccessibility,
  population: judgePopulation,
};

/** The aspects that a profile speaks of. */
export function aspectsOf(client: ClientProfile): FitAspect[] {
  const told: Record<FitAspect, boolean> = {
    age: client.age !== undefined,
    cost: client.canPay !== undefined,
    language: (client.languages?.length ?? 0) > 0,
    documents: client.documents !== undefined,
    accessibility: (client.accessibility?.length ?? 0) > 0,
    population: Object.keys(client.populations ?? {}).length > 0,
  };
  return FIT_ASPECTS.filter((aspect) => told[aspect]);
}

/** Holds one aspect of a client against what a service says about it. */
export function judge<Aspect extends FitAspect>(
  aspect: Aspect,
  part: FitFacts[Aspect],
  client: ClientProfile,
  day: CivilDay,
  texts: FitTexts = {},
): Judgement {
  const { verdict, reason } = (JUDGES[aspect] as Judge<FitFacts[Aspect]>)(part, client, day, texts);
  return { verdict, reason: reason() };
}

/** The same without the reason. */
export const verdictOf = <Aspect extends FitAspect>(
  aspect: Aspect,
  part: FitFacts[Aspect],
  client: ClientProfile,
  day: CivilDay,
): Verdict => (JUDGES[aspect] as Judge<FitFacts[Aspect]>)(part, client, day, {}).verdict;

/** All aspects together; a profile that tells nothing is unknown. */
export const fitVerdict = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.length === 0 ? 'unknown' : allOf(verdicts);

const says = (verdict: Verdict, reason: () => string): Finding => ({ verdict, reason });

function judgeAge({ minimum, maximum }: FitFacts['age'], { age = 0 }: ClientProfile): Finding {
  if (minimum === undefined && maximum === undefined) return says('unknown', () => 'names no ages');
  if (minimum !== undefined && age < minimum) return says('no', () => `takes people from ${minimum} years on`);
  // a maximum age of 25 includes everybody who has not yet turned 26
  if (maximum !== undefined && age >= maximum + 1) return says('no', () => `takes people up to ${maximum} years`);
  const from = minimum === undefined ? '' : ` from ${minimum} years on`;
  const to = maximum === undefined ? '' : ` up to ${maximum} years`;
  return says('yes', () => `takes people${from}${to}`);
}

/** Only a text that says so as a whole; `free consultation, then 100 an hour` is not free. */
const FREE = /^\W*(free|no (cost|charge|fees?)|free of charge|none|free to (everyone|all|the public))\W*$/i;

export function readCostText(text: string): CostText {
  if (FREE.test(text)) return 'free';
  return /sliding|income/i.test(text) ? 'by-income' : 'other';
}

/** The cheapest price of a day, and the other things that are said about costs. */
function costsOn({ options, fees }: FitFacts['cost'], day: CivilDay) {
  let cheapest: CostOption | undefined;
  let [valid, priced, free, byIncome] = [0, 0, fees === 'free', fees === 'by-income'];
  for (const option of options) {
    if ((option.from !== undefined && day < option.from) || (option.to !== undefined && day > option.to)) continue;
    valid += 1;
    if (option.says === 'free') free = true;
    if (option.says === 'by-income') byIncome = true;
    if (option.amount === undefined) continue;
    priced += 1;
    if (cheapest === undefined || option.amount < cheapest.amount!) cheapest = option;
  }
  return { cheapest, free, byIncome, onlyPrices: cheapest !== undefined && priced === valid, says: fees ?? valid > 0 };
}

function judgeCost(cost: FitFacts['cost'], canPay: number, day: CivilDay, texts: FitTexts): Finding {
  const { cheapest, free, byIncome, onlyPrices, says: isTold } = costsOn(cost, day);
  const price = (): string =>
    `costs ${[cheapest?.amount, cheapest?.currency].filter((part) => part !== undefined).join(' ')}`;
  const quoted = texts.fees ? `: “${texts.fees}”` : '';
  if (cheapest && cheapest.amount! <= canPay) return says('yes', cheapest.amount === 0 ? () => 'is free' : price);
  if (free) return says('yes', () => 'is free');
  if (byIncome) return says('unknown', () => `charges by income${quoted}`);
  if (onlyPrices) return says('no', price);
  return isTold
    ? says('unknown', () => `says about costs${quoted || ' nothing that could be compared'}`)
    : says('unknown', () => 'says nothing about costs');
}

export type CostClass = 'free' | 'paid' | 'unknown';

/** What a service costs on a day, for the list of choices. */
export function costClassOf(cost: FitFacts['cost'], day: CivilDay): CostClass {
  const { cheapest, free, byIncome, onlyPrices } = costsOn(cost, day);
  if (free || cheapest?.amount === 0) return 'free';
  return onlyPrices && !byIncome ? 'paid' : 'unknown';
}

function judgeLanguage(
  { codes, interpreters }: FitFacts['language'],
  { languages = [] }: ClientProfile,
  _: CivilDay,
  { interpretation }: FitTexts,
): Finding {
  const wanted = languages.map(languageCode);
  const common = codes.find((code) => wanted.includes(code));
  if (common) return says('yes', () => `speaks ${languageName(common)}`);
  if (interpreters)
    return says('unknown', () => `says about interpreters${interpretation ? `: “${interpretation}”` : ''}`);
  if (codes.length === 0) return says('unknown', () => 'names no languages');
  return says('no', () => `speaks ${codes.map(languageName).join(', ')} and names no interpreters`);
}

function judgeDocuments(
  { required, others, none }: FitFacts['documents'],
  { documents = [] }: ClientProfile,
  _: CivilDay,
  texts: FitTexts,
): Finding {
  const missing = required.filter((kind) => !documents.includes(kind));
  if (missing.length > 0) return says('no', () => `requires ${listed(missing)}`);
  if (others) return says('unknown', () => `requires${texts.documents ? ` “${texts.documents}”` : ' other documents'}`);
  if (required.length > 0) return says('yes', () => `requires ${listed(required)}`);
  return none
    ? says('yes', () => 'requires no documents')
    : says('unknown', () => 'does not say which documents it requires');
}

function judgeAccessibility(
  { has, lacks }: FitFacts['accessibility'],
  { accessibility: needs = [] }: ClientProfile,
): Finding {
  const absent = needs.filter((need) => lacks.includes(need) && !has.includes(need));
  if (absent.length > 0) return says('no', () => `says that it lacks ${listed(absent)}`);
  const untold = needs.filter((need) => !has.includes(need));
  return untold.length > 0
    ? says('unknown', () => `says nothing about ${listed(untold)}`)
    : says('yes', () => `names ${listed(needs)}`);
}

function judgePopulation({ groups }: FitFacts['population'], { populations = {} }: ClientProfile): Finding {
  if (groups.length === 0) return says('unknown', () => 'names no group that it is for');
  const reason = (): string => `is for ${listed(groups)}`;
  if (groups.some((group) => populations[group] === true)) return says('yes', reason);
  return says(groups.every((group) => populations[group] === false) ? 'no' : 'unknown', reason);
}

const listed = (kinds: readonly string[]): string => kinds.map((kind) => kind.replaceAll('-', ' ')).join(', ');
