import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Refusal } from '@throughline/shared/domain';
import { baseName, columnNames, detectFormat, plain, tableOf, type Format } from '../domain/import/formats.js';
import { TABLES, type TableName } from '../domain/import/map-row.js';
import { readCsvRows, type CsvRow } from './csv-rows.js';
import { readJsonLines, readJsonRecords } from './json-records.js';
import { spoolTables } from './json-tables.js';
import { openArchive } from './zip-archive.js';

/** One table of a dataset, and the file that it stands in. */
export interface SourceTable {
  table: TableName;
  file: string;
  rows: () => AsyncIterable<CsvRow>;
}

/** A dataset that is open for reading. */
export interface Source {
  format: Format;
  /** In the order in which they have to be read. */
  tables: SourceTable[];
  /** Files of which nothing is read, with the reason. */
  remarks: { file: string; detail: string }[];
  close: () => void;
}

/** How the bytes of an upload are packed. */
export const PACKINGS = ['zip', 'json', 'ndjson'] as const;
export type Packing = (typeof PACKINGS)[number];

export interface OpenOptions {
  /** What the sender says the format is; absent: it is told by the files. */
  format?: Format;
  /** A folder that is there for this import alone and goes with it. */
  workspace: string;
}

interface NamedContent {
  name: string;
  open: () => AsyncIterable<Buffer>;
}

/** Opens the CSV files of a folder. */
export async function openFolder(folder: URL, options: Pick<OpenOptions, 'format'> = {}): Promise<Source> {
  const path = fileURLToPath(folder);
  const names = await readdir(path).catch(() => []);
  const files = names
    .filter((name) => /\.csv$/i.test(name))
    .map((name) => ({ name, open: () => createReadStream(join(path, name)) }));
  return { ...(await csvTables(files, options.format)), close: () => undefined };
}

/**
 * Opens an uploaded file.
 * @throws Refusal `zip-refused`, `json-refused` for what cannot be read at all, `dataset-unusable` for what holds no table
 */
export async function openUpload(path: string, packing: Packing, options: OpenOptions): Promise<Source> {
  if (packing === 'zip') return openZip(path, options);
  const file = `upload.${packing}`;
  const source = await jsonTables([{ name: file, open: () => createReadStream(path) }], options);
  return { ...source, close: () => undefined };
}

async function openZip(path: string, options: OpenOptions): Promise<Source> {
  const archive = await openArchive(path);
  try {
    const entries = archive.entries.filter(({ name }) => !/(^|\/)(\.|__MACOSX\/)/.test(name));
    const csv = entries.filter(({ name }) => /\.csv$/i.test(name));
    const json = entries.filter(({ name }) => /\.(nd)?jsonl?$/i.test(name) && !/(^|\/)datapackage\.json$/i.test(name));
    const source = csv.length > 0 ? await csvTables(csv, options.format) : await jsonTables(json, options);
    const read = csv.length > 0 ? csv : json;
    const others = entries.filter((entry) => !read.includes(entry) && !/datapackage\.json$/i.test(entry.name));
    // into the same list, to which reading adds
    for (const { name } of others)
      source.remarks.push({ file: shown(name), detail: 'not read: it is no table of HSDS' });
    return { ...source, close: archive.close };
  } catch (error) {
    archive.close();
    throw error;
  }
}

type Opened = Omit<Source, 'close'>;

async function csvTables(files: readonly NamedContent[], named?: Format): Promise<Opened> {
  const bases = files.map(({ name }) => baseName(name));
  const services = files[bases.findIndex((base) => base === 'services' || base === 'service')];
  const format = named ?? detectFormat(bases, services ? await headerOf(services) : []);
  const remarks: Opened['remarks'] = [];
  const tables = new Map<TableName, SourceTable>();
  files.forEach(({ name, open }, index) => {
    const table = tableOf(bases[index]!, format, TABLES);
    const file = shown(basename(name));
    if (!table) return remarks.push({ file, detail: 'not read: it is no table of HSDS' });
    if (tables.has(table)) throw unusable(`two files hold the table ${table}`);
    const rename = (header: string[]) => {
      const names = columnNames(table, header);
      const better = names.flatMap((one, at) =>
        one !== plain(header[at]!) ? [`${shown(header[at]!)} as ${one}`] : [],
      );
      if (better.length > 0) remarks.push({ file, detail: `columns were read by other names: ${better.join(', ')}` });
      return names;
    };
    return tables.set(table, { table, file, rows: () => readCsvRows(toBuffers(open()), rename) });
  });
  return { format, tables: inOrder([...tables.values()]), remarks };
}

async function jsonTables(files: readonly NamedContent[], { workspace }: OpenOptions): Promise<Opened> {
  const [file, ...others] = files;
  if (!file) throw unusable('it holds no file with records of HSDS');
  if (others.length > 0) throw unusable('it holds several JSON files: one dataset is one of them');
  const name = shown(basename(file.name));
  const records = /\.(ndjson|jsonl)$/i.test(name) ? readJsonLines : readJsonRecords;
  return {
    format: 'hsds-3',
    tables: inOrder(await spoolTables(name, records(toBuffers(file.open())), workspace)),
    remarks: [],
  };
}

const inOrder = (tables: SourceTable[]): SourceTable[] =>
  tables.sort((a, b) => TABLES.indexOf(a.table) - TABLES.indexOf(b.table));

const unusable = (detail: string): Refusal =>
  new Refusal('invalid', 'dataset-unusable', `The dataset is unusable: ${detail}.`);

/** A name out of the upload, as a report shows it. */
const shown = (name: string): string => name.replace(/[^\x20-\x7e]/g, '?').slice(0, 100);

async function* toBuffers(chunks: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield chunk as Buffer;
}

/** The columns of a CSV file, as its first row tells them. */
async function headerOf({ open }: NamedContent): Promise<string[]> {
  let columns: string[] = [];
  const rows = readCsvRows(toBuffers(open()), (header) => (columns = header));
  await rows.next();
  await rows.return(undefined);
  return columns;
}
