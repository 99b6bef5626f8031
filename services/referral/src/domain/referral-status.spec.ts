import { Refusal } from '@throughline/shared/domain';
import {
  assertTransition,
  isTerminal,
  mayGo,
  officerStatus,
  REFERRAL_STATUSES,
  TRANSITIONS,
  type ReferralStatus,
} from './referral-status.js';

const SIDE_EXITS: ReferralStatus[] = ['withdrawn', 'declined-by-person', 'unable-to-contact', 'expired'];

describe('the state table', () => {
  it.each<[ReferralStatus, ReferralStatus[]]>([
    ['submitted', ['awaiting-information', 'pending-decision', 'ineligible']],
    ['awaiting-information', ['awaiting-information', 'pending-decision', 'ineligible']],
    ['pending-decision', ['accepted', 'declined', 'ineligible']],
    ['accepted', ['handed-off', 'enrolled']],
    ['handed-off', ['enrolled', 'closed']],
    ['enrolled', ['handed-off', 'closed']],
    ['closed', ['handed-off', 'enrolled']],
    ['ineligible', []],
    ['declined', []],
    ['withdrawn', []],
    ['declined-by-person', []],
    ['unable-to-contact', []],
    ['expired', []],
    ['duplicate', []],
    ['entered-in-error', []],
  ])('leads on from %s to %j', (from, onward) => {
    const corrections: ReferralStatus[] = ['duplicate', 'entered-in-error'];
    const main = TRANSITIONS[from].filter((to) => ![...corrections, ...SIDE_EXITS].includes(to));
    expect(main).toEqual(onward);
  });

  it('lets nobody leave a terminal state except to correct it, and none but a closed one goes on', () => {
    for (const from of REFERRAL_STATUSES.filter((status) => isTerminal(status) && status !== 'closed'))
      for (const to of TRANSITIONS[from]) expect(['duplicate', 'entered-in-error']).toContain(to);
  });

  it('lets a person withdraw or decline as long as it is not over', () => {
    for (const from of REFERRAL_STATUSES.filter((status) => !isTerminal(status) && status !== 'enrolled'))
      expect(TRANSITIONS[from]).toContain('declined-by-person');
  });

  it('can reach every state, and correct every state', () => {
    const reached = new Set<ReferralStatus>(['submitted']);
    for (const status of reached) TRANSITIONS[status].forEach((to) => reached.add(to));
    expect([...reached].sort()).toEqual([...REFERRAL_STATUSES].sort());
    for (const from of REFERRAL_STATUSES.filter((status) => status !== 'entered-in-error'))
      expect(TRANSITIONS[from]).toContain('entered-in-error');
  });

  it('refuses aloud every other transition, and names those that are allowed', () => {
    let refused = 0;
    for (const from of REFERRAL_STATUSES)
      for (const to of REFERRAL_STATUSES) {
        if (mayGo(from, to)) {
          expect(() => assertTransition(from, to)).not.toThrow();
          continue;
        }
        refused += 1;
        try {
          assertTransition(from, to);
          throw new Error(`${from} -> ${to} was let through`);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
          expect(error).toMatchObject({
            kind: 'conflict',
            code: 'transition-not-allowed',
            details: { extra: { state: from, allowed: TRANSITIONS[from] } },
          });
        }
      }
    expect(refused).toBeGreaterThan(100);
  });
});

describe('what an officer learns', () => {
  it.each(REFERRAL_STATUSES.map((status) => [status]))('of %s: received or closed', (status) => {
    expect(officerStatus(status)).toBe(isTerminal(status) ? 'closed' : 'received');
  });

  it('is the same before and after acceptance', () => {
    expect(new Set((['pending-decision', 'accepted', 'handed-off', 'enrolled'] as const).map(officerStatus))).toEqual(
      new Set(['received']),
    );
  });
});
