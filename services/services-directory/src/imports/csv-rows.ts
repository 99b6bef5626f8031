import { Readable } from 'node:stream';
import { parse, type CsvError } from 'csv-parse';
import type { Cells, RowNote } from '../domain/import/row-reader.js';
import { withoutOversizedRows, type OversizedRow } from './csv-bounds.js';
import { decodeCell } from '../domain/import/text-repair.js';

/** A longer row is no row of a directory, or an attack: it is left out, and the others are read. In bytes. */
export const MAX_ROW_BYTES = 1_000_000;

/** The widest table of HSDS has 23 columns. */
export const MAX_COLUMNS = 1000;

const BYTE_ORDER_MARK = Buffer.from('\ufeff');

export type CsvRow =
  { line: number; readable: true; cells: Cells; notes: RowNote[] } | { line: number; readable: false; reason: RowNote };

const TOO_LONG: RowNote = { code: 'row-too-long', detail: `the row is longer than ${MAX_ROW_BYTES} bytes` };

const REASONS: Record<string, RowNote> = {
  CSV_QUOTE_NOT_CLOSED: { code: 'quote-not-closed', detail: 'a quote is opened here and never closed' },
  CSV_MAX_RECORD_SIZE: TOO_LONG,
};

/**
 * The rows of a CSV file, one after the other, with the line on which each begins. Reads bytes, so that a file that is
 * no UTF-8 costs single cells and not the file; takes a byte-order mark off; never throws for what stands in the file.
 */
export async function* readCsvRows(
  source: AsyncIterable<Buffer>,
  rename: (header: string[]) => string[] = (header) => header.map((name) => name.trim().toLowerCase()),
): AsyncGenerator<CsvRow> {
  const unreadable: { line: number; reason: RowNote }[] = [];
  const leftOutRows: OversizedRow[] = [];
  let tooLong = false;
  async function* chunks() {
    const leftOut = (row: OversizedRow): void => {
      leftOutRows.push(row);
      unreadable.push({ line: row.line, reason: row.unclosed ? REASONS['CSV_QUOTE_NOT_CLOSED']! : TOO_LONG });
    };
    for await (const chunk of withoutOversizedRows(withoutMark(source), MAX_ROW_BYTES, leftOut)) {
      if (tooLong) return;
      yield chunk;
    }
  }
  const parser = parse({
    encoding: null,
    relax_column_count: true,
    relax_quotes: true,
    // if it should see a row where we saw several
    max_record_size: 2 * MAX_ROW_BYTES,
    skip_records_with_error: true,
    on_skip: (error?: CsvError) => {
      if (!error || tooLong) return undefined;
      tooLong = error.code === 'CSV_MAX_RECORD_SIZE';
      const reason = REASONS[error.code] ?? { code: 'row-unreadable', detail: 'the row is no CSV' };
      unreadable.push({ line: Number(error['lines']), reason });
      return undefined;
    },
  });
  let header: string[] | undefined;
  let next = 1;
  for await (const record of Readable.from(chunks()).pipe(parser) as AsyncIterable<Buffer[]>) {
    const cells = record.map(decodeCell);
    while (leftOutRows[0] && leftOutRows[0].line <= next) next += leftOutRows.shift()!.lines;
    const line = next;
    // counted here, because the parser counts a line break within quotes twice where it is CR LF
    next += cells.reduce((total, { text }) => total + text.split('\n').length - 1, 1);
    if (cells.every(({ text }) => text.trim() === '')) continue;
    if (header) yield { line, readable: true, ...namedCells(header, cells) };
    else if (cells.length > MAX_COLUMNS) {
      const reason = {
        code: 'too-many-columns',
        detail: `the file has more than ${MAX_COLUMNS} columns and was not read`,
      };
      return yield { line, readable: false, reason };
    } else header = rename(cells.map(({ text }) => text));
  }
  for (const { line, reason } of unreadable) yield { line, readable: false, reason };
}

/** Takes the byte-order mark off; the parser would take it for leave to decode. */
async function* withoutMark(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first = true;
  for await (const chunk of chunks) {
    yield first && chunk.subarray(0, 3).equals(BYTE_ORDER_MARK) ? chunk.subarray(3) : chunk;
    first = false;
  }
}

function namedCells(header: string[], cells: { text: string; legacy: boolean }[]): { cells: Cells; notes: RowNote[] } {
  const notes: RowNote[] = [];
  if (cells.some((cell) => cell.legacy))
    notes.push({ code: 'text-not-utf8', detail: 'the row is no UTF-8 and was read as Windows-1252' });
  if (cells.slice(header.length).some((cell) => cell.text.trim() !== ''))
    notes.push({ code: 'cells-without-column', detail: `the row has more than ${header.length} cells` });
  return { cells: Object.fromEntries(header.map((name, index) => [name, cells[index]?.text ?? ''])), notes };
}
