import { startOfWindow, isCalendarDate, type Window } from './calendar-window.js';
import { COORDINATORS_FACTS } from './fact-catalogue.js';
import { sentenceOf } from './plain-words.js';

/** What is known about a referral. An absent fact is unknown. Lists hold dates (`YYYY-MM-DD`) of what happened. */
export type FactValue = boolean | number | string | readonly string[];
export type Facts = Readonly<Record<string, FactValue | null | undefined>>;

export type Verdict = 'met' | 'not-met' | 'unknown';

/** Who may accept a person although a hard criterion is not met. */
export type Overrider = 'prosecutor';

interface CriterionBase {
  id: string;
  /** Name of the fact that it looks at. */
  fact: string;
  /** `hard` excludes; `presumptive` is a flag for the prosecutor. */
  severity: 'hard' | 'presumptive';
  /** Absent: nobody may override it. Says nothing on a presumptive criterion, which excludes nobody. */
  overridableBy?: Overrider;
  /**
   * Plain words for each verdict. `{fact}` stands for what was found, `{value}` for what is asked for, `{window}` for
   * the length of a window and `{since}` for its first day.
   */
  sentences: { met: string; notMet: string; unknown: string };
}

/** One rule, as the prosecutor's office writes it: met means that nothing stands in the way. */
export type Criterion = CriterionBase &
  (
    | { operator: 'equals'; value: boolean | number | string }
    | { operator: 'at-least' | 'at-most'; value: number }
    | { operator: 'one-of'; value: string[] }
    /** Met when none of the dates lies in the window, or when at least one does. */
    | { operator: 'none-within' | 'some-within'; window: Window }
  );

/** A published set of criteria. It never changes; another version follows it. */
export interface Ruleset {
  id: string;
  version: number;
  title: string;
  /** ISO 8601 with `Z`: referrals first judged from then on are judged by it. */
  effectiveFrom: string;
  criteria: Criterion[];
}

export interface CriterionResult {
  id: string;
  verdict: Verdict;
  severity: 'hard' | 'presumptive';
  overridableBy?: Overrider;
  /** Nobody else is told that this was looked at, nor what it came to. */
  shownTo?: 'coordinator';
  /** The verdict in plain words. */
  sentence: string;
}

/**
 * What the criteria come to. `eligible`: every one is met. `presumptively-ineligible`: the prosecutor decides, and sees
 * what stands in the way. `ineligible`: a hard criterion that nobody may override is certainly not met.
 * `information-missing`: it is not known whether a hard criterion is met.
 */
export type EligibilityOutcome = 'eligible' | 'presumptively-ineligible' | 'ineligible' | 'information-missing';

export interface Evaluation {
  rulesetId: string;
  rulesetVersion: number;
  outcome: EligibilityOutcome;
  criteria: CriterionResult[];
  /** The facts that the criteria looked at, as far as they were known. */
  facts: Record<string, FactValue>;
  /** The day that windows were counted back from. Absent on results older than windows by the calendar of a site. */
  asOf?: string;
}

/**
 * Applies a ruleset. The result depends on nothing but the three arguments, so that it can be shown again years later.
 * @param asOf the day `YYYY-MM-DD` that windows are counted back from: that of the event, in the zone of the site
 */
export function evaluate(ruleset: Ruleset, facts: Facts, asOf: string): Evaluation {
  const criteria = ruleset.criteria.map((criterion): CriterionResult => {
    const verdict = verdictOf(criterion, facts, asOf);
    const { id, severity, overridableBy } = criterion;
    return {
      id,
      verdict,
      severity,
      ...(overridableBy && { overridableBy }),
      ...(COORDINATORS_FACTS.has(criterion.fact) && { shownTo: 'coordinator' }),
      sentence: sentenceOf(criterion, verdict, known(facts, criterion.fact), asOf),
    };
  });
  const used: Record<string, FactValue> = {};
  for (const { fact } of ruleset.criteria) {
    const value = known(facts, fact);
    if (value !== undefined) used[fact] = value;
  }
  return {
    rulesetId: ruleset.id,
    rulesetVersion: ruleset.version,
    outcome: outcomeOf(criteria),
    criteria,
    facts: used,
    asOf,
  };
}

/**
 * An unknown never passes: on a hard criterion it waits for information, on a presumptive one the presumption stands
 * until the prosecutor has looked at it. A certain exclusion comes first, since no information could change it.
 */
export function outcomeOf(criteria: readonly CriterionResult[]): EligibilityOutcome {
  const hard = criteria.filter(({ severity }) => severity === 'hard');
  if (hard.some(({ verdict, overridableBy }) => verdict === 'not-met' && !overridableBy)) return 'ineligible';
  if (hard.some(({ verdict }) => verdict === 'unknown')) return 'information-missing';
  return criteria.every(({ verdict }) => verdict === 'met') ? 'eligible' : 'presumptively-ineligible';
}

/**
 * The version that judges what is entered at a time: of those in effect the one that took effect last, and of two that
 * did so together the later version. Undefined before the first one.
 */
export function rulesetInForce<Version extends Pick<Ruleset, 'version' | 'effectiveFrom'>>(
  versions: readonly Version[],
  at: Date,
): Version | undefined {
  let latest: { version: Version; from: number } | undefined;
  for (const version of versions) {
    const from = Date.parse(version.effectiveFrom);
    if (!(from <= at.getTime())) continue;
    const isLater = !latest || from > latest.from || (from === latest.from && version.version > latest.version.version);
    if (isLater) latest = { version, from };
  }
  return latest?.version;
}

function verdictOf(criterion: Criterion, facts: Facts, asOf: string): Verdict {
  const fact = known(facts, criterion.fact);
  if (fact === undefined) return 'unknown';
  const holds = comparison(criterion, fact, asOf);
  return holds === undefined ? 'unknown' : holds ? 'met' : 'not-met';
}

/** Undefined where the fact is not of the kind that the operator compares: what cannot be judged is not known. */
function comparison(criterion: Criterion, fact: FactValue, asOf: string): boolean | undefined {
  switch (criterion.operator) {
    case 'equals':
      return typeof fact === typeof criterion.value ? fact === criterion.value : undefined;
    case 'at-least':
      return typeof fact === 'number' && Number.isFinite(fact) ? fact >= criterion.value : undefined;
    case 'at-most':
      return typeof fact === 'number' && Number.isFinite(fact) ? fact <= criterion.value : undefined;
    case 'one-of':
      return typeof fact === 'string' ? criterion.value.includes(fact) : undefined;
    case 'none-within':
    case 'some-within': {
      if (typeof fact !== 'object' || !fact.every(isCalendarDate)) return undefined;
      const start = startOfWindow(asOf, criterion.window);
      const some = fact.some((date) => start <= date && date <= asOf);
      return criterion.operator === 'some-within' ? some : !some;
    }
  }
}

const known = (facts: Facts, name: string): FactValue | undefined =>
  Object.hasOwn(facts, name) ? (facts[name] ?? undefined) : undefined;
