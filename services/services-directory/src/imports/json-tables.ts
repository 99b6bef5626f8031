import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { baseName, tableOf } from '../domain/import/formats.js';
import { Flattener, tableOfRecord } from '../domain/import/flatten.js';
import { TABLES, type TableName } from '../domain/import/map-row.js';
import type { CsvRow } from './csv-rows.js';
import type { JsonRecord } from './json-records.js';
import type { SourceTable } from './sources.js';

/**
 * Takes the records of a JSON file apart into one file of rows for each table, because rows are read table by table:
 * what is referred to before what refers to it. The files lie in `workspace` and go with it.
 */
export async function spoolTables(
  file: string,
  records: AsyncIterable<JsonRecord>,
  workspace: string,
): Promise<SourceTable[]> {
  const spools = new Map<TableName | undefined, WriteStream>();
  const write = async (table: TableName | undefined, row: object): Promise<void> => {
    const spool = spools.get(table) ?? createWriteStream(pathOf(workspace, file, table));
    spools.set(table, spool);
    if (!spool.write(`${JSON.stringify(row)}\n`)) await once(spool, 'drain');
  };
  const flattener = new Flattener('differing');
  try {
    for await (const one of records) {
      const { line } = one;
      const table = one.readable ? tableOfItem(one) : undefined;
      if (one.readable && table) {
        for (const row of flattener.rows(table, one.record)) await write(row.table, { line, cells: row.cells });
      } else {
        const reason = one.readable ? { code: 'record-unknown', detail: 'it is no record of HSDS' } : one.reason;
        await write(undefined, { line, reason });
      }
    }
  } finally {
    await Promise.all([...spools.values()].map((spool) => finished(spool.end())));
  }
  return [...spools.keys()].map((table) => ({
    table: table ?? 'services',
    file: table ? `${file}#${table}` : file,
    rows: () => spooledRows(pathOf(workspace, file, table)),
  }));
}

const tableOfItem = ({ field, record }: JsonRecord & { readable: true }): TableName | undefined =>
  (field === undefined || field === 'contents' ? undefined : tableOf(baseName(field), 'hsds-3', TABLES)) ??
  tableOfRecord(record);

const pathOf = (workspace: string, file: string, table = 'unreadable'): string =>
  join(workspace, `${baseName(file).replace(/\W/g, '_')}.${table}.rows`);

async function* spooledRows(path: string): AsyncGenerator<CsvRow> {
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    const { line, cells, reason } = JSON.parse(text) as Record<'line' | 'cells' | 'reason', never>;
    yield reason === undefined ? { line, readable: true, cells, notes: [] } : { line, readable: false, reason };
  }
}
