import fc from 'fast-check';
import { CALIFORNIA_SOCIAL_CONTACT_CRITERIA } from '../data/presets/california-social-contact.js';
import { DEFAULT_CRITERIA, DEFAULT_RULESET } from '../data/presets/default.js';
import type { Criterion, Ruleset } from './criteria.js';
import { evaluationInForce } from './intake.js';
import { entered, submitted } from './referral.fixture.js';
import type { Entered } from './referral.js';
import { reconsider } from './what-if.js';

const ruleset = (criteria: Criterion[]): Ruleset => ({ ...DEFAULT_RULESET, version: 2, criteria });
const without = (id: string): Criterion[] => DEFAULT_CRITERIA.filter((criterion) => criterion.id !== id);
const changed = (id: string, changes: object): Criterion[] =>
  DEFAULT_CRITERIA.map((criterion) => (criterion.id === id ? ({ ...criterion, ...changes } as Criterion) : criterion));
const reconsidered = (changes: Partial<Entered>, criteria: Criterion[]) => {
  const { state } = submitted(changes);
  return reconsider(state, evaluationInForce(state), ruleset(criteria));
};

describe('what if', () => {
  const fiveGrams = { substances: [{ kind: 'heroin', grams: 5 }] };

  it.each<[string, Partial<Entered>, Criterion[], object]>([
    ['nothing changes', fiveGrams, DEFAULT_CRITERIA, { now: 'eligible', then: 'eligible', because: [] }],
    [
      'a lower limit',
      fiveGrams,
      changed('drug-amount', { value: 3 }),
      {
        now: 'eligible',
        then: 'presumptively-ineligible',
        because: [{ criterion: 'drug-amount', now: 'met', then: 'not-met' }],
      },
    ],
    [
      'a criterion less',
      { offenses: [{ nibrs: '120' }] },
      without('divertible-offense'),
      {
        now: 'presumptively-ineligible',
        then: 'eligible',
        because: [{ criterion: 'divertible-offense', now: 'not-met' }],
      },
    ],
    [
      'an override less',
      { offenses: [{ nibrs: '120' }] },
      changed('divertible-offense', { overridableBy: undefined }),
      {
        now: 'presumptively-ineligible',
        then: 'ineligible',
        because: [{ criterion: 'divertible-offense', now: 'not-met', then: 'not-met' }],
      },
    ],
    [
      'a new criterion on what nobody asked',
      {},
      [...DEFAULT_CRITERIA, CALIFORNIA_SOCIAL_CONTACT_CRITERIA[2]!],
      {
        now: 'eligible',
        then: 'information-missing',
        because: [{ criterion: 'inside-programme-area', then: 'unknown' }],
      },
    ],
    [
      'a criterion that makes no difference beside the one that does',
      { ...fiveGrams, facts: { ...entered().facts, exploitsMinors: true } },
      changed('drug-amount', { value: 3 }),
      { now: 'ineligible', then: 'ineligible', because: [] },
    ],
  ])('%s', (_, changes, criteria, expected) => {
    expect(reconsidered(changes, criteria)).toEqual(expected);
  });

  it('tells nothing of what the coordinator alone is shown, whatever the draft asks', () => {
    const order = CALIFORNIA_SOCIAL_CONTACT_CRITERIA.at(-1)!;
    fc.assert(
      fc.property(fc.constantFrom(true, false, null, undefined), fc.boolean(), fc.boolean(), (fact, before, after) => {
        const judge = (noContactOrderWithParticipant: boolean | null | undefined) => {
          const { state } = submitted({ facts: { ...submitted().state.entered.facts, noContactOrderWithParticipant } });
          const judged = reconsider(state, evaluationInForce(state), ruleset(DEFAULT_CRITERIA));
          expect(judged.because).toEqual([]);
          const criteria = (has: boolean): Criterion[] => (has ? [...DEFAULT_CRITERIA, order] : DEFAULT_CRITERIA);
          const { evaluations } = submitted({ facts: state.entered.facts }, ruleset(criteria(before))).state;
          return reconsider(state, evaluations[0]!, ruleset(criteria(after)));
        };
        expect(judge(fact)).toEqual(judge(undefined));
      }),
      { numRuns: 50 },
    );
  });
});
