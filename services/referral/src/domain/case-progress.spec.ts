import fc from 'fast-check';
import { enrol, handOff, joinCase, lapse } from './case-progress.js';
import { addInformation } from './intake.js';
import { decideReferral } from './prosecutor-decision.js';
import { isTerminal, mayGo } from './referral-status.js';
import { DEFAULT_RULESET, ID, submitted } from './referral.fixture.js';
import type { Decided, Entered } from './referral.js';

const policy = { chargeHoldDays: 30, timeZone: 'America/Denver' };
const DUE = new Date('2026-04-02T05:59:59.999Z');
const accepted = (changes: Partial<Entered> = {}): Required<Decided> => {
  const decision = { decision: 'accepted' as const, reasons: ['ok'], overrides: [], by: 'p', at: new Date() };
  const { timers = [], ...rest } = decideReferral(ID, submitted(changes).state, decision, { sealed: 'j', policy });
  return { ...rest, timers };
};
const opened = { caseId: 'c-1', openedAt: new Date('2026-03-03T15:01:00Z') };
const intake = (completedAt: Date) => ({ caseId: 'c-1', completedAt, enteredAt: new Date('2026-04-04T12:00:00Z') });
const names = (decided: Decided | undefined): string[] | undefined => decided?.events.map(({ name }) => name);

describe('hand-off', () => {
  it('follows on acceptance, once', () => {
    const decided = handOff(ID, accepted().state, opened);
    expect(decided?.state).toMatchObject({ status: 'handed-off', caseId: 'c-1' });
    expect(decided?.timers).toBeUndefined();
    expect(decided && handOff(ID, decided.state, opened)).toBeUndefined();
  });
});

describe('joining an open case', () => {
  const joined = (intakeCompleted: boolean) => ({
    caseId: 'c-1',
    joinedAt: new Date('2026-03-03T15:01:00Z'),
    intakeCompleted,
  });

  it('hands off while intake is still to come', () => {
    const { state, timers } = accepted();
    expect(joinCase(ID, state, joined(false), timers)).toEqual(handOff(ID, state, opened));
  });

  it('enrols at once, and satisfies the hold, where intake was completed before', () => {
    const { state, timers } = accepted();
    expect(joinCase(ID, state, joined(true), timers)).toMatchObject({
      state: { status: 'enrolled', caseId: 'c-1', chargeHold: { status: 'satisfied' } },
      events: [{ name: 'referral.enrolled', data: { chargeHoldSatisfied: true } }],
      timers: [],
    });
  });
});

describe('enrolment', () => {
  it('satisfies the hold in the last millisecond, though it was entered days later', () => {
    const { state, timers } = accepted();
    const decided = enrol(ID, state, intake(DUE), timers);
    expect(decided).toMatchObject({
      state: { status: 'enrolled', chargeHold: { status: 'satisfied' } },
      events: [{ name: 'referral.enrolled', data: { chargeHoldSatisfied: true } }],
      timers: [],
    });
  });

  it('does not satisfy it a millisecond later, and tells the lapse that nobody had noticed', () => {
    const { state, timers } = accepted();
    const decided = enrol(ID, state, intake(new Date(DUE.getTime() + 1)), timers);
    expect(names(decided)).toEqual(['referral.hold-lapsed', 'referral.enrolled']);
    expect(decided).toMatchObject({
      state: { status: 'enrolled', chargeHold: { status: 'lapsed' }, review: 'charge-hold-lapsed' },
      timers: [],
    });
    expect(decided?.events[1]?.data).toMatchObject({ chargeHoldSatisfied: false });
  });

  it('takes a lapse back when it turns out to have happened in time', () => {
    const { state, timers } = accepted();
    const lapsed = lapse(ID, state, new Date(DUE.getTime() + 1), timers);
    const decided = enrol(ID, lapsed.state, intake(new Date('2026-04-01T12:00:00Z')), []);
    expect(names(decided)).toEqual(['referral.enrolled']);
    expect(decided?.state.chargeHold?.status).toBe('satisfied');
    expect(decided?.state).not.toHaveProperty('review');
  });

  it('tells a lapse once', () => {
    const { state, timers } = accepted();
    const lapsed = lapse(ID, state, new Date(DUE.getTime() + 1), timers);
    const decided = enrol(ID, lapsed.state, intake(new Date(DUE.getTime() + 1)), []);
    expect(names(decided)).toEqual(['referral.enrolled']);
    expect(decided?.state.review).toBe('charge-hold-lapsed');
  });

  it('has nothing to say about a hold on a social contact', () => {
    const { state } = accepted({ pathway: 'social-contact' });
    const decided = enrol(ID, state, intake(DUE), []);
    expect(decided?.events[0]?.data).not.toHaveProperty('chargeHoldSatisfied');
  });

  it.each(['withdrawn', 'closed'] as const)('changes nothing on a referral that is %s', (status) => {
    expect(enrol(ID, { ...accepted().state, status }, intake(DUE), [])).toBeUndefined();
    expect(handOff(ID, { ...accepted().state, status }, opened)).toBeUndefined();
  });
});

describe('the charge hold', () => {
  it('lapses into a review and nothing else', () => {
    const { state, timers } = accepted();
    const now = new Date(DUE.getTime() + 1);
    const decided = lapse(ID, state, now, timers);
    expect(names(decided)).toEqual(['referral.hold-lapsed']);
    expect(decided.timers).toEqual([]);
    const { chargeHold, review, ...rest } = decided.state;
    const { chargeHold: _before, ...same } = state;
    expect(rest).toEqual(same);
    expect({ chargeHold, review }).toMatchObject({
      chargeHold: { dueAt: DUE, status: 'lapsed' },
      review: 'charge-hold-lapsed',
    });
  });

  it('does not lapse before its time, nor when it is satisfied', () => {
    const { state, timers } = accepted();
    expect(lapse(ID, state, DUE, timers).events).toEqual([]);
    const enrolled = enrol(ID, state, intake(DUE), timers)!.state;
    expect(lapse(ID, enrolled, new Date('2027-01-01'), []).events).toEqual([]);
  });
});

describe('any course of a referral', () => {
  const start = fc.record({
    pathway: fc.constantFrom('arrest-diversion' as const, 'social-contact' as const),
    ageAtEvent: fc.constantFrom(17, 40),
    facts: fc.record({
      dealingBeyondSubsistence: fc.constantFrom(true, false, null),
      exploitsMinors: fc.constantFrom(false, null),
      promotesProstitution: fc.constant(false),
      disqualifyingHistory: fc.constantFrom(true, false, null),
    }),
  });
  const steps = fc.array(
    fc.tuple(
      fc.constantFrom('information', 'accept', 'override', 'decline', 'hand-off', 'enrol', 'lapse'),
      fc.date({ min: new Date('2026-03-03'), max: new Date('2026-05-01'), noInvalidDate: true }),
    ),
    { maxLength: 12 },
  );

  it('keeps to the state table, ends with a reason, files nothing, and lets the prosecutor alone accept', () => {
    fc.assert(
      fc.property(start, steps, (changes, course) => {
        let { state } = submitted(changes);
        let timers: { name: string; dueAt: Date }[] = [];
        for (const [step, now] of course) {
          const by = { by: 'p', at: now };
          const overrides = step === 'override' ? [{ criterion: 'no-disqualifying-history', reason: 'x' }] : [];
          let decided: Decided | undefined;
          try {
            if (step === 'information')
              decided = addInformation(ID, state, { ...by, facts: { exploitsMinors: false } }, DEFAULT_RULESET);
            else if (step === 'hand-off') decided = handOff(ID, state, opened);
            else if (step === 'enrol') decided = enrol(ID, state, intake(now), timers);
            else if (step === 'lapse') decided = lapse(ID, state, now, timers);
            else {
              const decision = step === 'decline' ? ('declined' as const) : ('accepted' as const);
              decided = decideReferral(
                ID,
                state,
                { ...by, decision, reasons: ['r'], overrides },
                { sealed: 'j', policy },
              );
            }
          } catch (error) {
            expect((error as { name: string }).name).toBe('Refusal');
          }
          if (!decided) continue;
          if (decided.state.status !== state.status) expect(mayGo(state.status, decided.state.status)).toBe(true);
          if (step === 'lapse') expect(decided.state.status).toBe(state.status);
          ({ state } = decided);
          timers = decided.timers ?? timers;
          expect(state.outcomeReason !== undefined).toBe(isTerminal(state.status));
          expect(state.review !== undefined).toBe(state.chargeHold?.status === 'lapsed');
          expect(timers.length > 0).toBe(state.chargeHold?.status === 'open');
          if (['accepted', 'handed-off', 'enrolled'].includes(state.status)) {
            expect(state.decision?.decision).toBe('accepted');
            expect(state.entered.ageAtEvent).toBe(40);
          }
        }
      }),
      { numRuns: 400 },
    );
  });
});
