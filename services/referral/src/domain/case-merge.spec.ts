import { closeWithCase } from './case-end.js';
import { moveBackToCase, moveToCase } from './case-merge.js';
import { enrol, handOff, lapse } from './case-progress.js';
import { resolveHold } from './charge-hold.js';
import { decideReferral } from './prosecutor-decision.js';
import { REFERRAL_STATUSES } from './referral-status.js';
import { ID, submitted } from './referral.fixture.js';
import type { Decided, ReferralState } from './referral.js';

const day = (date: number): Date => new Date(Date.UTC(2026, 2, date, 15));
const policy = { chargeHoldDays: 30, timeZone: 'America/Denver', warnings: [10, 3] };
const decision = { decision: 'accepted' as const, reasons: ['ok'], overrides: [], by: 'p', at: day(3) };
const accepted = decideReferral(ID, submitted().state, decision, { sealed: 'j', policy });
const timers = accepted.timers ?? [];
const handedOff = handOff(ID, accepted.state, { caseId: 'own', openedAt: day(4) })!.state;
const enrolled = enrol(ID, handedOff, { caseId: 'own', completedAt: day(5), enteredAt: day(5) }, timers)!;

const into = { caseId: 'other', fromCaseId: 'own', at: day(8) };
const back = { caseId: 'own', fromCaseId: 'other', at: day(10) };
const names = (decided: Decided | undefined) => decided?.events.map(({ name }) => name);
const merged = (state: ReferralState, intakeCompletedAt?: Date) =>
  moveToCase(ID, state, { ...into, ...(intakeCompletedAt && { intakeCompletedAt }) }, timers)!;

describe('a referral whose case was merged into another one', () => {
  it('is served there, and tells how it stands', () => {
    const decided = merged(handedOff);
    expect(decided.state).toEqual({ ...handedOff, caseId: 'other' });
    expect(decided.events).toEqual([
      {
        name: 'referral.moved-to-case',
        data: {
          referralId: ID,
          fromCaseId: 'own',
          caseId: 'other',
          status: 'handed-off',
          chargeHold: 'open',
          movedAt: day(8).toISOString(),
        },
      },
    ]);
    expect(moveToCase(ID, decided.state, into, timers)).toBeUndefined();
  });

  it.each([
    ['after the hand-off, at its time', day(6), day(6)],
    ['before it, at the time of the hand-off', day(1), day(4)],
  ])('is enrolled where intake was completed there %s', (_when, completedAt, enrolledAt) => {
    const decided = merged(handedOff, completedAt);
    expect(names(decided)).toEqual(['referral.moved-to-case', 'referral.enrolled']);
    expect(decided.state).toMatchObject({ status: 'enrolled', caseId: 'other', enrolledAt });
    expect(decided.state.chargeHold?.status).toBe('satisfied');
    expect(decided.timers).toEqual([]);
  });

  it('keeps its own enrolment, and its own end', () => {
    expect(merged(enrolled.state, day(6)).state).toEqual({ ...enrolled.state, caseId: 'other' });
    const closed = closeWithCase(ID, enrolled.state, { caseId: 'own', as: 'moved', at: day(6) }, [])!.state;
    expect(merged(closed, day(6)).state).toEqual({ ...closed, caseId: 'other' });
  });

  it.each(REFERRAL_STATUSES.filter((status) => !['handed-off', 'enrolled', 'closed'].includes(status)))(
    'stays as it is when it is %s',
    (status) => {
      expect(moveToCase(ID, { ...handedOff, status }, into, timers)).toBeUndefined();
      expect(moveBackToCase(ID, { ...handedOff, status, caseId: 'other' }, back, timers)).toBeUndefined();
    },
  );
});

describe('a wrong merge that is taken back', () => {
  it('leaves a referral as it was before', () => {
    expect(moveBackToCase(ID, merged(handedOff).state, back, timers)).toMatchObject({ state: handedOff, timers });
    const own = { ...back, intakeCompletedAt: day(5) };
    expect(moveBackToCase(ID, merged(enrolled.state, day(6)).state, own, [])?.state).toEqual(enrolled.state);
    expect(moveBackToCase(ID, handedOff, back, timers)).toBeUndefined();
  });

  it('takes an enrolment by the intake of somebody else back: the charge is held again, and is warned of', () => {
    const decided = moveBackToCase(ID, merged(handedOff, day(6)).state, back, []);
    expect(decided?.state).toEqual(handedOff);
    expect(decided?.events).toMatchObject([{ data: { status: 'handed-off', chargeHold: 'open', caseId: 'own' } }]);
    expect(decided?.timers).toEqual(timers);
    // long after the end of the hold, its lapse is told at once
    const late = moveBackToCase(ID, merged(handedOff, day(6)).state, { ...back, at: day(60) }, [])!;
    expect(late.timers?.find(({ name }) => name === 'charge-hold')?.dueAt.getTime()).toBeLessThan(day(60).getTime());
    expect(names(lapse(ID, late.state, day(60), late.timers ?? []))).toEqual(['referral.hold-lapsed']);
  });

  it('keeps what the prosecutor said of the hold meanwhile', () => {
    const resolution = { resolution: 'satisfied' as const, reason: 'release-refused' as const, by: 'p', at: day(9) };
    const settled = resolveHold(ID, merged(handedOff).state, resolution, timers).state;
    const decided = moveBackToCase(ID, settled, back, []);
    expect(decided?.state.chargeHold).toEqual(settled.chargeHold);
    expect(decided?.timers).toEqual([]);
  });

  it('goes on where it had ended with the case of somebody else, and is closed where a person closed it', () => {
    const ended = { caseId: 'other', as: 'deceased' as const, at: day(9) };
    const closed = closeWithCase(ID, merged(handedOff, day(6)).state, ended, [])!.state;
    expect(moveBackToCase(ID, closed, back, [])?.state).toEqual({ ...handedOff, exits: [] });
    const byHand = { ...closed, exits: [{ to: 'closed' as const, reason: 'services-ended', by: 'c', at: day(9) }] };
    expect(moveBackToCase(ID, byHand, back, [])?.state).toMatchObject({ status: 'closed', caseId: 'own' });
  });
});
