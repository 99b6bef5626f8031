import { confirmAge, correctBirthDate } from './age-review.js';
import { addInformation } from './intake.js';
import { DEFAULT_RULESET, entered, ID, submitted } from './referral.fixture.js';
import { worklistEntry } from './worklist.js';

const AT = new Date('2026-03-04T10:00:00Z');
const looked = { evidence: 'identity-document', by: 'persona:coordinator', at: AT };
const minor = () => submitted({ ageAtEvent: 17 });
const correct = (ageAtEvent: number, state = minor().state) =>
  correctBirthDate(ID, state, { ageAtEvent, confidential: 'corrected', blindKeys: ['other'] }, looked, DEFAULT_RULESET);

describe('edge case 23: a minor, or a false age', () => {
  it('is quarantined and told, and not rejected silently', () => {
    const { state, events } = minor();
    expect(state).toMatchObject({ status: 'awaiting-information', quarantine: { reason: 'under-age' } });
    expect(events.map(({ name }) => name)).toEqual([
      'referral.submitted',
      'referral.evaluated',
      'referral.quarantined',
    ]);
    expect(worklistEntry(state)).toMatchObject({ flags: ['quarantined'], order: expect.stringMatching(/^0\|/) });
    expect(submitted({ ageAtEvent: 18 }).state.quarantine).toBeUndefined();
  });

  it('waits whatever else is said, also what would exclude by itself', () => {
    for (const facts of [entered().facts, { ...entered().facts, exploitsMinors: true }]) {
      const information = { by: 'persona:officer', at: AT, facts };
      expect(addInformation(ID, minor().state, information, DEFAULT_RULESET).state.status).toBe('awaiting-information');
    }
  });

  it('ends with its reason when the age is confirmed', () => {
    const { state, events } = confirmAge(ID, minor().state, looked, DEFAULT_RULESET);
    expect(state).toMatchObject({
      status: 'ineligible',
      outcomeReason: 'under-age',
      quarantine: { ended: { resolution: 'age-confirmed', evidence: 'identity-document', by: 'persona:coordinator' } },
    });
    expect(events).toMatchObject([
      { name: 'referral.evaluated', data: { outcome: 'ineligible' } },
      { name: 'referral.quarantine-ended', data: { resolution: 'age-confirmed' } },
    ]);
  });

  it('is judged again by the right birth date, and what the officer entered stays', () => {
    const { state, events } = correct(27);
    expect(state).toMatchObject({
      status: 'pending-decision',
      confidential: 'corrected',
      entered: { ageAtEvent: 17 },
      information: [{ by: 'persona:coordinator', ageAtEvent: 27 }],
    });
    expect(state.evaluations.at(-1)?.facts['ageAtEvent']).toBe(27);
    expect(events.map(({ name }) => name)).toEqual(['referral.evaluated', 'referral.quarantine-ended']);
    expect(worklistEntry(state).flags).toEqual([]);
  });

  it('stays where it is when the other date is under age too, and is reviewed once', () => {
    expect(() => correct(17)).toThrow(/under age by this date as well/);
    const { state } = correct(27);
    expect(() => correct(28, state)).toThrow(/not in doubt/);
    expect(() => confirmAge(ID, submitted().state, looked, DEFAULT_RULESET)).toThrow(/not in doubt/);
  });
});
