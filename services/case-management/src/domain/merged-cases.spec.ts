import fc from 'fast-check';
import { completeIntake, openCase, recordContact, recordNeed, type CaseRecord, type ReferralOfCase } from './case.js';
import { endCase, reopenCase } from './case-end.js';
import {
  giveReferralsBack,
  mergeInto,
  mergeSteps,
  openedBy,
  takeBack,
  takeReferrals,
  type MergeStep,
} from './merged-cases.js';
import { isOpen } from './case-states.js';

const NOW = new Date('2026-06-10T12:00:00Z');
const MANAGER = 'persona:case-manager';
const referral = (referralId: string): ReferralOfCase => ({
  referralId,
  pathway: 'arrest-diversion',
  agencyId: `agency-of-${referralId}`,
  district: 'downtown',
  occurredAt: new Date('2026-03-02T18:00:00Z'),
  decidedAt: new Date('2026-03-03T09:00:00Z'),
});
const caseOf = (referralId: string, day: number, changes: Partial<CaseRecord> = {}): CaseRecord => ({
  ...openCase(`case-${referralId}`, referral(referralId), 'encrypted', new Date(Date.UTC(2026, 3, day))).state,
  caseManagerId: MANAGER,
  caseloadPlace: `${MANAGER}#${day}`,
  ...changes,
});

/** What a service with these cases does: steps until there are none, each on the records as they are then. */
function settle(cases: Map<string, CaseRecord>, personOf: (referralId: string) => string): MergeStep[] {
  const done: MergeStep[] = [];
  for (let round = 0; ; round += 1) {
    const steps = mergeSteps(
      [...cases].map(([id, state]) => ({ id, state })),
      personOf,
    );
    if (steps.length === 0) return done;
    if (round > 20) throw new Error('it does not come to rest');
    for (const step of steps) {
      done.push(step);
      if ('merge' in step) {
        const rests = cases.get(step.merge)!;
        const taken = takeReferrals(cases.get(step.into)!, step.merge, rests);
        if (taken) cases.set(step.into, taken);
        const merged = mergeInto(step.merge, rests, { caseId: step.into }, NOW);
        if (merged) cases.set(step.merge, merged.state);
      } else {
        const given = giveReferralsBack(cases.get(step.from)!, step.unmerge);
        if (given) cases.set(step.from, given);
        const back = takeBack(step.unmerge, cases.get(step.unmerge)!, step.from, [], NOW);
        if (back) cases.set(step.unmerge, back.state);
      }
    }
  }
}

describe('two open cases of one person', () => {
  const [older, younger] = [caseOf('r-1', 1), caseOf('r-2', 2)];
  const stepsOf = (a: CaseRecord, b: CaseRecord) =>
    mergeSteps(
      [
        { id: 'b', state: b },
        { id: 'a', state: a },
      ],
      () => 'one person',
    );

  it('become one: the older, or the one that has come farther', () => {
    expect(stepsOf(older, younger)).toEqual([{ merge: 'b', into: 'a' }]);
    expect(stepsOf(older, { ...younger, state: 'intake-completed' })).toEqual([{ merge: 'a', into: 'b' }]);
  });

  it('stay two where one has ended, they are of two people, or one would hold more referrals than it may', () => {
    expect(stepsOf({ ...older, state: 'moved' }, younger)).toEqual([]);
    expect(
      mergeSteps(
        [
          { id: 'a', state: older },
          { id: 'b', state: younger },
        ],
        (referralId) => referralId,
      ),
    ).toEqual([]);
    const full = { ...older, referrals: Array.from({ length: 50 }, (_, index) => referral(`r-${index}`)) };
    expect(stepsOf(full, younger)).toEqual([]);
  });

  it('the one that rests keeps what is in it and frees its place; the other one serves both referrals', () => {
    const goesOn = takeReferrals(older, 'b', younger)!;
    expect(goesOn).toEqual({
      ...older,
      referrals: [referral('r-1'), { ...referral('r-2'), mergedFrom: 'b' }],
    });
    expect(takeReferrals(goesOn, 'b', younger)).toBeUndefined();
    expect(takeReferrals({ ...older, state: 'moved' }, 'b', younger)).toBeUndefined();
    const { state, events } = mergeInto('b', younger, { caseId: 'a', intakeCompletedAt: NOW }, NOW)!;
    const { caseloadPlace: _free, ...kept } = younger;
    expect(state).toEqual({ ...kept, state: 'merged', mergedInto: { caseId: 'a', at: NOW, was: 'opened' } });
    const at = NOW.toISOString();
    const data = { caseId: 'b', intoCaseId: 'a', referralIds: ['r-2'], mergedAt: at, intakeCompletedAt: at };
    expect(events).toEqual([{ name: 'case.merged', data }]);
    expect(mergeInto('b', state, { caseId: 'a' }, NOW)).toBeUndefined();
  });

  it('the one that rests takes no entry, and names the other one', () => {
    const { state } = mergeInto('b', younger, { caseId: 'a' }, NOW)!;
    const refusal = expect.objectContaining({ code: 'case-merged', details: { extra: { mergedInto: 'a' } } }) as Error;
    const by = { enteredBy: MANAGER };
    const attempts = [
      () => recordContact('b', state, { ...by, id: 'c', occurredAt: NOW, mode: 'phone', reached: true }, NOW),
      () => recordNeed('b', state, { id: 'n', category: 'food', recordedBy: MANAGER }, NOW),
      () => completeIntake('b', state, { ...by, completedAt: NOW }, NOW),
      () => endCase('b', state, { ...by, as: 'moved', reason: 'left-the-area', endedAt: NOW }, NOW),
      () => reopenCase('b', state, { reason: 'new-need', by: MANAGER, taken: [] }, NOW),
    ];
    for (const attempt of attempts) expect(attempt).toThrow(refusal);
  });

  it('are two again as they were when the link is taken back', () => {
    const goesOn = takeReferrals(older, 'b', younger)!;
    const rests = mergeInto('b', { ...younger, state: 'contacted' }, { caseId: 'a' }, NOW)!.state;
    expect(giveReferralsBack(goesOn, 'b')).toEqual(older);
    expect(giveReferralsBack(older, 'b')).toBeUndefined();
    const back = takeBack('b', rests, 'a', [1], NOW)!;
    expect(back.state).toEqual({ ...younger, state: 'contacted', caseloadPlace: `${MANAGER}#2` });
    expect(back.events).toEqual([
      {
        name: 'case.unmerged',
        data: { caseId: 'b', fromCaseId: 'a', referralIds: ['r-2'], unmergedAt: NOW.toISOString() },
      },
    ]);
    expect(takeBack('b', back.state, 'a', [], NOW)).toBeUndefined();
  });
});

describe('any links, made and taken back in any order', () => {
  const ids = ['r-0', 'r-1', 'r-2', 'r-3'];
  const everybody = fc.array(fc.constantFrom(...ids), { minLength: 4, maxLength: 4 });
  const states = fc.array(fc.constantFrom('opened', 'contacted', 'active', 'moved'), { minLength: 4, maxLength: 4 });

  it('leave one open case a person, each referral in it, and at last everybody with their own', () => {
    fc.assert(
      fc.property(fc.array(everybody, { maxLength: 6 }), states, (course, begin) => {
        const before = new Map(
          ids.map((id, index) => [id, caseOf(id, index + 1, { state: begin[index] as CaseRecord['state'] })]),
        );
        const cases = new Map(before);
        for (const people of [...course, ids]) {
          const personOf = (referralId: string): string => people[ids.indexOf(referralId)]!;
          settle(cases, personOf);
          const open = [...cases].filter(([, { state }]) => isOpen(state));
          const whose = open.map(([, state]) => personOf(openedBy(state)!));
          expect(new Set(whose).size).toBe(whose.length);
          for (const [, { state, mergedInto, referrals }] of cases) {
            expect(state === 'merged').toBe(mergedInto !== undefined);
            if (mergedInto) expect(isOpen(cases.get(mergedInto.caseId)!.state)).toBe(true);
            if (isOpen(state)) expect(new Set(referrals.map(({ referralId }) => personOf(referralId))).size).toBe(1);
          }
        }
        const without = ({ caseloadPlace: _place, ...rest }: CaseRecord) => rest;
        for (const [id, record] of before) expect(without(cases.get(id)!)).toEqual(without(record));
      }),
      { numRuns: 300 },
    );
  });
});
