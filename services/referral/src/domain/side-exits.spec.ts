import { enrol, lapse } from './case-progress.js';
import { markCorrected, noteCorrects } from './correction-links.js';
import { isTerminal, mayGo, REFERRAL_STATUSES, type ReferralStatus } from './referral-status.js';
import { accepted, handedOff, ID, submitted } from './referral.fixture.js';
import { CORRECTION_TIMER, type Decided, type ReferralState } from './referral.js';
import { EXIT_REASONS, isOverForOfficer, leave, withdrawByOfficer, type Exit, type ExitStatus } from './side-exits.js';

const AT = new Date('2026-03-09T16:20:00Z');
const OTHER = '5d0e4c1a-8f7b-5a3d-9e2c-1b6a7c8d9e0f';
const EXITS = Object.keys(EXIT_REASONS) as ExitStatus[];
const exit = (to: ExitStatus, changes: Partial<Exit> = {}): Exit => ({
  to,
  reason: EXIT_REASONS[to][0],
  by: 'persona:coordinator',
  at: AT,
  ...changes,
});
const links = (to: ExitStatus) => (to === 'duplicate' ? { duplicateOf: OTHER } : {});
const left = (to: ExitStatus, from = accepted()): Decided => leave(ID, from.state, exit(to), from.timers, links(to));
const refused = (attempt: () => unknown): unknown => {
  try {
    return attempt();
  } catch (error) {
    return error;
  }
};

describe('a side exit', () => {
  const inState = (status: ReferralStatus): ReferralState => ({ ...submitted().state, status });

  it.each(EXITS)('%s is taken from each state that the table names, and refused aloud from every other', (to) => {
    for (const from of REFERRAL_STATUSES) {
      const attempt = () => leave(ID, inState(from), exit(to), [], links(to));
      if (mayGo(from, to)) {
        const { state, events } = attempt();
        expect(state).toMatchObject({ status: to, outcomeReason: EXIT_REASONS[to][0], exits: [{ to, at: AT }] });
        expect(isTerminal(to)).toBe(true);
        expect(events).toHaveLength(1);
      } else expect(refused(attempt)).toMatchObject({ code: 'transition-not-allowed', kind: 'conflict' });
    }
  });

  it.each(EXITS)('%s tells its reason and its time, and no account', (to) => {
    const from = to === 'closed' ? handedOff() : accepted();
    const [event] = left(to, from).events;
    expect(event?.data).toMatchObject({ referralId: ID, reason: EXIT_REASONS[to][0], endedAt: AT.toISOString() });
    expect(JSON.stringify(event)).not.toContain('persona:');
  });

  it.each(['withdrawn', 'duplicate', 'entered-in-error'] as const)('%s ends a hold and its timers', (to) => {
    const { timers } = accepted();
    const { state, timers: after } = left(to);
    expect(timers.length).toBeGreaterThan(0);
    expect([state.chargeHold?.status, after]).toEqual(['ended', []]);
    expect(lapse(ID, state, new Date('2027-01-01'), []).events).toEqual([]);
  });

  it('takes back a lapse that asked for a review, with the hold', () => {
    const { state, timers } = accepted();
    const lapsed = lapse(ID, state, new Date('2026-04-03T00:00:00Z'), timers).state;
    expect(leave(ID, lapsed, exit('withdrawn'), []).state).not.toHaveProperty('review');
  });

  it('closes no door: the reasons of those who decline or are not found are few, and none is a failure', () => {
    for (const to of ['declined-by-person', 'unable-to-contact'] as const)
      for (const reason of EXIT_REASONS[to]) expect(reason).not.toMatch(/fail|refus|non-?compl|abscond/);
  });
});

describe('edge case 13: the person declines at the scene, or later', () => {
  it('is recorded, raises no flag, and lets the hold run to a review and not to a charge', () => {
    const { state, timers = [] } = left('declined-by-person');
    expect([state.status, state.review, state.chargeHold?.status]).toEqual(['declined-by-person', undefined, 'open']);
    const over = lapse(ID, state, new Date('2026-04-03T00:00:00Z'), timers);
    expect(over.state).toMatchObject({ status: 'declined-by-person', review: 'charge-hold-lapsed' });
  });

  it('says so with its own event where it was at the scene', () => {
    const { state, events } = submitted({ personAgrees: false });
    expect(events.at(-1)).toMatchObject({
      name: 'referral.declined-by-person',
      data: { reason: 'declined-at-the-scene' },
    });
    expect(state.exits).toHaveLength(1);
  });
});

describe('edge case 14: unreachable', () => {
  it('is an exit of outreach, after the hand-off too, and leaves nothing to hold against anybody', () => {
    for (const from of [accepted(), handedOff()]) {
      const { state, events } = left('unable-to-contact', from);
      expect(events).toMatchObject([{ name: 'referral.outreach-ended' }]);
      expect([state.status, state.review]).toEqual(['unable-to-contact', undefined]);
    }
  });
});

describe('withdrawing by the officer', () => {
  const by = { reason: 'reconsidered', by: 'persona:officer', at: AT };
  const withdraw = ({ state, timers = [] }: Decided) => withdrawByOfficer(ID, state, by, timers);
  const enrolled = (): Decided => {
    const { state, timers } = handedOff();
    const intake = { caseId: 'c-1', completedAt: AT, enteredAt: AT };
    return enrol(ID, state, intake, timers)!;
  };

  it('withdraws until the hand-off', () => {
    for (const from of [submitted(), submitted({ facts: {} }), accepted()])
      expect(withdraw(from)).toMatchObject({
        state: { status: 'withdrawn' },
        events: [{ name: 'referral.withdrawn' }],
      });
  });

  it('leaves services alone after it, and looks the same to the officer', () => {
    for (const from of [handedOff(), enrolled()]) {
      const { state, events } = withdraw(from);
      expect([state.status, state.chargeHold, events]).toEqual([from.state.status, from.state.chargeHold, []]);
      expect(isOverForOfficer(from.state)).toBe(false);
      expect(isOverForOfficer(state)).toBe(true);
    }
  });

  it('is refused on what is over, without a word on how it ended', () => {
    const over = [left('expired'), withdraw(handedOff()), withdraw(accepted())];
    for (const from of over) {
      const refusal = refused(() => withdraw(from)) as { code: string; details: { extra?: unknown } };
      expect([refusal.code, refusal.details.extra]).toEqual(['referral-closed', undefined]);
    }
  });
});

describe('a correction', () => {
  const right = { id: OTHER, by: 'persona:officer', at: AT };

  it('marks the wrong one with the right one, from any state, and is told once', () => {
    for (const from of [submitted(), accepted(), handedOff(), left('closed', handedOff())]) {
      const marked = markCorrected(ID, from.state, right, from.timers ?? [])!;
      expect(marked).toMatchObject({
        state: { status: 'entered-in-error', correctedBy: OTHER },
        events: [{ name: 'referral.corrected', data: { correctedBy: OTHER } }],
        timers: [],
      });
      expect(markCorrected(ID, marked.state, right, [])).toBeUndefined();
    }
  });

  it('adds the link alone to one that a coordinator had marked before', () => {
    const marked = markCorrected(ID, left('entered-in-error').state, right, []);
    expect(marked).toMatchObject({ state: { correctedBy: OTHER, status: 'entered-in-error' }, events: [] });
  });

  it('waits with a timer until the other side knows', () => {
    const { state, timers } = accepted();
    const decided = leave(ID, state, exit('entered-in-error'), timers, { correctedBy: OTHER });
    expect(decided.timers).toEqual([{ name: CORRECTION_TIMER, dueAt: AT }]);
    expect(submitted({ correctsReferralId: OTHER })).toMatchObject({
      state: { corrects: [OTHER] },
      timers: [{ name: CORRECTION_TIMER }],
    });
    const noted = noteCorrects(accepted().state, ID)!;
    expect(noted.state.corrects).toEqual([ID]);
    expect(noteCorrects(noted.state, ID)).toBeUndefined();
  });
});
