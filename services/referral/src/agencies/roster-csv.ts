import { isUtf8 } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';
import { Refusal } from '@throughline/shared/domain';
import { z } from 'zod';
import {
  rejected,
  ROSTER_COLUMNS,
  type RosterColumn,
  type RosterRow,
  type RowReport,
} from '../domain/officer-roster.js';
import { endOfDay } from '../domain/zoned-days.js';
import { officerId, unit } from './agencies.schemas.js';

/** The largest roster in bytes. The bytes are held while it is imported; its rows are read a few hundred at a time. */
export const MAX_ROSTER_BYTES = 10_000_000;
export const MAX_ROSTER_ROWS = 50_000;

const DAY_MS = 86_400_000;
const REQUIRED: readonly RosterColumn[] = ['officer_id', 'active_from'];
const instantOrDay = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);

/**
 * Reads a roster of officers: CSV in UTF-8 (RFC 4180), with or without a byte-order mark, separated by comma, semicolon or
 * tab. A time is an instant with its offset, or a date, which is the beginning of that day in the zone of the agency.
 * @returns its rows in order, each read when it is asked for: a row, or why it is none
 * @throws Refusal `csv-unreadable`, `csv-columns`, `csv-too-many-rows` (422), where no row can be told; at once
 */
export function readRoster(bytes: Buffer, timeZone: string): Iterable<RosterRow | RowReport> {
  if (!isUtf8(bytes)) throw unreadable('csv-unreadable', 'The file is not in UTF-8.');
  const [header = ''] = linesOf(bytes);
  const delimiter = /[,;\t]/.exec(header)?.[0] ?? ',';
  const columns = columnsOf(cellsOf(header, delimiter) ?? []);
  if (countOf(filledLinesOf(bytes)) > MAX_ROSTER_ROWS)
    throw unreadable('csv-too-many-rows', `A roster has ${MAX_ROSTER_ROWS} rows at most. Send it in parts.`);
  return rowsOf(filledLinesOf(bytes), delimiter, columns, timeZone);
}

function* rowsOf(
  lines: Iterable<{ text: string; line: number }>,
  delimiter: string,
  columns: RosterColumn[],
  timeZone: string,
): Generator<RosterRow | RowReport> {
  for (const { text, line } of lines) {
    const cells = cellsOf(text, delimiter);
    yield cells
      ? rowOf(line, columns, cells, timeZone)
      : rejected(line, 'row-unreadable', 'The quotes of this row are wrong.');
  }
}

/** The lines below the first that are not blank; numbered as an editor does. */
function* filledLinesOf(bytes: Buffer): Generator<{ text: string; line: number }> {
  let line = 0;
  for (const text of linesOf(bytes)) {
    line += 1;
    if (line > 1 && text.trim() !== '') yield { text, line };
  }
}

/** The lines, one at a time: a large file never becomes one large text. Some spreadsheets end them by CR alone. */
function* linesOf(bytes: Buffer): Generator<string> {
  const lineEnd = bytes.includes('\n') ? '\n' : '\r';
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(lineEnd, start);
    yield bytes.toString('utf8', start, end < 0 ? bytes.length : end);
    start = end < 0 ? bytes.length : end + 1;
  }
}

function countOf(items: Iterator<unknown>): number {
  let count = 0;
  while (!items.next().done) count += 1;
  return count;
}

/**
 * Undefined where the quotes are wrong. No cell of a roster may hold a line break, so each line is read by itself: a quote
 * that is never closed costs its own row and not the rest of the file.
 */
function cellsOf(line: string, delimiter: string): string[] | undefined {
  try {
    return parse(line, { delimiter, trim: true })[0] ?? [];
  } catch (error) {
    if (error instanceof CsvError) return undefined;
    throw error;
  }
}

function columnsOf(header: string[]): RosterColumn[] {
  const names = header.map((name) => name.toLowerCase().replaceAll(/[\s_-]+/g, '_'));
  const known: readonly string[] = ROSTER_COLUMNS;
  const wrong =
    names.some((name) => !known.includes(name)) ||
    new Set(names).size < names.length ||
    REQUIRED.some((name) => !names.includes(name));
  // a mistyped column that were ignored would leave officers active who have left
  if (wrong)
    throw unreadable(
      'csv-columns',
      `The first row names the columns: ${REQUIRED.join(', ')}, and where they are known active_until and unit; no other.`,
    );
  return names as RosterColumn[];
}

function rowOf(line: number, columns: RosterColumn[], record: string[], timeZone: string): RosterRow | RowReport {
  if (record.length > columns.length)
    return rejected(line, 'cells-without-column', `The row has more than ${columns.length} cells.`);
  const cell = (column: RosterColumn): string => record[columns.indexOf(column)] ?? '';
  for (const column of REQUIRED)
    if (cell(column) === '') return rejected(line, 'cell-empty', 'This cell must not be empty.', column);
  if (!officerId.safeParse(cell('officer_id')).success)
    return rejected(
      line,
      'officer-id-invalid',
      'An officer id is the sub of a token: visible ASCII only.',
      'officer_id',
    );
  const activeFrom = timeOf(cell('active_from'), timeZone);
  const activeUntil = cell('active_until') === '' ? undefined : timeOf(cell('active_until'), timeZone);
  for (const [column, time] of [
    ['active_from', activeFrom],
    ['active_until', activeUntil],
  ] as const)
    if (time === null)
      return rejected(line, 'time-invalid', 'A date (2026-01-31), or an instant with its offset.', column);
  if (activeUntil && activeUntil <= activeFrom!)
    return rejected(line, 'ends-before-it-begins', 'A period ends after it began.', 'active_until');
  const named = cell('unit') === '' ? undefined : unit.safeParse(cell('unit'));
  if (named && !named.success)
    return rejected(line, 'unit-invalid', 'A unit has 100 characters at most, and no control characters.', 'unit');
  return {
    line,
    officerId: cell('officer_id'),
    period: { activeFrom: activeFrom!, ...(activeUntil && { activeUntil }), ...(named && { unit: named.data }) },
  };
}

/** Null for what is no time. */
function timeOf(cell: string, timeZone: string): Date | null {
  if (!instantOrDay.safeParse(cell).success) return null;
  if (cell.includes('T')) return new Date(cell);
  const dayBefore = new Date(Date.parse(cell) - DAY_MS).toISOString().slice(0, 10);
  return new Date(endOfDay(dayBefore, timeZone).getTime() + 1);
}

const unreadable = (code: string, message: string): Refusal => new Refusal('invalid', code, message);
