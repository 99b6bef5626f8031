import * as details from './detail-rows.js';
import * as owners from './owner-rows.js';
import {
  keyOf,
  RowReader,
  RowRejected,
  type Cells,
  type ImportContext,
  type Part,
  type PartKind,
  type RowNote,
} from './row-reader.js';
import { serviceTaxonomy, taxonomyTerm } from './taxonomy-rows.js';

type RowMapping = [kind: PartKind, map: (row: RowReader) => Part[]];

/**
 * The tables of HSDS 1.1, each with what one row of it becomes in HSDS 3.2.3. In this order they are read: what is
 * referred to comes before what refers to it.
 */
const MAPPINGS = {
  organizations: ['organization', owners.organization],
  programs: ['program', owners.program],
  taxonomy: ['attribute', taxonomyTerm],
  services: ['service', owners.service],
  locations: ['location', owners.location],
  services_at_location: ['service_at_location', owners.serviceAtLocation],
  contacts: ['contact', owners.contact],
  phones: ['phone', details.phone],
  physical_addresses: ['address', details.physicalAddress],
  postal_addresses: ['address', details.postalAddress],
  regular_schedules: ['schedule', details.regularSchedule],
  holiday_schedules: ['schedule', details.holidaySchedule],
  languages: ['language', details.language],
  accessibility_for_disabilities: ['accessibility', details.accessibility],
  eligibility: ['eligibility', details.eligibility],
  funding: ['funding', details.funding],
  payments_accepted: ['attribute', details.paymentAccepted],
  required_documents: ['required_document', details.requiredDocument],
  service_areas: ['service_area', details.serviceArea],
  services_taxonomy: ['attribute', serviceTaxonomy],
  metadata: ['metadata', details.metadata],
  meta_table_descriptions: ['metadata', details.metaTableDescription],
} satisfies Record<string, RowMapping>;

export type TableName = keyof typeof MAPPINGS;
/** The tables in the order in which they are imported. */
export const TABLES = Object.keys(MAPPINGS) as TableName[];

/** A row that was imported, with what had to be mended, or one that was rejected, with the reason. */
export type MappedRow =
  | {
      rejected: false;
      parts: Part[];
      notes: RowNote[];
      columns: ReadonlySet<string>;
      /** The row has nowhere to be served unless a later row uses this key. */
      awaits?: string;
    }
  | { rejected: true; reason: RowNote; columns: ReadonlySet<string> };

/** Turns one row of HSDS 1.1 into parts of HSDS 3.2.3 records. */
export function mapRow(table: TableName, cells: Cells, context: ImportContext): MappedRow {
  const [kind, map] = MAPPINGS[table];
  const row = new RowReader(kind, cells, context);
  try {
    const parts = map(row);
    const { notes, columns, awaits } = row;
    return { rejected: false, parts, notes, columns, ...(awaits ? { awaits } : {}) };
  } catch (error) {
    if (error instanceof RowRejected) return { rejected: true, reason: error.note, columns: row.columns };
    throw error;
  }
}

/** The keys of what a part uses without owning or being owned by it. */
export function usedBy({ kind, record }: Part): string[] {
  return kind === 'service_at_location' ? [keyOf('location', record['location_id'] as string)] : [];
}
