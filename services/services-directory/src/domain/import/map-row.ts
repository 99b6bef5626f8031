import * as details from './detail-rows.js';
import { attribute, metadata, serviceAttribute } from './linked-rows.js';
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
import * as records from './record-rows.js';
import { schedule } from './schedule-rows.js';
import { serviceTaxonomy, taxonomy, taxonomyTerm, taxonomyTerm3 } from './taxonomy-rows.js';

type RowMapping = [kind: PartKind, map: (row: RowReader) => Part[]];

/**
 * The tables of HSDS 1.0 to 3.2.3, each with what one row of it becomes in HSDS 3.2.3. In this order they are read: what
 * is referred to comes before what refers to it.
 */
const MAPPINGS = {
  organizations: ['organization', owners.organization],
  programs: ['program', owners.program],
  taxonomies: ['attribute', taxonomy],
  taxonomy: ['attribute', taxonomyTerm],
  taxonomy_terms: ['attribute', taxonomyTerm3],
  units: ['service_capacity', records.unit],
  locations: ['location', owners.location],
  services: ['service', owners.service],
  services_at_location: ['service_at_location', owners.serviceAtLocation],
  contacts: ['contact', owners.contact],
  phones: ['phone', details.phone],
  addresses: ['address', details.typedAddress],
  physical_addresses: ['address', details.physicalAddress],
  postal_addresses: ['address', details.postalAddress],
  schedules: ['schedule', schedule],
  regular_schedules: ['schedule', details.regularSchedule],
  holiday_schedules: ['schedule', details.holidaySchedule],
  languages: ['language', details.language],
  accessibility_for_disabilities: ['accessibility', details.accessibility],
  eligibility: ['eligibility', details.eligibility],
  funding: ['funding', details.funding],
  payments_accepted: ['attribute', details.paymentAccepted],
  required_documents: ['required_document', details.requiredDocument],
  service_areas: ['service_area', details.serviceArea],
  cost_options: ['cost_option', records.costOption],
  organization_identifiers: ['organization_identifier', records.organizationIdentifier],
  service_capacity: ['service_capacity', records.serviceCapacity],
  url: ['url', records.url],
  services_taxonomy: ['attribute', serviceTaxonomy],
  service_attributes: ['attribute', serviceAttribute],
  attributes: ['attribute', attribute],
  metadata: ['metadata', metadata],
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
      /** The id of the record that the row is, where that is no part. */
      record?: string;
    }
  | { rejected: true; reason: RowNote; columns: ReadonlySet<string> };

/** Turns one row into parts of HSDS 3.2.3 records. */
export function mapRow(table: TableName, cells: Cells, context: ImportContext): MappedRow {
  const [kind, map] = MAPPINGS[table];
  const row = new RowReader(kind, cells, context);
  try {
    const parts = map(row);
    const { notes, columns, awaits, recordId } = row;
    return {
      rejected: false,
      parts,
      notes,
      columns,
      ...(awaits ? { awaits } : {}),
      ...(recordId ? { record: recordId } : {}),
    };
  } catch (error) {
    if (error instanceof RowRejected) return { rejected: true, reason: error.note, columns: row.columns };
    throw error;
  }
}

/** The keys of what a part uses without owning or being owned by it. */
export function usedBy({ kind, record }: Part): string[] {
  return kind === 'service_at_location' ? [keyOf('location', record['location_id'] as string)] : [];
}
