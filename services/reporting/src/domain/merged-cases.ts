import { groupBy } from './grouping.js';
import type { Case, Records } from './records.js';

type Joined = Pick<Records, 'journeys' | 'cases' | 'linkages'>;

/**
 * The records with the cases of one person as one: what happened in a case that was merged into another one happened in
 * that one, so that each is counted once and nothing is lost. A merge that was taken back leaves no trace here.
 */
export function withMergedCases({ journeys, cases, linkages }: Joined): Joined {
  const byId = new Map(cases.map((one) => [one.caseId, one]));
  const into = (caseId: string): string => {
    const path = [caseId];
    for (;;) {
      const next = byId.get(path.at(-1)!)?.mergedInto;
      if (next === undefined || !byId.has(next)) return path.at(-1)!;
      // Events of several cases come in any order: for a moment cases may name each other. The first by id stands for them.
      const again = path.indexOf(next);
      if (again >= 0) return path.slice(again).sort()[0]!;
      path.push(next);
    }
  };
  if (!cases.some(({ mergedInto }) => mergedInto)) return { journeys, cases, linkages };
  const moved = <Record extends { caseId?: string }>(record: Record): Record =>
    record.caseId === undefined ? record : { ...record, caseId: into(record.caseId) };
  return {
    journeys: journeys.map(moved),
    cases: [...groupBy(cases, ({ caseId }) => into(caseId))].map(([caseId, group]) =>
      group.length === 1 ? group[0]! : joined(byId.get(caseId)!, group),
    ),
    linkages: linkages.map(moved),
  };
}

const TIMES = ['openedAt', 'assignedAt', 'contactedAt', 'intakeCompletedAt'] as const;

function joined(goesOn: Case, group: readonly Case[]): Case {
  const earliest = TIMES.flatMap((name) => {
    const times = group.flatMap(({ [name]: time }) => (time ? [time.getTime()] : []));
    return times.length > 0 ? [[name, new Date(Math.min(...times))] as const] : [];
  });
  return {
    ...goesOn,
    ...Object.fromEntries(earliest),
    referralIds: [...new Set(group.flatMap(({ referralIds }) => referralIds))],
    needs: group.flatMap(({ needs }) => needs),
  };
}
