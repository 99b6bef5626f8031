import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Inject, Injectable } from '@nestjs/common';
import { derivedId } from '@throughline/shared/persistence';
import { stringify } from 'csv-stringify';
import yazl from 'yazl';
import { Flattener } from '../domain/import/flatten.js';
import { noTermId } from '../domain/import/taxonomy-rows.js';
import { descriptor, noTermCells, packageCells, packageTables, pathOf, type PackageTable } from './data-package.js';
import { EXPORTED, ExportRecords } from './export-records.js';

type Cells = Readonly<Record<string, string>>;

/** Writes the whole directory out. Memory holds one batch of records, whatever its size. */
@Injectable()
export class ExportsService {
  constructor(@Inject(ExportRecords) private readonly records: ExportRecords) {}

  /** One JSON object with a list for each table, one record a line. */
  json(): Readable {
    return Readable.from(this.jsonText(), { objectMode: false });
  }

  private async *jsonText(): AsyncGenerator<string> {
    for (const [index, table] of EXPORTED.entries()) {
      yield `${index === 0 ? '{' : ','}\n"${table}": [`;
      let separator = '\n';
      for await (const record of this.records.of(table)) {
        yield separator + JSON.stringify(record);
        separator = ',\n';
      }
      yield '\n]';
    }
    yield '\n}\n';
  }

  /**
   * A tabular data package. The tables are written to files first, because a zip takes one entry after the other and a
   * record has rows in many.
   */
  async dataPackage(): Promise<Readable> {
    const folder = await mkdtemp(join(tmpdir(), 'export-'));
    const drop = () => rm(folder, { recursive: true, force: true });
    try {
      const official = descriptor();
      const tables = packageTables(official);
      await this.writeTables(folder, tables);
      const zip = new yazl.ZipFile();
      // the same records give the same bytes
      const options = { mtime: new Date('2000-01-01T00:00:00Z'), forceDosTimestamp: true };
      zip.addBuffer(official, 'datapackage.json', options);
      for (const { path } of tables) zip.addFile(join(folder, path), path, options);
      zip.end();
      const output = new Readable().wrap(zip.outputStream);
      output.once('close', () => void drop());
      return output;
    } catch (error) {
      await drop();
      throw error;
    }
  }

  private async writeTables(folder: string, tables: readonly PackageTable[]): Promise<void> {
    const noTerm = noTermId(derivedId);
    const files = new Map(tables.map(({ path, columns }) => [path, new TableFile(join(folder, path), columns)]));
    const flattener = new Flattener('first');
    let withoutTerm = false;
    try {
      for (const table of EXPORTED)
        for await (const record of this.records.of(table))
          for (const row of flattener.rows(table, record as Record<string, unknown>)) {
            const cells = packageCells(row, noTerm);
            withoutTerm ||= cells['taxonomy_term_id'] === noTerm;
            await files.get(pathOf(row.table))!.write(cells);
          }
      if (withoutTerm) await files.get('taxonomy_terms.csv')!.write(noTermCells(noTerm));
    } finally {
      await Promise.all([...files.values()].map((file) => file.end()));
    }
  }
}

/** One table on its way to a CSV file. */
class TableFile {
  private readonly rows;
  private readonly written;

  constructor(path: string, columns: string[]) {
    this.rows = stringify({ header: true, columns });
    this.written = finished(this.rows.pipe(createWriteStream(path)));
  }

  async write(cells: Cells): Promise<void> {
    if (!this.rows.write(cells)) await once(this.rows, 'drain');
  }

  async end(): Promise<void> {
    this.rows.end();
    await this.written;
  }
}
