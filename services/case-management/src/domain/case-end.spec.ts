import { CASE_ENDS } from '@throughline/shared/contracts';
import { openCase, type CaseRecord } from './case.js';
import { END_REASONS, endByProsecutor, endCase, ENTERED_ENDS, REOPENING_REASONS, reopenCase } from './case-end.js';
import { CASE_STATES, CASE_TRANSITIONS, hasEnded, type CaseStateName } from './case-states.js';

const CASE = 'case-1';
const MANAGER = 'persona:case-manager';
const NOW = new Date('2026-06-10T12:00:00.000Z');
const endedAt = new Date('2026-06-09T12:00:00.000Z');
const referral = {
  referralId: 'referral-1',
  pathway: 'arrest-diversion' as const,
  agencyId: 'santa-fe-pd',
  district: 'downtown',
  occurredAt: new Date('2026-03-02T18:00:00.000Z'),
  decidedAt: new Date('2026-03-03T09:00:00.000Z'),
};
const inState = (state: CaseStateName, changes: Partial<CaseRecord> = {}): CaseRecord => ({
  ...openCase(CASE, referral, 'encrypted', NOW).state,
  caseManagerId: MANAGER,
  assignedAt: NOW,
  caseloadPlace: `${MANAGER}#3`,
  ...changes,
  state,
});
/** A case that rests in another one is refused before: see the merged cases. */
const SERVED = CASE_STATES.filter((state) => state !== 'merged');
const refusal = (code: string, pointer?: string): Error =>
  expect.objectContaining({
    code,
    ...(pointer && { details: expect.objectContaining({ errors: [expect.objectContaining({ pointer })] }) as unknown }),
  }) as Error;
const end = (as: (typeof ENTERED_ENDS)[number], reason: string = END_REASONS[as][0]) => ({
  as,
  reason,
  endedAt,
  enteredBy: MANAGER,
});

describe('the end of a case', () => {
  it.each(SERVED.flatMap((from) => ENTERED_ENDS.map((as) => [from, as] as const)))('from %s as %s', (from, as) => {
    const attempt = () => endCase(CASE, inState(from), end(as), NOW);
    if (!CASE_TRANSITIONS[from].includes(as)) return expect(attempt).toThrow(refusal('transition-not-allowed'));
    const { state, events } = attempt();
    const { caseloadPlace: _free, ...kept } = inState(from);
    expect(state).toEqual({ ...kept, state: as, ends: [{ ...end(as), enteredAt: NOW }] });
    expect(events).toEqual([
      {
        name: 'case.ended',
        data: {
          caseId: CASE,
          referralIds: ['referral-1'],
          as,
          reason: END_REASONS[as][0],
          endedAt: endedAt.toISOString(),
          enteredAt: NOW.toISOString(),
        },
      },
    ]);
  });

  it('has reasons for each way that a person may enter, none of which judges the client', () => {
    expect([...ENTERED_ENDS, 'ineligible-by-prosecutor'].sort()).toEqual([...CASE_ENDS].sort());
    const words = [...Object.values(END_REASONS).flat(), ...REOPENING_REASONS];
    expect(
      words.filter((word) => /engag|wind|inactive|comply|complian|contact|relaps|absti|missed|fail/.test(word)),
    ).toEqual([]);
  });

  it('takes no reason of another way, and names those that fit', () => {
    const attempt = () => endCase(CASE, inState('active'), end('moved', 'goals-met'), NOW);
    expect(attempt).toThrow(refusal('reason-not-allowed', '#/reason'));
    expect(attempt).toThrow(/left-the-area/);
  });

  it.each([
    ['time-in-future', new Date('2026-06-10T13:00:00Z')],
    ['time-before-referral', new Date('2026-03-01T00:00:00Z')],
  ])('is refused as %s', (code, time) => {
    const attempt = () => endCase(CASE, inState('active'), { ...end('moved'), endedAt: time }, NOW);
    expect(attempt).toThrow(refusal(code, '#/endedAt'));
  });
});

describe('the prosecutor', () => {
  const refused = { ...referral, news: { ended: { as: 'closed', reason: 'ineligible-by-prosecutor', at: endedAt } } };

  it('ends a case whose every referral was found ineligible, once', () => {
    const decision = endByProsecutor(CASE, inState('active', { referrals: [refused] }), endedAt, NOW);
    expect(decision).toMatchObject({
      state: { state: 'ineligible-by-prosecutor' },
      events: [{ name: 'case.ended', data: { as: 'ineligible-by-prosecutor', endedAt: endedAt.toISOString() } }],
    });
    expect(endByProsecutor(CASE, decision!.state, endedAt, NOW)).toBeUndefined();
  });

  it.each([
    ['goes on', referral],
    ['ended otherwise', { ...referral, news: { ended: { as: 'closed', reason: 'services-ended', at: endedAt } } }],
  ])('ends none of which another referral %s', (_how, other) => {
    const current = inState('active', { referrals: [refused, { ...other, referralId: 'referral-2' }] });
    expect(endByProsecutor(CASE, current, endedAt, NOW)).toBeUndefined();
  });
});

describe('re-opening', () => {
  const reopening = (taken: number[] = []) => ({ reason: 'client-came-back' as const, by: MANAGER, taken });
  const intake = { completedAt: endedAt, enteredAt: NOW, enteredBy: MANAGER };

  it.each(CASE_STATES.filter(hasEnded))('brings back a case that was %s, to outreach or to services', (state) => {
    const { caseloadPlace: _free, ...record } = inState(state);
    const ends = [{ as: state as 'moved', reason: 'r', endedAt, enteredAt: NOW, enteredBy: MANAGER }];
    const { state: again, events } = reopenCase(CASE, { ...record, ends }, reopening([1, 3]), NOW);
    const reopened = { reason: 'client-came-back', at: NOW, by: MANAGER };
    expect(again).toEqual({
      ...record,
      state: 'opened',
      caseloadPlace: `${MANAGER}#2`,
      ends: [{ ...ends[0], reopened }],
    });
    expect(events).toEqual([
      {
        name: 'case.reopened',
        data: { caseId: CASE, referralIds: ['referral-1'], reason: 'client-came-back', reopenedAt: NOW.toISOString() },
      },
    ]);
    expect(reopenCase(CASE, { ...record, ends, intake }, reopening(), NOW).state.state).toBe('active');
  });

  it('is never refused for a full caseload: the case waits for the coordinator', () => {
    const { caseloadPlace: _free, ...record } = inState('moved');
    const full = Array.from({ length: 25 }, (_, index) => index + 1);
    const { state } = reopenCase(CASE, record, reopening(full), NOW);
    expect(state.state).toBe('opened');
    expect(state).not.toHaveProperty('caseManagerId');
    expect(state).not.toHaveProperty('caseloadPlace');
  });

  it.each(SERVED.filter((state) => !hasEnded(state)))('is refused on a case that is %s', (state) => {
    expect(() => reopenCase(CASE, inState(state), reopening(), NOW)).toThrow(refusal('transition-not-allowed'));
  });
});
