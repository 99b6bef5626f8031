import { withMergedCases } from './merged-cases.js';
import type { Case, Linkage } from './records.js';

const day = (date: number): Date => new Date(Date.UTC(2026, 2, date));
const need = (needId: string) => ({ needId, category: 'legal', recordedAt: day(6) });
const caseOf = (caseId: string, changes: Partial<Case> = {}): Case => ({
  caseId,
  referralIds: [`r-${caseId}`],
  needs: [need(`n-${caseId}`)],
  ...changes,
});
const linkages: Linkage[] = [{ linkageId: 'l-1', caseId: 'b' }, { linkageId: 'l-2' }];
const journeys = ['a', 'b'].map((id) => ({ referralId: `r-${id}`, offenses: [], caseId: id }));

it('counts what happened in both as happening in the one that goes on, each at its first time', () => {
  const records = {
    journeys,
    linkages,
    cases: [
      caseOf('b', { openedAt: day(1), contactedAt: day(3), mergedInto: 'a' }),
      caseOf('a', { openedAt: day(2), contactedAt: day(4), intakeCompletedAt: day(5) }),
    ],
  };
  expect(withMergedCases(records)).toEqual({
    journeys: journeys.map((journey) => ({ ...journey, caseId: 'a' })),
    linkages: [{ linkageId: 'l-1', caseId: 'a' }, { linkageId: 'l-2' }],
    cases: [
      {
        caseId: 'a',
        referralIds: ['r-b', 'r-a'],
        needs: [need('n-b'), need('n-a')],
        openedAt: day(1),
        contactedAt: day(3),
        intakeCompletedAt: day(5),
      },
    ],
  });
});

it.each([
  ['no merge', [caseOf('a'), caseOf('b')]],
  ['a merge into a case that is not known yet', [caseOf('a'), caseOf('b', { mergedInto: 'c' })]],
])('leaves everything as it is with %s', (_how, cases) => {
  expect(withMergedCases({ journeys, linkages, cases })).toEqual({ journeys, linkages, cases });
});

it('follows merges of merges, and comes to an end where two name each other for a moment', () => {
  const chain = [caseOf('a'), caseOf('b', { mergedInto: 'a' }), caseOf('c', { mergedInto: 'b' })];
  expect(withMergedCases({ journeys, linkages, cases: chain }).cases.map(({ caseId }) => caseId)).toEqual(['a']);
  const circle = [caseOf('c', { mergedInto: 'a' }), caseOf('a', { mergedInto: 'b' }), caseOf('b', { mergedInto: 'a' })];
  for (const order of [circle, [...circle].reverse()]) {
    const { cases } = withMergedCases({ journeys, linkages, cases: order });
    expect(cases.map(({ caseId, referralIds }) => [caseId, referralIds.sort()])).toEqual([
      ['a', ['r-a', 'r-b', 'r-c']],
    ]);
  }
});
