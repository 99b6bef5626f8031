import { OFFENSE_CODES } from '../data/offense-codes.js';
import type { Facts, FactValue } from './criteria.js';
import type { Entered, Information, Offense, ReportedFacts, Substance } from './referral.js';

const byCode = new Map(OFFENSE_CODES.map((offense) => [offense.code, offense]));

/** Not weighed against the limit: the amount criterion of the default site makes an exception for them. */
export const PILLS = 'pills';

/**
 * What is known of a referral for the criteria, from what was entered and what was added later.
 * @param information in the order in which it came; a later fact stands in for an earlier one, also one that says
 *   that it is not known after all
 */
export function factsOf(
  entered: Pick<Entered, 'offenses' | 'substances' | 'facts' | 'ageAtEvent' | 'basisOfBelief'>,
  information: readonly Pick<Information, 'facts' | 'substances' | 'ageAtEvent'>[] = [],
): Facts {
  const reported = reportedFacts(entered, information);
  const substances = information.reduce((known, { substances: later }) => later ?? known, entered.substances);
  // of one shape, see ADR 13
  const facts: Record<string, FactValue | null | undefined> = {};
  return Object.assign(facts, reported, {
    ageAtEvent: information.reduce((known, { ageAtEvent: later }) => later ?? known, entered.ageAtEvent),
    basisOfBelief: entered.basisOfBelief,
    everyOffenseDiverted: entered.offenses.every(({ nibrs }) => byCode.get(nibrs)?.diverted === true),
    drugGrams: drugGrams(entered.offenses, substances),
    // who is held for promoting prostitution is not asked whether they do
    promotesProstitution: entered.offenses.some(({ nibrs }) => nibrs === '40B') || reported.promotesProstitution,
  });
}

/** What was said last of each fact. */
export const reportedFacts = (
  { facts }: Pick<Entered, 'facts'>,
  information: readonly Pick<Information, 'facts'>[],
): ReportedFacts =>
  information.length === 0 ? facts : Object.assign({}, facts, ...information.map((later) => later.facts));

/** Nothing said about substances: unknown on an offense that drugs are recorded for, none on any other. */
function drugGrams(offenses: readonly Offense[], substances: readonly Substance[] | undefined): number | undefined {
  if (!substances) return offenses.some(({ nibrs }) => byCode.get(nibrs)?.drugsRecorded) ? undefined : 0;
  const milligrams = substances
    .filter(({ kind }) => kind !== PILLS)
    .reduce((sum, { grams }) => sum + Math.round(grams * 1000), 0);
  return milligrams / 1000;
}

/** The day that windows are counted back from. */
export const dayOfEvent = ({ occurredOn, occurredAt }: Pick<Entered, 'occurredOn' | 'occurredAt'>): string =>
  occurredOn ?? occurredAt.toISOString().slice(0, 10);
