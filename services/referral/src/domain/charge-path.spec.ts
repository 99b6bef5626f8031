import { rescindAcceptance } from './acceptance-rescission.js';
import { missingApprovals, recordApproval, type Approval } from './approvals.js';
import { enrol, lapse } from './case-progress.js';
import { submit } from './intake.js';
import { recordCharge, type LaterCharge } from './later-charges.js';
import { accepted, DEFAULT_RULESET, entered, handedOff, ID, IDENTITY, submitted } from './referral.fixture.js';
import type { Decided, ReferralState, ReportedFacts } from './referral.js';
import type { SiteRules } from './site-rules.js';
import { leave } from './side-exits.js';
import { worklistEntry } from './worklist.js';

const AT = new Date('2026-03-20T10:00:00Z');
const RULES: SiteRules = { warrants: 'flag', underSupervision: 'ignore', victimConsent: 'not-required' };
const facts = (more: ReportedFacts): ReportedFacts => ({ ...entered().facts, ...more });
const submittedAt = (rules: Partial<SiteRules>, more: ReportedFacts): ReferralState =>
  submit(ID, entered({ facts: facts(more) }), IDENTITY, DEFAULT_RULESET, { ...RULES, ...rules }).state;
const intake = ({ state, timers = [] }: Decided): Decided =>
  enrol(ID, state, { caseId: 'c-1', completedAt: AT, enteredAt: AT }, timers)!;

describe('edge case 4: a pending warrant', () => {
  it('is a flag and no exclusion', () => {
    const state = submittedAt({}, { activeWarrant: true });
    expect(state.status).toBe('pending-decision');
    expect(worklistEntry(state).flags).toEqual(['active-warrant']);
    expect(state.evaluations[0]?.outcome).toBe('eligible');
  });

  it('excludes where the policy says so, unless the prosecutor overrides it; unknown waits', () => {
    const exclude = { warrants: 'exclude' } as const;
    const wanted = submittedAt(exclude, { activeWarrant: true }).evaluations[0]!;
    expect(wanted.outcome).toBe('presumptively-ineligible');
    expect(wanted.criteria.at(-1)).toMatchObject({
      id: 'no-active-warrant',
      verdict: 'not-met',
      overridableBy: 'prosecutor',
    });
    expect(submittedAt(exclude, {}).status).toBe('awaiting-information');
    expect(submittedAt(exclude, { activeWarrant: false }).evaluations[0]?.outcome).toBe('eligible');
  });
});

const approval = (changes: Partial<Approval> = {}): Approval => ({
  approval: 'supervising-agency',
  outcome: 'given',
  by: 'persona:coordinator',
  at: AT,
  ...changes,
});

describe('edge case 5: on probation or parole', () => {
  const rules = { ...RULES, underSupervision: 'approval' } as const;
  const supervised = entered({ facts: facts({ underSupervision: true }) });

  it('needs the approval of the supervising agency before acceptance, where the policy says so', () => {
    const pending = submittedAt(rules, { underSupervision: true });
    expect(worklistEntry(pending).flags).toEqual(['supervising-agency-approval-missing']);
    expect(() => accepted(supervised, rules)).toThrow(/approvals before acceptance/);
    const { state, events } = recordApproval(ID, pending, approval());
    expect(events).toMatchObject([{ data: { approval: 'supervising-agency', outcome: 'given' } }]);
    expect(missingApprovals(state)).toEqual([]);
    expect(worklistEntry(state).flags).toEqual([]);
  });

  it('asks where it is not known, and not where the person is under no supervision', () => {
    expect(missingApprovals(submittedAt(rules, {}))).toEqual(['supervising-agency']);
    expect(missingApprovals(submittedAt(rules, { underSupervision: false }))).toEqual([]);
    expect(missingApprovals(submittedAt({}, { underSupervision: true }))).toEqual([]);
  });

  it('counts what was said last', () => {
    const pending = submittedAt(rules, { underSupervision: true });
    const refused = recordApproval(ID, pending, approval({ outcome: 'refused' })).state;
    expect(missingApprovals(refused)).toEqual(['supervising-agency']);
    const { state } = recordApproval(ID, refused, approval());
    expect([missingApprovals(state), state.approvals]).toEqual([[], [approval()]]);
    expect(() => recordApproval(ID, accepted().state, approval())).toThrow(/before the decision/);
  });
});

describe('edge case 27: a victim must agree, where the site says so', () => {
  it('holds acceptance until the victim agrees, or there is none', () => {
    const pending = submittedAt({ victimConsent: 'required' }, {});
    expect(missingApprovals(pending)).toEqual(['victim']);
    for (const outcome of ['given', 'not-needed'] as const)
      expect(missingApprovals(recordApproval(ID, pending, approval({ approval: 'victim', outcome })).state)).toEqual(
        [],
      );
    expect(() => accepted({}, { ...RULES, victimConsent: 'required' })).toThrow(/approvals before acceptance/);
  });
});

describe('edge case 7: the prosecutor rejects after services began', () => {
  const rescission = { reasons: ['new-evidence'] as [string], by: 'persona:prosecutor', at: AT };
  const rescind = ({ state, timers = [] }: Decided) => rescindAcceptance(ID, state, rescission, timers);

  it('closes the charge path and leaves the services', () => {
    for (const from of [accepted(), handedOff()]) {
      const { state, events, timers } = rescind(from);
      expect([state.status, state.chargeHold?.status, timers]).toEqual([from.state.status, 'ended', []]);
      expect(events).toMatchObject([{ name: 'referral.acceptance-rescinded', data: { reason: 'new-evidence' } }]);
    }
  });

  it('is not undone by a later intake, and no review is asked for', () => {
    const { state } = intake(rescind(handedOff()));
    expect(state).toMatchObject({ status: 'enrolled', chargeHold: { status: 'ended' } });
    expect(state.review).toBeUndefined();
    const after = rescind(intake(handedOff()));
    expect(after.state.chargeHold?.status).toBe('satisfied');
  });

  it('is for an acceptance that stands, once', () => {
    expect(() => rescind(submitted())).toThrow(/no acceptance to rescind/);
    expect(() => rescind(rescind(accepted()))).toThrow(/rescinded before/);
  });
});

const charge = (changes: Partial<LaterCharge> = {}): LaterCharge => ({
  id: 'ch-1',
  about: 'held-charge',
  offenses: [{ nibrs: '23C' }],
  filedAt: AT,
  by: 'persona:prosecutor',
  recordedAt: AT,
  ...changes,
});

describe('edge case 8: a charge is filed after the hold was satisfied', () => {
  it('is recorded and told, and alters nothing else', () => {
    const before = intake(handedOff()).state;
    const { state, events, timers } = recordCharge(ID, before, charge());
    expect(state).toEqual({ ...before, charges: [charge()] });
    expect([events.map(({ name }) => name), timers]).toEqual([['referral.charge-recorded'], undefined]);
    expect(events[0]?.data).toMatchObject({ caseId: 'c-1', offenses: ['23C'], about: 'held-charge' });
  });
});

describe('edge case 26: a new arrest while enrolled', () => {
  it('ends nothing and makes nobody immune, whatever is charged and however often', () => {
    const before = intake(handedOff()).state;
    let state = before;
    for (let count = 0; count < 100; count += 1)
      state = recordCharge(ID, state, charge({ id: `ch-${count}`, about: 'new-event' })).state;
    expect(state).toEqual({ ...before, charges: state.charges });
    expect(worklistEntry(state).flags).toContain('later-charge');
    expect(() => recordCharge(ID, state, charge())).toThrow(/100 charges/);
  });

  it('is refused with the field where its time cannot be right', () => {
    for (const filedAt of ['2026-03-02T18:03:59Z', '2026-03-20T10:00:01Z'])
      expect(() => recordCharge(ID, accepted().state, charge({ filedAt: new Date(filedAt) }))).toThrow(
        expect.objectContaining({ details: { errors: [expect.objectContaining({ pointer: '#/filedAt' })] } }),
      );
  });
});

describe('edge case 15: back after a year', () => {
  it('takes a new referral that names the earlier one, whatever became of that', () => {
    const { state, timers } = handedOff();
    const exit = { to: 'closed', reason: 'transitioned', by: 'c', at: AT } as const;
    const earlier = leave(ID, state, exit, timers).state;
    const again = submitted({ previousReferralId: ID, occurredAt: new Date('2027-04-02T18:04:00Z') });
    expect([earlier.status, again.state.status]).toEqual(['closed', 'pending-decision']);
    expect(again.state.entered.previousReferralId).toBe(ID);
  });
});

describe('the place in the worklist', () => {
  const order = ({ state }: { state: ReferralState }): string => worklistEntry(state).order;

  it('is first for a doubt, then by the end of a hold, then arrest before social contact, and last for what is over', () => {
    const { state, timers } = accepted();
    const lapsed = lapse(ID, state, new Date('2026-04-03T00:00:00Z'), timers);
    const later = accepted({ occurredAt: new Date('2026-03-02T18:04:00Z') });
    later.state.chargeHold!.dueAt = new Date('2026-05-01T00:00:00Z');
    const inOrder = [
      submitted({ ageAtEvent: 17 }),
      lapsed,
      later,
      submitted(),
      submitted({ pathway: 'social-contact', enteredAt: new Date('2026-03-02T18:10:00Z') }),
      submitted({ personAgrees: false }),
    ].map(order);
    expect(inOrder).toEqual([...inOrder].sort());
    expect(new Set(inOrder).size).toBe(inOrder.length);
    expect(worklistEntry(lapsed.state).flags).toEqual(['review']);
  });

  it('shows a late entry as such', () => {
    const late = submitted({ enteredAt: new Date('2026-03-03T18:04:01Z') });
    expect(worklistEntry(late.state).flags).toEqual(['entered-late']);
    expect(worklistEntry(submitted({ enteredAt: new Date('2026-03-03T18:04:00Z') }).state).flags).toEqual([]);
  });
});
