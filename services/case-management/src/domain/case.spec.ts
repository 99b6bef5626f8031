import {
  assignCaseManager,
  completeIntake,
  joinReferral,
  MAX_CONTACTS,
  MAX_NEEDS,
  MAX_REFERRALS,
  openCase,
  recordContact,
  recordNeed,
  type CaseRecord,
  type Contact,
} from './case.js';
import { CASE_STATES, hasEnded } from './case-states.js';

const CASE = 'case-1';
const MANAGER = 'persona:case-manager';
const at = (text: string): Date => new Date(`2026-03-${text}:00.000Z`);
const NOW = at('10T12:00');

const referral = {
  referralId: 'referral-1',
  pathway: 'arrest-diversion' as const,
  agencyId: 'santa-fe-pd',
  district: 'downtown',
  occurredAt: at('02T18:00'),
  decidedAt: at('03T09:00'),
};
const opened = openCase(CASE, referral, 'encrypted', NOW).state;
const assigned: CaseRecord = { ...opened, caseManagerId: MANAGER, assignedAt: NOW, caseloadPlace: `${MANAGER}#1` };
const inState = (state: CaseRecord['state']): CaseRecord => ({ ...assigned, state });
/** A case that rests in another one is refused before: see the merged cases. */
const SERVED = CASE_STATES.filter((state) => state !== 'merged');
const ended = SERVED.filter(hasEnded);

const contact = (changes: Partial<Contact> = {}): Omit<Contact, 'enteredAt'> => ({
  id: 'contact-1',
  occurredAt: at('04T10:00'),
  enteredBy: MANAGER,
  mode: 'phone',
  reached: true,
  ...changes,
});
const refusal = (kind: string, code: string, details: object = {}): Error =>
  expect.objectContaining({ kind, code, details: expect.objectContaining(details) as unknown }) as Error;

describe('a further referral of the same person', () => {
  const further = { ...referral, referralId: 'referral-2', pathway: 'social-contact' as const };

  it('joins the open case, which stays as it is, and tells whether intake was completed', () => {
    const joined = joinReferral(CASE, assigned, further, NOW);
    expect(joined?.state).toEqual({ ...assigned, referrals: [referral, further] });
    const told = { caseId: CASE, referralId: 'referral-2', pathway: 'social-contact', joinedAt: NOW.toISOString() };
    expect(joined?.events).toEqual([{ name: 'case.referral-joined', data: told }]);
    const intake = { completedAt: at('05T10:00'), enteredAt: NOW, enteredBy: MANAGER };
    const later = joinReferral(CASE, { ...inState('active'), intake }, further, NOW);
    expect(later?.events[0]?.data).toEqual({ ...told, intakeCompletedAt: '2026-03-05T10:00:00.000Z' });
  });

  it.each(ended)('does not join a case that is %s', (state) => {
    expect(joinReferral(CASE, inState(state), further, NOW)).toBeUndefined();
  });

  it('does not join a case that holds as many as one may', () => {
    const full = { ...assigned, referrals: Array.from({ length: MAX_REFERRALS }, () => referral) };
    expect(joinReferral(CASE, full, further, NOW)).toBeUndefined();
  });
});

describe('opening a case', () => {
  it('keeps what the referral said and announces the case by ids alone', () => {
    const { state, events } = openCase(CASE, referral, 'encrypted', NOW);
    expect(state).toEqual({
      state: 'opened',
      referrals: [referral],
      identity: 'encrypted',
      openedAt: NOW,
      contacts: [],
      needs: [],
    });
    expect(events).toEqual([
      {
        name: 'case.opened',
        data: {
          caseId: CASE,
          referralId: 'referral-1',
          pathway: 'arrest-diversion',
          openedAt: '2026-03-10T12:00:00.000Z',
        },
      },
    ]);
  });
});

describe('assignment', () => {
  it('gives the case the lowest free place', () => {
    const { state, events } = assignCaseManager(CASE, opened, { caseManagerId: MANAGER, taken: [1, 2, 4] }, NOW);
    expect(state).toEqual({ ...opened, caseManagerId: MANAGER, assignedAt: NOW, caseloadPlace: `${MANAGER}#3` });
    expect(events).toEqual([
      {
        name: 'case.manager-assigned',
        data: { caseId: CASE, caseManagerId: MANAGER, assignedAt: '2026-03-10T12:00:00.000Z' },
      },
    ]);
  });

  it('takes a place in the caseload of the next one when it changes hands', () => {
    const { state } = assignCaseManager(CASE, assigned, { caseManagerId: 'persona:other', taken: [] }, NOW);
    expect(state).toMatchObject({ caseManagerId: 'persona:other', caseloadPlace: 'persona:other#1' });
  });

  it('refuses the same person again, also one whose caseload is full', () => {
    const taken = Array.from({ length: 25 }, (_, index) => index + 1);
    const again = (): unknown => assignCaseManager(CASE, assigned, { caseManagerId: MANAGER, taken }, NOW);
    expect(again).toThrow(refusal('conflict', 'already-assigned'));
  });

  it.each(ended)('refuses a case that is %s', (state) => {
    const late = (): unknown => assignCaseManager(CASE, inState(state), { caseManagerId: 'x', taken: [] }, NOW);
    expect(late).toThrow(refusal('conflict', 'case-ended', { extra: { state } }));
  });
});

describe('a contact', () => {
  it('moves an opened case on when the client was reached for the first time, at the time of the contact', () => {
    const { state, events } = recordContact(CASE, assigned, contact(), NOW);
    expect(state.state).toBe('contacted');
    expect(state.contacts).toEqual([{ ...contact(), enteredAt: NOW }]);
    expect(events).toEqual([
      { name: 'case.contacted', data: { caseId: CASE, mode: 'phone', contactedAt: '2026-03-04T10:00:00.000Z' } },
    ]);
  });

  it.each(SERVED)('that failed is logged on a case that is %s, and changes and announces nothing', (state) => {
    const before = inState(state);
    const decision = recordContact(CASE, before, contact({ reached: false }), NOW);
    expect(decision.events).toEqual([]);
    expect(decision.state).toEqual({ ...before, contacts: [{ ...contact({ reached: false }), enteredAt: NOW }] });
  });

  it.each(SERVED.filter((state) => state !== 'opened'))('that succeeded leaves a case %s as it is', (state) => {
    const decision = recordContact(CASE, inState(state), contact(), NOW);
    expect([decision.state.state, decision.events]).toEqual([state, []]);
  });

  it.each([
    ['time-in-future', at('10T12:02')],
    ['time-before-referral', at('02T17:59')],
  ])('is refused with %s, by its field', (code, occurredAt) => {
    const attempt = (): unknown => recordContact(CASE, assigned, contact({ occurredAt }), NOW);
    expect(attempt).toThrow(
      refusal('invalid', code, { errors: [expect.objectContaining({ pointer: '#/occurredAt' })] }),
    );
  });

  it('bears clocks that differ by a minute', () => {
    const occurredAt = new Date(NOW.getTime() + 59_000);
    expect(recordContact(CASE, assigned, contact({ occurredAt }), NOW).state.contacts).toHaveLength(1);
  });

  it('is refused when the log is full', () => {
    const contacts = Array.from({ length: MAX_CONTACTS }, () => ({ ...contact(), enteredAt: NOW }));
    const attempt = (): unknown => recordContact(CASE, { ...assigned, contacts }, contact(), NOW);
    expect(attempt).toThrow(refusal('conflict', 'contact-log-full'));
  });
});

describe('intake', () => {
  const completed = { completedAt: at('05T10:00'), enteredBy: MANAGER };

  it('counts from when it happened, and keeps when it was entered', () => {
    const { state, events } = completeIntake(CASE, inState('contacted'), completed, NOW);
    expect(state).toEqual({ ...inState('intake-completed'), intake: { ...completed, enteredAt: NOW } });
    expect(events).toEqual([
      {
        name: 'case.intake-completed',
        data: {
          caseId: CASE,
          referralIds: ['referral-1'],
          completedAt: '2026-03-05T10:00:00.000Z',
          enteredAt: '2026-03-10T12:00:00.000Z',
        },
      },
    ]);
  });

  it.each(SERVED.filter((state) => state !== 'contacted'))('is refused on a case that is %s', (state) => {
    const attempt = (): unknown => completeIntake(CASE, inState(state), completed, NOW);
    expect(attempt).toThrow(refusal('conflict', 'transition-not-allowed'));
  });

  it.each([
    ['time-in-future', at('11T12:00')],
    ['time-before-referral', at('01T12:00')],
  ])('is refused with %s, by its field', (code, completedAt) => {
    const attempt = (): unknown => completeIntake(CASE, inState('contacted'), { ...completed, completedAt }, NOW);
    expect(attempt).toThrow(
      refusal('invalid', code, { errors: [expect.objectContaining({ pointer: '#/completedAt' })] }),
    );
  });
});

describe('a need', () => {
  const need = { id: 'need-1', category: 'food' as const, goal: 'encrypted', recordedBy: MANAGER };

  it.each(SERVED.filter((state) => !hasEnded(state)))('is recorded on a case that is %s', (state) => {
    const decision = recordNeed(CASE, inState(state), need, NOW);
    expect(decision.state).toEqual({ ...inState(state), needs: [{ ...need, recordedAt: NOW }] });
    expect(decision.events).toEqual([
      {
        name: 'case.need-recorded',
        data: { caseId: CASE, needId: 'need-1', category: 'food', recordedAt: '2026-03-10T12:00:00.000Z' },
      },
    ]);
  });

  it.each(ended)('is refused on a case that is %s', (state) => {
    expect(() => recordNeed(CASE, inState(state), need, NOW)).toThrow(refusal('conflict', 'case-ended'));
  });

  it('is refused when the list is full', () => {
    const needs = Array.from({ length: MAX_NEEDS }, () => ({ ...need, recordedAt: NOW }));
    expect(() => recordNeed(CASE, { ...assigned, needs }, need, NOW)).toThrow(refusal('conflict', 'need-list-full'));
  });
});

describe('somebody who does not have the case', () => {
  const STRANGER = 'persona:case-manager-2';

  it.each([
    ['contact', () => recordContact(CASE, assigned, contact({ enteredBy: STRANGER }), NOW)],
    ['intake', () => completeIntake(CASE, inState('contacted'), { completedAt: NOW, enteredBy: STRANGER }, NOW)],
    ['need', () => recordNeed(CASE, assigned, { id: 'n', category: 'food', recordedBy: STRANGER }, NOW)],
    ['contact before anybody is assigned', () => recordContact(CASE, opened, contact(), NOW)],
  ])('is told that there is none: %s', (_name, attempt) => {
    expect(attempt).toThrow(refusal('not-found', 'not-found'));
  });
});
