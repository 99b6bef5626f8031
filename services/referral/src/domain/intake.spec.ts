import { addInformation, evaluationInForce } from './intake.js';
import { DEFAULT_RULESET, entered, ID, submitted } from './referral.fixture.js';
import type { Entered, Information, ReferralState } from './referral.js';

const clean = entered().facts;
const later = (known: Partial<Information>): Information => ({
  by: 'persona:officer',
  at: new Date('2026-03-03T09:00:00Z'),
  ...known,
});
const add = (state: ReferralState, known: Partial<Information>) =>
  addInformation(ID, state, later(known), DEFAULT_RULESET);

describe('submitting', () => {
  it.each<[string, Partial<Entered>, string, string]>([
    ['all criteria met', {}, 'pending-decision', 'eligible'],
    [
      'a presumptive one not met',
      { substances: [{ kind: 'heroin', grams: 7 }] },
      'pending-decision',
      'presumptively-ineligible',
    ],
    ['an amount that nobody weighed', { offenses: [{ nibrs: '35A' }] }, 'pending-decision', 'presumptively-ineligible'],
    [
      'a hard one that may be overridden',
      { offenses: [{ nibrs: '120' }] },
      'pending-decision',
      'presumptively-ineligible',
    ],
    ['a hard one not met', { facts: { ...clean, exploitsMinors: true } }, 'ineligible', 'ineligible'],
    ['a hard one unknown', { facts: {} }, 'awaiting-information', 'information-missing'],
  ])('%s', (_, changes, status, outcome) => {
    const { state, events } = submitted(changes);
    expect(state.status).toBe(status);
    expect(events.map(({ name }) => name)).toEqual(['referral.submitted', 'referral.evaluated']);
    expect(events[1]?.data).toMatchObject({ outcome, rulesetId: 'default', rulesetVersion: 1 });
    expect(state.outcomeReason).toBe(status === 'ineligible' ? 'criteria-not-met' : undefined);
  });

  it('says no name, no place and no number in its events', () => {
    const { events } = submitted();
    expect(Object.keys(events[0]!.data).sort()).toEqual(
      ['agencyId', 'district', 'enteredAt', 'occurredAt', 'offenses', 'officerId', 'pathway', 'referralId'].sort(),
    );
  });

  it('records who does not agree at the scene, whatever the criteria say, and sends them to no prosecutor', () => {
    for (const changes of [{}, { facts: {} }, { ageAtEvent: 17 }]) {
      const { state } = submitted({ ...changes, personAgrees: false });
      expect(state).toMatchObject({ status: 'declined-by-person', outcomeReason: 'declined-at-the-scene' });
      expect(state.review).toBeUndefined();
      expect(state.quarantine).toBeUndefined();
    }
  });
});

describe('further information', () => {
  it('answers what was open, and is judged again', () => {
    const { state: waiting } = submitted({ facts: { ...clean, disqualifyingHistory: null, exploitsMinors: null } });
    const { state: still } = add(waiting, { facts: { exploitsMinors: false } });
    expect(still.status).toBe('awaiting-information');
    const { state, events } = add(still, { facts: { disqualifyingHistory: false } });
    expect(state.status).toBe('pending-decision');
    expect(events).toMatchObject([{ name: 'referral.evaluated', data: { outcome: 'eligible' } }]);
    expect(state.evaluations.map(({ outcome }) => outcome)).toEqual([
      'information-missing',
      'information-missing',
      'eligible',
    ]);
    expect(evaluationInForce(state).outcome).toBe('eligible');
    expect(state.entered).toBe(waiting.entered);
  });

  it('may exclude', () => {
    const { state } = add(submitted({ facts: { ...clean, exploitsMinors: null } }).state, {
      facts: { exploitsMinors: true },
    });
    expect(state).toMatchObject({ status: 'ineligible', outcomeReason: 'criteria-not-met' });
  });

  it('may weigh the drugs later', () => {
    const { state } = submitted({ offenses: [{ nibrs: '35A' }], facts: { ...clean, disqualifyingHistory: null } });
    const known = add(state, { substances: [{ kind: 'heroin', grams: 1 }], facts: { disqualifyingHistory: false } });
    expect(known.events[0]?.data).toMatchObject({ outcome: 'eligible' });
  });

  it('may take back what was said', () => {
    const waiting = submitted({ facts: { ...clean, disqualifyingHistory: null } }).state;
    const { state } = add(waiting, { facts: { disqualifyingHistory: false, exploitsMinors: null } });
    expect(state.status).toBe('awaiting-information');
  });

  it('edge 12: stops it by a no-contact order under any ruleset, also while it waits for its decision', () => {
    const order = { facts: { noContactOrderWithParticipant: true } };
    for (const before of [submitted(), submitted({ facts: {} })]) {
      const { state, events } = add(before.state, order);
      expect(state).toMatchObject({ status: 'ineligible', outcomeReason: 'criteria-not-met' });
      expect(evaluationInForce(state).criteria.at(-1)).toMatchObject({ verdict: 'not-met', shownTo: 'coordinator' });
      expect(JSON.stringify(events)).not.toMatch(/no-?contact/i);
    }
    for (const known of [false, null])
      expect(() => add(submitted().state, { facts: { noContactOrderWithParticipant: known } })).toThrow(
        /cannot become/,
      );
    const none = add(submitted({ facts: { ...clean, disqualifyingHistory: null } }).state, {
      facts: { disqualifyingHistory: false, noContactOrderWithParticipant: false },
    });
    expect(none.state.status).toBe('pending-decision');
  });

  it('is refused where none is awaited, and without end', () => {
    expect(() => add(submitted().state, { facts: clean })).toThrow(/pending-decision cannot become awaiting/);
    let { state } = submitted({ facts: {} });
    for (let count = 0; count < 50; count += 1) state = add(state, { facts: { exploitsMinors: false } }).state;
    expect(() => add(state, { facts: { exploitsMinors: false } })).toThrow(/50 additions/);
  });
});
