import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { FlatRow } from '../domain/import/flatten.js';
import { BLANK } from '../domain/import/linked-rows.js';
import type { TableName } from '../domain/import/map-row.js';

/** A table as the official `datapackage.json` of HSDS 3.2.3 describes it. */
export interface PackageTable {
  path: string;
  columns: string[];
}

/** The official descriptor, which is the descriptor of our packages too. Licence: `hsds/README.md`. */
export const descriptor = (): Buffer =>
  gunzipSync(readFileSync(new URL('../../hsds/datapackage.json.gz', import.meta.url)));

/** Our tables whose file has another name in HSDS 3. */
const FILE_OF: Partial<Record<TableName, string>> = {
  services_at_location: 'service_at_location',
  accessibility_for_disabilities: 'accessibility',
};

export const pathOf = (table: TableName): string => `${FILE_OF[table] ?? table}.csv`;

/** The tables of the package, in the order of the descriptor. */
export function packageTables(official: Buffer): PackageTable[] {
  const { resources } = JSON.parse(official.toString()) as {
    resources: { path: string; schema: { fields: { name: string }[] } }[];
  };
  return resources.map(({ path, schema }) => ({ path, columns: schema.fields.map(({ name }) => name) }));
}

/**
 * The cells of a row as the package has them: what the tables demand and JSON does not is filled with a stand-in, which
 * an import takes out again.
 * @param noTerm the id of the term that stands for none
 */
export function packageCells({ table, cells }: FlatRow, noTerm: string): Readonly<Record<string, string>> {
  if (table === 'attributes') return { ...cells, taxonomy_term_id: cells['taxonomy_term_id'] ?? noTerm };
  if (table === 'schedules')
    return { ...cells, ...withSeconds('opens_at', cells['opens_at']), ...withSeconds('closes_at', cells['closes_at']) };
  if (table !== 'metadata') return cells;
  return {
    ...cells,
    previous_value: cells['previous_value'] || BLANK,
    replacement_value: cells['replacement_value'] || BLANK,
  };
}

/** Table Schema wants seconds in a time, which HSDS does not. */
const withSeconds = (column: string, time?: string): Record<string, string> =>
  time === undefined ? {} : { [column]: time.replace(/^(\d{2}:\d{2})(?!:)/, '$1:00') };

/** The row of the term that stands for none. */
export const noTermCells = (id: string): Readonly<Record<string, string>> => ({
  id,
  name: 'No term',
  description: 'Stands in for the term of an attribute that has none; an import leaves it out.',
});
