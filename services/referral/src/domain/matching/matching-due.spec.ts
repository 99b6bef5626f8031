import { correctBirthDate } from '../age-review.js';
import { erasePerson } from '../erasure.js';
import { judge, withdraw } from '../person-links.js';
import { accepted, DEFAULT_RULESET, handedOff, ID, submitted } from '../referral.fixture.js';
import type { ReferralState } from '../referral.js';
import { leave } from '../side-exits.js';

const by = 'persona:coordinator';
const at = new Date('2026-03-05T16:00:00Z');
const OTHER = '0b8f6b52-6a0e-5c7e-9c7e-2f0d5f3e9a02';
const link = { referralId: OTHER, verdict: 'same-person' as const, by, at };
const looked = { evidence: 'identity-document', by, at };

/** Whose candidates were looked for. */
function settled<State extends ReferralState>(state: State): State {
  const { matchingDue: _done, ...rest } = state;
  return rest as State;
}

describe('others of the same person', () => {
  const known = settled(submitted().state);
  const changes: Record<string, () => ReferralState> = {
    'when a referral comes in': () => submitted().state,
    'when it is said that two are the same': () => judge(ID, known, link, ID).state,
    'when it is said that they are not': () => judge(ID, known, { ...link, verdict: 'different-people' }, ID).state,
    'when that is taken back': () => withdraw(ID, { ...known, links: [link] }, OTHER, { by, at }).state,
    'when the person is erased': () =>
      erasePerson(ID, settled(handedOff().state), { by, at, reason: 'court-order' }).state,
    'when it turns out to be a duplicate': () =>
      leave(ID, known, { to: 'duplicate', reason: 'entered-twice', by, at }, [], { duplicateOf: OTHER }).state,
    'when it was entered in error': () =>
      leave(ID, known, { to: 'entered-in-error', reason: 'wrong-person', by, at }, []).state,
    'when the birth date was wrong': () => {
      const minor = settled(submitted({ ageAtEvent: 17 }).state);
      return correctBirthDate(ID, minor, { ageAtEvent: 27, confidential: 'c' }, looked, DEFAULT_RULESET).state;
    },
  };

  it.each(Object.keys(changes))('are looked for %s', (change) => {
    expect(changes[change]!().matchingDue).toBe(true);
  });

  it('are not looked for again where nothing changes who may be meant', () => {
    const withdrawn = leave(ID, settled(accepted().state), { to: 'withdrawn', reason: 'reconsidered', by, at }, []);
    expect(withdrawn.state.matchingDue).toBeUndefined();
    expect(judge(ID, { ...known, links: [link] }, link, ID).state.matchingDue).toBeUndefined();
  });
});
