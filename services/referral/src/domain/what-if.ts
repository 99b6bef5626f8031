import {
  outcomeOf,
  type CriterionResult,
  type EligibilityOutcome,
  type Evaluation,
  type Ruleset,
  type Verdict,
} from './criteria.js';
import { judge, type Judgeable } from './intake.js';

/** A criterion that stands in the way on one side and not, or not like that, on the other. */
export interface Flip {
  criterion: string;
  /** Absent where that side has no such criterion. */
  now?: Verdict;
  then?: Verdict;
}

export interface Reconsidered {
  /** What the referral's own version came to. */
  now: EligibilityOutcome;
  /** What the other ruleset would come to, on all that is known today. */
  then: EligibilityOutcome;
  /** Why they differ; empty where they do not. */
  because: Flip[];
}

/**
 * Judges a past referral by another ruleset, as of the day of its event. Criteria that are shown to the coordinator
 * alone are left out on both sides: whoever could try drafts on them would learn who has such an order.
 */
export function reconsider(state: Judgeable, judged: Evaluation, ruleset: Ruleset): Reconsidered {
  const before = open(judged.criteria);
  const after = open(judge(state, ruleset).criteria);
  const now = outcomeOf(before);
  const then = outcomeOf(after);
  return { now, then, because: now === then ? [] : flips(before, after) };
}

const open = (results: readonly CriterionResult[]): CriterionResult[] => results.filter(({ shownTo }) => !shownTo);

function flips(before: readonly CriterionResult[], after: readonly CriterionResult[]): Flip[] {
  const ids = new Set([...before, ...after].map(({ id }) => id));
  return [...ids].flatMap((criterion): Flip[] => {
    const now = before.find(({ id }) => id === criterion);
    const then = after.find(({ id }) => id === criterion);
    if (weightOf(now) === weightOf(then)) return [];
    return [{ criterion, ...(now && { now: now.verdict }), ...(then && { then: then.verdict }) }];
  });
}

/** How it stands in the way; two of equal weight make the same difference to an outcome. */
function weightOf(result: CriterionResult | undefined): string {
  if (!result || result.verdict === 'met') return 'none';
  const { verdict, severity, overridableBy } = result;
  return severity === 'presumptive' ? severity : `${verdict} ${verdict === 'not-met' ? (overridableBy ?? '') : ''}`;
}
