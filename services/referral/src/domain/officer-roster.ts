import { Refusal } from '@throughline/shared/domain';
import { withPeriod, type OfficerState, type Period } from './agency.js';

/** The columns of a roster; the first two have to be there. */
export const ROSTER_COLUMNS = ['officer_id', 'active_from', 'active_until', 'unit'] as const;
export type RosterColumn = (typeof ROSTER_COLUMNS)[number];

/** One readable row: an officer and a period. */
export interface RosterRow {
  line: number;
  officerId: string;
  period: Period;
}

/** What became of a row. `mended`: a known period was given an end, another end or another unit. */
export interface RowReport {
  line: number;
  outcome: 'imported' | 'mended' | 'unchanged' | 'rejected';
  /** Of a rejected row: the column that is wrong, where it is one. */
  column?: RosterColumn;
  reason?: string;
  /** For a person; quotes nothing of the row. */
  detail?: string;
}

export interface RosterChange {
  /** Absent where no row could be taken for an officer who is not known. */
  officer?: OfficerState;
  /** New and mended periods. */
  changed: Period[];
  reports: RowReport[];
}

/**
 * Takes rows of one officer, in their order. A row that cannot be taken leaves the others as they are. An empty cell says
 * nothing: a roster from before a departure never opens a period again.
 */
export function takeRows(
  agencyId: string,
  officerId: string,
  known: OfficerState | undefined,
  rows: RosterRow[],
): RosterChange {
  let officer = known ?? { agencyId, officerId, periods: [] };
  const changed: Period[] = [];
  const reports: RowReport[] = [];
  for (const { line, period } of rows) {
    const from = period.activeFrom.getTime();
    const before = officer.periods.find(({ activeFrom }) => activeFrom.getTime() === from);
    const after = { ...before, ...period };
    if (before && same(before, after)) {
      reports.push({ line, outcome: 'unchanged' });
      continue;
    }
    try {
      officer = withPeriod(officer, after);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      reports.push(rejected(line, error.code, error.message));
      continue;
    }
    changed.push(after);
    reports.push({ line, outcome: before ? 'mended' : 'imported' });
  }
  return { ...(officer.periods.length > 0 && { officer }), changed, reports };
}

/** Finds the rows of a file that say again, of an officer and a beginning, what an earlier row said. */
export function repeats(): (row: RosterRow) => RowReport | undefined {
  const seen = new Set<string>();
  return ({ line, officerId, period }) => {
    const key = `${period.activeFrom.getTime()}|${officerId}`;
    if (seen.has(key))
      return rejected(line, 'row-repeated', 'An earlier row has the same officer and beginning.', 'active_from');
    seen.add(key);
    return undefined;
  };
}

export const rejected = (line: number, reason: string, detail: string, column?: RosterColumn): RowReport => ({
  line,
  outcome: 'rejected',
  reason,
  detail,
  ...(column && { column }),
});

const same = (one: Period, other: Period): boolean =>
  one.activeUntil?.getTime() === other.activeUntil?.getTime() && one.unit === other.unit;
