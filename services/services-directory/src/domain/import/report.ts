import type { RowNote } from './row-reader.js';

export type RowOutcome = 'mended' | 'rejected';

/** What became of the rows of one file. `in` is the sum of the other three. */
export interface FileCounts {
  file: string;
  in: number;
  imported: number;
  mended: number;
  rejected: number;
}

/** How often a reason was given, whether or not its rows are listed. A mended row may have several. */
export interface ReasonCount extends RowNote {
  file: string;
  outcome: RowOutcome;
  count: number;
}

/** One row that was not imported just as it stood. */
export interface ReportedRow extends RowNote {
  file: string;
  line: number;
  outcome: RowOutcome;
}

export interface ImportReport {
  totals: Omit<FileCounts, 'file'>;
  files: FileCounts[];
  reasons: ReasonCount[];
  rows: ReportedRow[];
  /** Rows that the reasons count and `rows` does not list. */
  rowsOmitted: number;
  /** What is to be said of whole files, for example a column that is not imported. */
  remarks: { file: string; detail: string }[];
}

/** A reason lists this many of its rows; the rest is counted. So a report fits one document, however large the data. */
export const LISTED_ROWS_A_REASON: Record<RowOutcome, number> = { mended: 100, rejected: 1000 };

/** Collects what becomes of each row. */
export class ReportBuilder {
  private readonly files = new Map<string, FileCounts>();
  private readonly reasons = new Map<string, ReasonCount>();
  private readonly rows: ReportedRow[] = [];
  private readonly remarks: ImportReport['remarks'] = [];
  private omitted = 0;

  /** Makes a file appear in the report, with or without rows. */
  open(file: string): void {
    this.countsOf(file);
  }

  /** A row that was imported, mended where there is a note. */
  imported(file: string, line: number, notes: readonly RowNote[]): void {
    const counts = this.countsOf(file);
    counts.in += 1;
    counts[notes.length > 0 ? 'mended' : 'imported'] += 1;
    for (const note of notes) this.list(file, line, 'mended', note);
  }

  rejected(file: string, line: number, reason: RowNote): void {
    const counts = this.countsOf(file);
    counts.in += 1;
    counts.rejected += 1;
    this.list(file, line, 'rejected', reason);
  }

  remark(file: string, detail: string): void {
    this.remarks.push({ file, detail });
  }

  build(): ImportReport {
    const files = [...this.files.values()];
    const sum = (field: keyof ImportReport['totals']) => files.reduce((total, counts) => total + counts[field], 0);
    return {
      totals: { in: sum('in'), imported: sum('imported'), mended: sum('mended'), rejected: sum('rejected') },
      files,
      reasons: [...this.reasons.values()],
      rows: this.rows,
      rowsOmitted: this.omitted,
      remarks: this.remarks,
    };
  }

  private countsOf(file: string): FileCounts {
    const counts = this.files.get(file) ?? { file, in: 0, imported: 0, mended: 0, rejected: 0 };
    this.files.set(file, counts);
    return counts;
  }

  private list(file: string, line: number, outcome: RowOutcome, { code, detail }: RowNote): void {
    const key = [file, outcome, code].join('\0');
    const reason = this.reasons.get(key) ?? { file, outcome, code, detail, count: 0 };
    reason.count += 1;
    this.reasons.set(key, reason);
    if (reason.count <= LISTED_ROWS_A_REASON[outcome]) this.rows.push({ file, line, outcome, code, detail });
    else this.omitted += 1;
  }
}
