import fc from 'fast-check';
import { Refusal } from '@throughline/shared/domain';
import {
  assertCaseTransition,
  CASE_STATES,
  CASE_TRANSITIONS,
  hasEnded,
  isOpen,
  type CaseStateName,
} from './case-states.js';

const EARLY = ['moved', 'deceased', 'declined', 'ineligible-by-prosecutor'];
/** Written out once more, so that a change of the table has to be meant. */
const EXPECTED: Record<CaseStateName, string[]> = {
  opened: ['contacted', ...EARLY, 'merged'],
  contacted: ['intake-completed', ...EARLY, 'merged'],
  'intake-completed': ['active', 'transitioned', ...EARLY, 'merged'],
  active: ['transitioned', ...EARLY, 'merged'],
  transitioned: ['opened', 'active'],
  moved: ['opened', 'active'],
  deceased: ['opened', 'active'],
  declined: ['opened', 'active'],
  'ineligible-by-prosecutor': ['opened', 'active'],
  merged: ['opened', 'contacted', 'intake-completed', 'active'],
};

const pairs = CASE_STATES.flatMap((from) => CASE_STATES.map((to) => [from, to] as const));

describe('the states of a case', () => {
  it.each(pairs)('%s to %s', (from, to) => {
    const attempt = (): void => assertCaseTransition(from, to);
    if (EXPECTED[from].includes(to)) return expect(attempt).not.toThrow();
    expect(attempt).toThrow(
      expect.objectContaining({
        kind: 'conflict',
        code: 'transition-not-allowed',
        details: { extra: { state: from, allowed: EXPECTED[from] } },
      }),
    );
  });

  it('has no state for how engaged somebody is', () => {
    expect(CASE_STATES.filter((state) => /engag|wind|inactive|low|complian|terminat/.test(state))).toEqual([]);
  });

  it('ends in exactly the five ways, each of which can be undone', () => {
    expect(CASE_STATES.filter(hasEnded)).toEqual([
      'transitioned',
      'moved',
      'deceased',
      'declined',
      'ineligible-by-prosecutor',
    ]);
  });

  it('serves somebody in four states: neither where it has ended, nor where it rests in another case', () => {
    expect(CASE_STATES.filter(isOpen)).toEqual(CASE_STATES.filter((state) => !hasEnded(state) && state !== 'merged'));
    expect(CASE_STATES.filter(isOpen)).toHaveLength(4);
  });

  it('never leads into a dead end, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 40 }), (choices) => {
        let state: CaseStateName = 'opened';
        for (const choice of choices) {
          const allowed: readonly CaseStateName[] = CASE_TRANSITIONS[state];
          state = allowed[choice % allowed.length]!;
          expect(CASE_TRANSITIONS[state].length).toBeGreaterThan(0);
          expect(() => assertCaseTransition(state, state)).toThrow(Refusal);
        }
      }),
    );
  });
});
