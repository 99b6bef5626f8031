import { CASE_ENDS } from '@throughline/shared/contracts';
import { warn } from './charge-hold.js';
import { enrol, handOff } from './case-progress.js';
import { CASE_MANAGEMENT, closeWithCase, reopenWithCase } from './case-end.js';
import { feedbackOf } from './feedback.js';
import { decideReferral } from './prosecutor-decision.js';
import { REFERRAL_STATUSES } from './referral-status.js';
import { ID, submitted } from './referral.fixture.js';
import { CHARGE_HOLD_TIMER, type ReferralState } from './referral.js';
import { EXIT_REASONS, leave } from './side-exits.js';

const at = new Date('2026-06-09T12:00:00Z');
const later = new Date('2026-09-01T12:00:00Z');
const ended = { caseId: 'c-1', as: 'transitioned' as const, at };
const reopened = { caseId: 'c-1', at: later };
const policy = { chargeHoldDays: 30, timeZone: 'America/Denver' };
const decision = { decision: 'accepted' as const, reasons: ['ok'], overrides: [], by: 'p', at };
const accepted = decideReferral(ID, submitted().state, decision, { sealed: 'j', policy });
const handedOff = handOff(ID, accepted.state, { caseId: 'c-1', openedAt: at })!.state;
const enrolled = enrol(ID, handedOff, { caseId: 'c-1', completedAt: at, enteredAt: at }, accepted.timers ?? [])!.state;

describe('the end of a case', () => {
  it.each([
    ['handed-off', handedOff],
    ['enrolled', enrolled],
  ])('closes a referral that was %s, and leaves its charge hold as it is', (_status, state) => {
    const decided = closeWithCase(ID, state, ended, accepted.timers ?? []);
    const exit = { to: 'closed', reason: 'transitioned', by: CASE_MANAGEMENT, at };
    expect(decided?.state).toEqual({ ...state, status: 'closed', outcomeReason: 'transitioned', exits: [exit] });
    expect(decided?.events).toEqual([
      { name: 'referral.closed', data: { referralId: ID, reason: 'transitioned', endedAt: at.toISOString() } },
    ]);
    expect(decided?.timers).toEqual(accepted.timers);
  });

  it.each([
    ['edge case 18: a death', 'deceased'],
    ['edge case 19: a move', 'moved'],
  ] as const)('%s closes it for that reason, and nobody is warned of its hold any more', (_edge, as) => {
    const warned = decideReferral(ID, submitted().state, decision, {
      sealed: 'j',
      policy: { ...policy, warnings: [3] },
    });
    const open = handOff(ID, warned.state, { caseId: 'c-1', openedAt: at })!.state;
    const soon = new Date(open.chargeHold!.dueAt.getTime() - 86_400_000);
    const { state, timers = [] } = closeWithCase(ID, open, { caseId: 'c-1', as, at }, warned.timers ?? [])!;
    expect(state).toMatchObject({ status: 'closed', outcomeReason: as, confidential: open.confidential });
    expect(warn(ID, open, soon, warned.timers ?? []).events).toHaveLength(1);
    expect(warn(ID, state, soon, timers)).toMatchObject({ events: [], timers: [{ name: CHARGE_HOLD_TIMER }] });
  });

  it('is an outcome reason that the coordinator could have given', () => {
    for (const as of CASE_ENDS) expect(EXIT_REASONS.closed).toContain(as);
  });

  it('changes nothing where another case serves the referral, or it is over', () => {
    expect(closeWithCase(ID, enrolled, { ...ended, caseId: 'c-2' }, [])).toBeUndefined();
    for (const status of REFERRAL_STATUSES.filter((one) => one !== 'handed-off' && one !== 'enrolled'))
      expect(closeWithCase(ID, { ...enrolled, status }, ended, [])).toBeUndefined();
  });
});

describe('a case that goes on', () => {
  const closed = (state: ReferralState) => closeWithCase(ID, state, ended, [])!.state;

  it.each([
    ['handed-off', handedOff],
    ['enrolled', enrolled],
  ])('makes its referral %s again, whoever closed it', (status, state) => {
    const byHand = leave(ID, state, { to: 'closed', reason: 'services-ended', by: 'c', at }, []).state;
    for (const before of [closed(state), byHand]) {
      const decided = reopenWithCase(ID, before, reopened);
      expect(decided?.state).toMatchObject({ status, exits: before.exits });
      expect(decided?.state).not.toHaveProperty('outcomeReason');
      expect(decided?.events).toEqual([
        { name: 'referral.reopened', data: { referralId: ID, caseId: 'c-1', reopenedAt: later.toISOString() } },
      ]);
    }
  });

  it('changes nothing where another case serves the referral, or it was not closed', () => {
    expect(reopenWithCase(ID, closed(enrolled), { ...reopened, caseId: 'c-2' })).toBeUndefined();
    for (const status of REFERRAL_STATUSES.filter((one) => one !== 'closed'))
      expect(reopenWithCase(ID, { ...closed(enrolled), status }, reopened)).toBeUndefined();
  });

  it('is nothing that the officer is told', () => {
    const statusOf = (state: ReferralState) => feedbackOf(state, undefined, 'santa-fe-pd', later, 'America/Denver');
    expect(statusOf(enrolled)).toEqual({ status: 'received' });
    expect(statusOf(closed(enrolled))).toEqual({ status: 'closed' });
    expect(statusOf(reopenWithCase(ID, closed(enrolled), reopened)!.state)).toEqual({ status: 'closed' });
  });
});
