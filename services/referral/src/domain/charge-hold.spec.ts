import { Refusal } from '@throughline/shared/domain';
import fc from 'fast-check';
import { addBusinessDays, isBusinessDay } from './business-days.js';
import { enrol, lapse } from './case-progress.js';
import { extendHold, openHold, resolveHold, warn, type HoldPolicy } from './charge-hold.js';
import { decideReferral } from './prosecutor-decision.js';
import { ID, submitted } from './referral.fixture.js';
import type { Decided, HoldResolution } from './referral.js';
import { DAYS_OF_WEEK, type DayOfWeek } from './site-policy.js';

const DENVER = 'America/Denver';
const WEEK: DayOfWeek[] = ['mon', 'tue', 'wed', 'thu', 'fri'];
const policy: HoldPolicy = { chargeHoldDays: 30, timeZone: DENVER, warnings: [10, 3] };
const DAY = 86_400_000;
const AT = new Date('2026-03-03T15:00:00Z');
/** The end of the thirtieth day after the arrest of the fixture, which is 1 April in Denver. */
const DUE = new Date('2026-04-02T05:59:59.999Z');

type Held = Required<Decided>;
const held = (changes: Partial<HoldPolicy> = {}, at = AT): Held => {
  const decision = { decision: 'accepted' as const, reasons: ['ok'], overrides: [], by: 'p', at };
  const options = { sealed: 'j', policy: { ...policy, ...changes } };
  const { timers = [], ...rest } = decideReferral(ID, submitted().state, decision, options);
  return { ...rest, timers };
};
/** A further step, with the timers as they are after it. */
const step = (from: Held, decide: (held: Held) => Decided): Held => {
  const { timers = from.timers, ...rest } = decide(from);
  return { ...rest, timers };
};
const warned = (from: Held, now: Date): Held => step(from, ({ state, timers }) => warn(ID, state, now, timers));
const lapsed = (from: Held, now = new Date(DUE.getTime() + 1)): Held =>
  step(from, ({ state, timers }) => lapse(ID, state, now, timers));
const extended = (from: Held, until: string, at = AT): Held =>
  step(from, ({ state, timers }) => extendHold(ID, state, { until, reason: 'in-jail', by: 'p', at }, timers, DENVER));
const resolution = (changes: Partial<HoldResolution> = {}): HoldResolution => ({
  resolution: 'satisfied',
  reason: 'release-refused',
  by: 'persona:prosecutor',
  at: AT,
  ...changes,
});
const resolved = (from: Held, changes: Partial<HoldResolution> = {}): Held =>
  step(from, ({ state, timers }) => resolveHold(ID, state, resolution(changes), timers));
const intake = (from: Held, completedAt: string): Held =>
  step(from, ({ state, timers }) => {
    const times = { completedAt: new Date(completedAt), enteredAt: new Date('2026-04-20T12:00:00Z') };
    const decided = enrol(ID, state, { caseId: 'c-1', ...times }, timers);
    if (!decided) throw new Error('it changes nothing');
    return decided;
  });
const names = ({ events }: Held): string[] => events.map(({ name }) => name);
const timerNames = ({ timers }: Held): string[] => timers.map(({ name }) => name).sort();
const refusalOf = (attempt: () => unknown): Refusal => {
  try {
    attempt();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('it was let through');
};

describe('edge case 9: intake on the last day, entered days later', () => {
  it('satisfies a hold that has lapsed meanwhile, by the time of the event', () => {
    const late = intake(lapsed(held()), '2026-04-02T05:59:59.999Z');
    expect(late.state).toMatchObject({ chargeHold: { status: 'satisfied' } });
    expect(late.state.review).toBeUndefined();
    expect(intake(lapsed(held()), '2026-04-02T06:00:00.000Z').state).toMatchObject({ review: 'charge-hold-lapsed' });
  });
});

it('says what was warned of while the person waited for the decision, and does not warn of it again', () => {
  const [event, now] = [new Date('2026-03-03T15:00:00Z'), new Date('2026-03-31T15:00:00Z')];
  const warned = { daysLeft: 2, at: new Date('2026-03-31T14:59:59Z') };
  const opened = openHold(event, { ...policy, chargeHoldDays: 30, warnings: [10, 3] }, now, warned);
  expect(opened.chargeHold.warned).toEqual(warned);
  expect(opened.timers).toEqual([{ name: 'charge-hold', dueAt: expect.any(Date) }]);
});

describe('edge case 10: daylight saving, holidays, leap days and the turn of the year', () => {
  const dueAt = (occurredAt: string, changes: Partial<HoldPolicy>): string =>
    openHold(new Date(occurredAt), { ...policy, ...changes }, new Date(occurredAt)).chargeHold.dueAt.toISOString();
  const rollsTo = { businessDays: WEEK, holidays: ['2026-05-25', '2027-01-01'] };

  it.each([
    ['the clocks go forward', '2026-02-06T18:00:00Z', 30, DENVER, '2026-03-09T05:59:59.999Z'],
    ['the clocks go back', '2026-10-02T18:00:00Z', 30, DENVER, '2026-11-02T06:59:59.999Z'],
    ['midnight is left out, in Beirut', '2026-03-21T12:00:00Z', 7, 'Asia/Beirut', '2026-03-28T21:59:59.999Z'],
    ['midnight is left out, in Santiago', '2026-08-29T16:00:00Z', 7, 'America/Santiago', '2026-09-06T03:59:59.999Z'],
    ['a leap day comes', '2028-02-20T18:00:00Z', 9, DENVER, '2028-03-01T06:59:59.999Z'],
    ['no leap day comes', '2027-02-20T18:00:00Z', 9, DENVER, '2027-03-02T06:59:59.999Z'],
    ['the year turns', '2026-12-20T18:00:00Z', 14, DENVER, '2027-01-04T06:59:59.999Z'],
  ])('ends with the local day where %s', (_, occurredAt, chargeHoldDays, timeZone, due) => {
    expect(dueAt(occurredAt, { chargeHoldDays, timeZone })).toBe(due);
  });

  it.each([
    ['a Saturday', '2026-05-09T18:00:00Z', 7, '2026-05-19T05:59:59.999Z'],
    ['a Sunday before a holiday', '2026-05-10T18:00:00Z', 14, '2026-05-27T05:59:59.999Z'],
    ['a holiday before a weekend, over the year', '2026-12-18T18:00:00Z', 14, '2027-01-05T06:59:59.999Z'],
    ['a business day', '2026-05-11T18:00:00Z', 7, '2026-05-19T05:59:59.999Z'],
  ])('rolls from %s to the next business day, where the policy says so', (_, occurredAt, chargeHoldDays, due) => {
    expect(dueAt(occurredAt, { chargeHoldDays, rollsTo })).toBe(due);
  });

  it('agrees with a calendar that is walked hour by hour, for many zones and days', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    /** Walks forward from the event, by the wall clock alone, to the last quarter of an hour of the due day. */
    const walked = (
      from: Date,
      days: number,
      timeZone: string,
      rolls: boolean,
    ): { lastQuarter: number; day: string } => {
      const clock = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
      const weekday = new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'short' });
      const wall = (time: number): string => clock.format(time);
      let time = Math.floor(from.getTime() / 900_000) * 900_000;
      let passed = 0;
      let day = wall(time);
      const rest = (): boolean => rolls && ['Sat', 'Sun'].includes(weekday.format(time));
      for (;;) {
        const next = time + 900_000;
        if (wall(next) !== day) {
          if (passed >= days && !rest()) return { lastQuarter: time, day };
          passed += 1;
          day = wall(next);
        }
        time = next;
      }
    };
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2018-01-01'), max: new Date('2034-01-01'), noInvalidDate: true }),
        fc.integer({ min: 7, max: 9 }),
        fc.constantFrom(...zones),
        fc.boolean(),
        (from, chargeHoldDays, timeZone, rolls) => {
          const rules = { chargeHoldDays, timeZone, ...(rolls && { rollsTo: { businessDays: WEEK, holidays: [] } }) };
          const { chargeHold } = openHold(from, { ...policy, ...rules }, from);
          const { lastQuarter } = walked(from, chargeHoldDays, timeZone, rolls);
          expect(chargeHold.dueAt.getTime()).toBe(lastQuarter + 899_999);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('counts business days without weekends and holidays, and one at a time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3000 }),
        fc.integer({ min: 1, max: 30 }),
        fc.subarray([...DAYS_OF_WEEK], { minLength: 1 }),
        (offset, count, businessDays) => {
          const start = new Date(Date.UTC(2024, 0, 1) + offset * DAY).toISOString().slice(0, 10);
          const calendar = { businessDays, holidays: ['2026-05-25', '2028-02-29'] };
          const end = addBusinessDays(start, count, calendar);
          let between = 0;
          for (let day = Date.parse(start) + DAY; day <= Date.parse(end); day += DAY)
            if (isBusinessDay(new Date(day).toISOString().slice(0, 10), calendar)) between += 1;
          expect(between).toBe(count);
          expect(isBusinessDay(end, calendar)).toBe(true);
        },
      ),
    );
  });
});

describe('warnings', () => {
  const TEN = new Date('2026-03-22T06:00:00.000Z');
  const THREE = new Date('2026-03-29T06:00:00.000Z');

  it('come on the first moment of the day that is so many days before the last', () => {
    expect(held().timers).toEqual([
      { name: 'charge-hold', dueAt: new Date(DUE.getTime() + 1) },
      { name: 'charge-hold-warning-10', dueAt: TEN },
      { name: 'charge-hold-warning-3', dueAt: THREE },
    ]);
    const first = warned(held(), TEN);
    expect(first.events).toMatchObject([{ name: 'referral.hold-due-soon', data: { daysLeft: 10 } }]);
    expect(first.state.chargeHold?.warned).toEqual({ daysLeft: 10, at: TEN });
    const second = warned(first, new Date(THREE.getTime() + 3_600_000));
    expect(second.events).toMatchObject([{ data: { daysLeft: 3 } }]);
    expect(timerNames(second)).toEqual(['charge-hold']);
  });

  it('are told once, though two replicas saw the timer', () => {
    const first = warned(held(), TEN);
    expect(warned(first, TEN)).toMatchObject({ events: [], timers: first.timers });
  });

  it('are one after an outage in which two came, with the days that are left', () => {
    const late = warned(held(), new Date('2026-03-31T18:00:00Z'));
    expect(late.events).toMatchObject([{ data: { daysLeft: 1 } }]);
    expect(timerNames(late)).toEqual(['charge-hold']);
  });

  it('are silent when the hold has run out, is settled, or the referral is over', () => {
    const after = new Date(DUE.getTime() + 1);
    expect(warned(held(), after)).toMatchObject({ events: [], timers: [{ name: 'charge-hold' }] });
    const { state, timers } = held();
    const over = warn(ID, { ...state, status: 'withdrawn' }, TEN, timers);
    expect(over).toMatchObject({ events: [], timers: [{ name: 'charge-hold' }] });
  });

  it('of those whose time had come before acceptance, the latest is given', () => {
    expect(timerNames(held({}, new Date('2026-03-30T12:00:00Z')))).toEqual(['charge-hold', 'charge-hold-warning-3']);
  });
});

describe('edge case 11: jailed or in hospital during the window', () => {
  it('moves the end and its timers, and keeps who, why and from when', () => {
    const longer = extended(held(), '2026-05-01');
    expect(longer.events).toMatchObject([
      {
        name: 'referral.hold-extended',
        data: { previousDueAt: DUE.toISOString(), dueAt: '2026-05-02T05:59:59.999Z', reason: 'in-jail' },
      },
    ]);
    expect(longer.state.chargeHold).toMatchObject({ status: 'open', extensions: [{ reason: 'in-jail', by: 'p' }] });
    expect(longer.timers.map(({ dueAt }) => dueAt.toISOString()).sort()).toEqual([
      '2026-04-21T06:00:00.000Z',
      '2026-04-28T06:00:00.000Z',
      '2026-05-02T06:00:00.000Z',
    ]);
    expect(lapsed(longer).events).toEqual([]);
  });

  it('opens a lapsed hold again and takes its review back', () => {
    const over = lapsed(held());
    expect(over.state.review).toBe('charge-hold-lapsed');
    const again = extended(over, '2026-04-30', new Date('2026-04-05T12:00:00Z'));
    expect(again.state.chargeHold?.status).toBe('open');
    expect(again.state).not.toHaveProperty('review');
    expect(timerNames(again)).toContain('charge-hold');
  });

  it('satisfies a hold whose intake came in the added time', () => {
    const late = intake(held(), '2026-04-05T12:00:00Z');
    expect(late.state.review).toBe('charge-hold-lapsed');
    const mended = extended(late, '2026-04-10', new Date('2026-04-06T12:00:00Z'));
    expect(names(mended)).toEqual(['referral.hold-extended', 'referral.hold-resolved']);
    expect(mended.state.chargeHold?.status).toBe('satisfied');
    expect(mended).toMatchObject({ timers: [] });
  });

  it.each([
    ['not later than it is', '2026-04-01', AT],
    ['over already', '2026-04-10', new Date('2026-04-12T12:00:00Z')],
    ['more than 365 days after the event', '2027-03-03', AT],
  ])('refuses a day that is %s', (_, until, at) => {
    const refusal = refusalOf(() => extended(held(), until, at));
    expect(refusal).toMatchObject({ kind: 'invalid', details: { errors: [{ pointer: '#/until' }] } });
  });

  it('is bounded, and only for a hold that is not settled', () => {
    let longer = held();
    for (let day = 2; day <= 11; day += 1) longer = extended(longer, `2026-04-${String(day).padStart(2, '0')}`);
    expect(refusalOf(() => extended(longer, '2026-04-30')).code).toBe('too-many-extensions');
    expect(refusalOf(() => extended(resolved(held()), '2026-04-30')).code).toBe('hold-not-open');
    const none = { ...submitted(), timers: [] };
    expect(refusalOf(() => extended(none, '2026-04-30')).code).toBe('hold-not-open');
  });
});

describe('edge case 17: the release is refused', () => {
  it.each(['satisfied', 'ended'] as const)('leaves the prosecutor to call the hold %s by hand', (status) => {
    const by = resolved(lapsed(held()), { resolution: status });
    expect(by.state).toMatchObject({
      status: 'accepted',
      chargeHold: { status, resolution: { reason: 'release-refused' } },
    });
    expect(by.state).not.toHaveProperty('review');
    expect(by.timers).toEqual([]);
    expect(by.events).toMatchObject([{ name: 'referral.hold-resolved', data: { resolution: status } }]);
    expect(refusalOf(() => resolved(by)).code).toBe('hold-not-open');
  });

  it('stays settled whatever intake is told later', () => {
    const satisfied = intake(resolved(held()), '2026-04-20T12:00:00Z');
    expect(satisfied.state).toMatchObject({ status: 'enrolled', chargeHold: { status: 'satisfied' } });
    expect(satisfied.state.review).toBeUndefined();
    const ended = intake(resolved(held(), { resolution: 'ended' }), '2026-03-20T12:00:00Z');
    expect(ended.state.chargeHold?.status).toBe('ended');
    expect(ended.events).toMatchObject([{ data: { chargeHoldSatisfied: false } }]);
  });
});
