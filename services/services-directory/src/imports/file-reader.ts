import { mapRow, usedBy, type TableName } from '../domain/import/map-row.js';
import type { RowPlace } from '../domain/import/kept-edits.js';
import type { ReportBuilder } from '../domain/import/report.js';
import {
  keyOf,
  OWNER_KINDS,
  VALUE_KINDS,
  type ImportContext,
  type Part,
  type PartKind,
  type RowNote,
} from '../domain/import/row-reader.js';
import { MAX_COLUMNS } from './csv-rows.js';
import type { PartSpool, Refused, StoredPart } from './part-spool.js';
import type { SourceTable } from './sources.js';

interface ReadRow {
  file: string;
  line: number;
  notes: RowNote[];
}

interface StagedRow extends ReadRow {
  parts: Part[];
  awaits?: string;
}

/** Rows that go to the database together. */
const ROWS_TOGETHER = 200;

const REFUSALS: Record<Refused, string> = {
  'id-repeated': 'a row before it has the same id',
  'record-too-large': 'the record that it belongs in has all that one document can hold',
};

const OWNERS = new Set<PartKind>([...OWNER_KINDS, ...VALUE_KINDS]);
const kindOf = (key: string): PartKind => key.slice(0, key.indexOf(':')) as PartKind;

/** Reads the files of one import in turn: each row becomes parts, and a line of the report where it was not plain. */
export class FileReader {
  /** Rows that nothing has used yet; those that nobody ever uses have nowhere to be served. */
  private readonly awaiting = new Map<string, ReadRow>();
  /** The kinds that own parts of this import. */
  readonly ownerKinds = new Set<PartKind>();
  private readonly files = new Map<TableName, string>();
  /** Of records that are no parts: terms and taxonomies. */
  private readonly places = new Map<string, RowPlace>();

  constructor(
    private readonly context: ImportContext,
    private readonly known: Set<string>,
    private readonly parts: PartSpool,
    private readonly report: ReportBuilder,
  ) {}

  async read({ table, file, rows }: SourceTable, progress: (rows: number) => Promise<void>): Promise<void> {
    this.report.open(file);
    this.files.set(table, file);
    const imported = new Set<string>();
    const columns = new Set<string>();
    let staged: StagedRow[] = [];
    for await (const row of rows()) {
      if (!row.readable) {
        this.report.rejected(file, row.line, row.reason);
        continue;
      }
      if (columns.size < MAX_COLUMNS) for (const column of Object.keys(row.cells)) columns.add(column);
      const mapped = mapRow(table, row.cells, this.context);
      if (mapped.rejected) {
        this.report.rejected(file, row.line, mapped.reason);
        continue;
      }
      for (const column of mapped.columns) imported.add(column);
      const parts = [...new Map(mapped.parts.map((part) => [keyOf(part.kind, part.id), part])).values()];
      for (const part of parts) this.known.add(keyOf(part.kind, part.id));
      const { awaits, record } = mapped;
      if (record) this.places.set(record, { file, line: row.line });
      const notes = [...row.notes, ...mapped.notes];
      staged.push({ file, line: row.line, notes, parts, ...(awaits ? { awaits } : {}) });
      if (staged.length < ROWS_TOGETHER) continue;
      await this.stage(table, staged);
      await progress(staged.length);
      staged = [];
    }
    await this.stage(table, staged);
    await progress(staged.length);
    const left = [...columns].filter((column) => column !== '' && !imported.has(column));
    if (imported.size > 0 && left.length > 0)
      this.report.remark(file, `not imported, unknown to HSDS: ${left.slice(0, 50).join(', ')}`);
  }

  /** Where a part stood; undefined for one that stands in no row (a placeholder does in that of who needs it). */
  placeOf({ table, line }: StoredPart): RowPlace | undefined {
    const file = this.files.get(table);
    return file === undefined ? undefined : { file, line };
  }

  placeOfTerm(id: string): RowPlace | undefined {
    return this.places.get(id);
  }

  /** Reports the rows that no other row has used. */
  finish(): void {
    const detail = 'no service is linked with it, so there is nowhere to serve it';
    for (const { file, line } of this.awaiting.values())
      this.report.rejected(file, line, { code: 'not-referred-to', detail });
    this.awaiting.clear();
  }

  private async stage(table: TableName, staged: readonly StagedRow[]): Promise<void> {
    const rows = await this.withOwners(staged);
    await this.partIds(table, rows);
    const all = rows.flatMap((row) => row.parts.map((part) => ({ row, part, line: row.line })));
    const refused = new Map([...(await this.parts.add(table, all))].map(([place, why]) => [all[place]!.row, why]));
    for (const row of rows) {
      const { file, line, notes, parts, awaits } = row;
      const why = refused.get(row) ?? (awaits !== undefined && this.awaiting.has(awaits) ? 'id-repeated' : undefined);
      if (why) {
        this.report.rejected(file, line, { code: why, detail: REFUSALS[why] });
      } else if (awaits) {
        this.awaiting.set(awaits, { file, line, notes });
      } else {
        this.report.imported(file, line, notes);
      }
      if (!why) for (const key of parts.flatMap(usedBy)) this.used(key);
    }
  }

  /**
   * HSDS 3 keeps in one table what 1.1 keeps in two (schedules, addresses, attributes), and both may have used an id.
   * The second to come gets another one.
   */
  private async partIds(table: TableName, rows: readonly StagedRow[]): Promise<void> {
    const keys = rows.flatMap((row) => row.parts.map((part) => keyOf(part.kind, part.id)));
    const taken = await this.parts.takenElsewhere(table, keys);
    for (const row of taken.size > 0 ? rows : [])
      for (const part of row.parts.filter((one) => taken.has(keyOf(one.kind, one.id)))) {
        row.notes.push({ code: 'id-of-other-table', detail: `another table has used the id ${part.id}` });
        part.id = this.context.deriveId('hsds', this.context.dataset, table, part.id);
      }
  }

  /** Rejects the rows of owners that are not in memory (the attribute of a phone) and not in the database either. */
  private async withOwners(rows: readonly StagedRow[]): Promise<readonly StagedRow[]> {
    const outside = (row: StagedRow) =>
      row.parts.flatMap(({ owner }) => (owner && !OWNERS.has(kindOf(owner)) ? [owner] : []));
    for (const row of rows) for (const { owner } of row.parts) if (owner) this.ownerKinds.add(kindOf(owner));
    const asked = rows.flatMap(outside);
    if (asked.length === 0) return rows;
    const found = new Set((await this.parts.byKeys(asked)).map((part) => keyOf(part.kind, part.id)));
    return rows.filter((row) => {
      if (outside(row).every((owner) => found.has(owner))) return true;
      const detail = 'it belongs to a record that is not there';
      this.report.rejected(row.file, row.line, { code: 'owner-absent', detail });
      return false;
    });
  }

  private used(key: string): void {
    const row = this.awaiting.get(key);
    if (!row) return;
    this.awaiting.delete(key);
    this.report.imported(row.file, row.line, row.notes);
  }
}
