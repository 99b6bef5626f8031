import { Refusal } from '@throughline/shared/domain';
import { decideReferral } from './prosecutor-decision.js';
import { entered, ID, submitted } from './referral.fixture.js';
import type { Decided, Decision, Entered } from './referral.js';

const policy = { chargeHoldDays: 30, timeZone: 'America/Denver' };
const decide = (changes: Partial<Entered>, decision: Partial<Decision> = {}): Decided =>
  decideReferral(
    ID,
    submitted(changes).state,
    {
      decision: 'accepted',
      reasons: ['meets-the-criteria'],
      overrides: [],
      by: 'persona:prosecutor',
      at: new Date('2026-03-03T15:00:00Z'),
      ...decision,
    },
    { sealed: 'a.b.c.d.e', policy },
  );
const refusalOf = (attempt: () => unknown): Refusal => {
  try {
    attempt();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('it was let through');
};

describe('accepting', () => {
  it('holds the charge of an arrest until the end of the thirtieth day', () => {
    const { state, events, timers } = decide({});
    expect(state).toMatchObject({
      status: 'accepted',
      chargeHold: { status: 'open', dueAt: new Date('2026-04-02T05:59:59.999Z') },
    });
    expect(events).toMatchObject([
      { name: 'referral.accepted', data: { chargeHoldDueAt: '2026-04-02T05:59:59.999Z', sealed: 'a.b.c.d.e' } },
    ]);
    expect(timers).toEqual([{ name: 'charge-hold', dueAt: new Date('2026-04-02T06:00:00.000Z') }]);
  });

  it('holds nothing on a social contact', () => {
    const { state, events, timers } = decide({ pathway: 'social-contact', offenses: [] });
    expect(state.chargeHold).toBeUndefined();
    expect(events[0]?.data).not.toHaveProperty('chargeHoldDueAt');
    expect(timers).toEqual([]);
  });

  it('takes what is presumptive as it is, and an override of it too', () => {
    const heavy = { substances: [{ kind: 'heroin', grams: 9 }] };
    expect(decide(heavy).state.status).toBe('accepted');
    const overrides = [{ criterion: 'drug-amount', reason: 'own-use' }];
    expect(decide(heavy, { overrides }).state.decision?.overrides).toEqual(overrides);
  });

  it('overrides a hard exclusion that may be overridden, with a reason', () => {
    const robbery = { offenses: [{ nibrs: '120' }] };
    const refusal = refusalOf(() => decide(robbery));
    expect(refusal).toMatchObject({ kind: 'invalid', code: 'override-required' });
    expect(refusal.details.extra).toEqual({ required: ['divertible-offense'], overridable: ['divertible-offense'] });
    const overrides = [{ criterion: 'divertible-offense', reason: 'no-force-was-used' }];
    expect(decide(robbery, { overrides }).state.status).toBe('accepted');
  });

  it.each([
    ['no criterion', [{ criterion: 'nonsense', reason: 'x' }]],
    ['a criterion that is met', [{ criterion: 'adult', reason: 'x' }]],
    [
      'one twice',
      [
        { criterion: 'divertible-offense', reason: 'x' },
        { criterion: 'divertible-offense', reason: 'y' },
      ],
    ],
  ])('refuses to override %s', (_, overrides) => {
    const refusal = refusalOf(() => decide({ offenses: [{ nibrs: '120' }] }, { overrides }));
    expect(refusal.code).toBe('override-not-permitted');
    expect(refusal.details.extra).toEqual({ overridable: ['divertible-offense'] });
  });

  it('never overrides what nobody may override, even on a referral that should not have come so far', () => {
    const { state } = submitted({ ageAtEvent: 17 });
    const overrides = [{ criterion: 'adult', reason: 'x' }];
    const decision = { decision: 'accepted' as const, reasons: ['r'], overrides, by: 'p', at: new Date() };
    const pending = { ...state, status: 'pending-decision' as const };
    const refusal = refusalOf(() => decideReferral(ID, pending, decision, { sealed: 'j', policy }));
    expect(refusal).toMatchObject({ code: 'override-not-permitted', details: { extra: { overridable: [] } } });
  });

  it.each<[Partial<Entered>, string]>([
    [{ ageAtEvent: 17 }, 'awaiting-information'],
    [{ facts: { ...entered().facts, exploitsMinors: true } }, 'ineligible'],
    [{ facts: {} }, 'awaiting-information'],
    [{ personAgrees: false }, 'declined-by-person'],
  ])('is refused on %j', (changes, state) => {
    const refusal = refusalOf(() => decide(changes, { overrides: [{ criterion: 'adult', reason: 'x' }] }));
    expect(refusal).toMatchObject({ code: 'transition-not-allowed', details: { extra: { state } } });
  });
});

describe('declining', () => {
  it('ends the referral with its first reason', () => {
    const { state, events } = decide({}, { decision: 'declined', reasons: ['open-violent-case', 'other'] });
    expect(state).toMatchObject({ status: 'declined', outcomeReason: 'open-violent-case' });
    expect(events).toEqual([
      {
        name: 'referral.declined',
        data: { referralId: ID, reason: 'open-violent-case', decidedAt: '2026-03-03T15:00:00.000Z' },
      },
    ]);
  });

  it('overrides nothing', () => {
    const overrides = [{ criterion: 'divertible-offense', reason: 'x' }];
    const attempt = () => decide({ offenses: [{ nibrs: '120' }] }, { decision: 'declined', overrides });
    expect(refusalOf(attempt).code).toBe('override-not-permitted');
  });
});
