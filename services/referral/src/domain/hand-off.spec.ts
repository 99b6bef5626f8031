import { warn } from './charge-hold.js';
import { isHandOffOverdue, underPolicy, withContactTarget } from './hand-off.js';
import { decideReferral } from './prosecutor-decision.js';
import { ID, submitted } from './referral.fixture.js';
import type { Decided, Entered } from './referral.js';
import { defaultPolicy, type SiteOfAgency, type SitePolicy } from './site-policy.js';
import { worklistEntry } from './worklist.js';

const site = (changes: Partial<SitePolicy> = {}): SiteOfAgency => ({
  siteId: 'santa-fe',
  timeZone: 'America/Denver',
  policyVersion: 4,
  policy: { ...defaultPolicy(30), ...changes },
});
const taken = (changes: Partial<Entered> = {}, at = site()): Decided => underPolicy(submitted(changes), at);
const CONTACT: Partial<Entered> = { pathway: 'social-contact', offenses: [] };
const accepted = (from: Decided, at: string, by = site()): Decided => {
  const decision = { decision: 'accepted' as const, reasons: ['ok'], overrides: [], by: 'p', at: new Date(at) };
  const policy = { chargeHoldDays: 30, timeZone: 'America/Denver', warnings: [10, 3] };
  return withContactTarget(decideReferral(ID, from.state, decision, { sealed: 'j', policy }), by);
};

describe('the target of a hand-off', () => {
  it('is half an hour after an arrest', () => {
    const { state } = taken();
    expect(state).toMatchObject({ site: { id: 'santa-fe', policyVersion: 4 } });
    expect(state.handOffDueAt).toEqual(new Date('2026-03-02T18:34:00Z'));
    expect(isHandOffOverdue(state, new Date('2026-03-02T18:34:00Z'))).toBe(false);
    expect(isHandOffOverdue(state, new Date('2026-03-02T18:34:00.001Z'))).toBe(true);
  });

  it('is three business days after the acceptance of a social contact', () => {
    expect(taken(CONTACT).state.handOffDueAt).toBeUndefined();
    // a Thursday evening in Denver, with a holiday on the Friday
    const due = accepted(taken(CONTACT), '2026-03-06T02:00:00Z', site({ holidays: ['2026-03-06'] }));
    expect(due.state.handOffDueAt).toEqual(new Date('2026-03-12T05:59:59.999Z'));
  });

  it('is overdue for nobody who was handed off, or whose referral is over', () => {
    const late = new Date('2026-06-01T00:00:00Z');
    const { state } = taken();
    expect(isHandOffOverdue({ ...state, handedOffAt: late }, late)).toBe(false);
    expect(isHandOffOverdue({ ...state, enrolledAt: late }, late)).toBe(false);
    expect(isHandOffOverdue({ ...state, entered: { ...state.entered, handOffAt: late } }, late)).toBe(false);
    expect(isHandOffOverdue({ ...state, status: 'withdrawn' }, late)).toBe(false);
    expect(isHandOffOverdue(submitted().state, late)).toBe(false);
    expect(taken({ personAgrees: false }).state.handOffDueAt).toBeUndefined();
  });
});

describe('edge case 24: warnings before expiry while somebody waits for a decision', () => {
  const TEN = new Date('2026-03-22T06:00:00.000Z');

  it('come as for a hold, say that nothing is decided, and are not repeated by the acceptance', () => {
    const { state, timers = [] } = taken();
    expect(timers.map(({ name }) => name)).toEqual(['charge-hold-warning-10', 'charge-hold-warning-3']);
    const warned = warn(ID, state, TEN, timers);
    expect(warned.events).toMatchObject([
      { name: 'referral.hold-due-soon', data: { daysLeft: 10, awaitingDecision: true } },
    ]);
    expect(warned.state).not.toHaveProperty('chargeHold');
    expect(worklistEntry(warned.state).flags).toContain('hold-due-soon');
    const then = accepted(warned, '2026-03-23T18:00:00Z');
    expect(then.timers?.map(({ name }) => name)).toEqual(['charge-hold', 'charge-hold-warning-3']);
    expect(worklistEntry(then.state).flags).toContain('hold-due-soon');
  });

  it('are for arrests alone, and for nobody who was turned away', () => {
    expect(taken(CONTACT).timers).toEqual([]);
    const { state, timers = [] } = taken();
    expect(warn(ID, { ...state, status: 'declined' }, TEN, timers)).toMatchObject({ events: [], timers: [] });
  });
});
