import type { TableName } from './map-row.js';
import type { Cells } from './row-reader.js';

/** A row of a table, out of a nested record. */
export interface FlatRow {
  table: TableName;
  cells: Cells;
}

type Json = Record<string, unknown>;

interface Nesting {
  /** The name of the table's records in `link_entity`, and with `_id` the column by which others refer to them. */
  entity: string;
  /** The arrays of a record, each with the table of its items. */
  many: Record<string, TableName>;
  /** The single records within a record, each with its table and the column that refers to it. */
  one?: Record<string, [table: TableName, column: string]>;
}

const CONTACTS_PHONES_SCHEDULES = { contacts: 'contacts', phones: 'phones', schedules: 'schedules' } as const;

/** How the records of HSDS 3 are nested in JSON, as the compiled schemas nest them. */
const NESTING: Partial<Record<TableName, Nesting>> = {
  services: {
    entity: 'service',
    many: {
      ...CONTACTS_PHONES_SCHEDULES,
      service_areas: 'service_areas',
      service_at_locations: 'services_at_location',
      languages: 'languages',
      funding: 'funding',
      cost_options: 'cost_options',
      required_documents: 'required_documents',
      capacities: 'service_capacity',
      additional_urls: 'url',
    },
    one: { organization: ['organizations', 'organization_id'], program: ['programs', 'program_id'] },
  },
  organizations: {
    entity: 'organization',
    many: {
      funding: 'funding',
      contacts: 'contacts',
      phones: 'phones',
      locations: 'locations',
      programs: 'programs',
      organization_identifiers: 'organization_identifiers',
      additional_websites: 'url',
      services: 'services',
    },
  },
  locations: {
    entity: 'location',
    many: {
      ...CONTACTS_PHONES_SCHEDULES,
      languages: 'languages',
      addresses: 'addresses',
      accessibility: 'accessibility_for_disabilities',
    },
  },
  services_at_location: {
    entity: 'service_at_location',
    many: { ...CONTACTS_PHONES_SCHEDULES, service_areas: 'service_areas' },
    one: { location: ['locations', 'location_id'], service: ['services', 'service_id'] },
  },
  programs: { entity: 'program', many: {} },
  contacts: { entity: 'contact', many: { phones: 'phones' } },
  phones: { entity: 'phone', many: { languages: 'languages' } },
  addresses: { entity: 'address', many: {} },
  schedules: { entity: 'schedule', many: {} },
  languages: { entity: 'language', many: {} },
  accessibility_for_disabilities: { entity: 'accessibility', many: {} },
  funding: { entity: 'funding', many: {} },
  service_areas: { entity: 'service_area', many: {} },
  required_documents: { entity: 'required_document', many: {} },
  cost_options: { entity: 'cost_option', many: {} },
  organization_identifiers: { entity: 'organization_identifier', many: {} },
  service_capacity: { entity: 'service_capacity', many: {}, one: { unit: ['units', 'unit_id'] } },
  units: { entity: 'unit', many: {} },
  url: { entity: 'url', many: {} },
  attributes: { entity: 'attribute', many: {}, one: { taxonomy_term: ['taxonomy_terms', 'taxonomy_term_id'] } },
  taxonomy_terms: { entity: 'taxonomy_term', many: {}, one: { taxonomy_detail: ['taxonomies', 'taxonomy_id'] } },
  taxonomies: { entity: 'taxonomy', many: {} },
};

/** Records that stand in several others, each time with all their own: the first time counts. */
const SHARED = new Set<TableName>([
  ...(['organizations', 'locations', 'programs', 'services', 'units', 'taxonomies', 'taxonomy_terms'] as const),
]);

/** Those of them that stand there by value: copies may differ, and then each is a row. */
const BY_VALUE = new Set<TableName>(['units', 'taxonomies', 'taxonomy_terms']);

/**
 * Takes nested records apart into rows of tables, so that they are read, mended and reported by the same rules as rows
 * of CSV. Remembers the ids of the records that may be repeated, and nothing else, between one record and the next.
 */
export class Flattener {
  private readonly seen = new Set<string>();

  /** @param copies whether copies that differ become rows, or only the first of one id does */
  constructor(private readonly copies: 'differing' | 'first') {}

  /** The rows of one record of a table, its own first. */
  rows(table: TableName, record: Json): FlatRow[] {
    const rows: FlatRow[] = [];
    this.remember(table, record);
    this.add(rows, table, record, {});
    return rows;
  }

  private add(rows: FlatRow[], table: TableName, record: Json, links: Record<string, string>): void {
    const nesting = NESTING[table];
    const cells: Record<string, string> = { ...scalarsOf(record), ...links };
    rows.push({ table, cells });
    if (!nesting) return;
    for (const [field, [childTable, column]] of Object.entries(nesting.one ?? {})) {
      const child = record[field];
      if (!isRecord(child)) continue;
      if (typeof child['id'] === 'string') cells[column] = child['id'];
      if (this.first(childTable, child)) this.add(rows, childTable, child, linkedFrom(childTable, cells));
    }
    const own = typeof record['id'] === 'string' ? record['id'] : undefined;
    if (own === undefined) return;
    for (const [field, childTable] of Object.entries(nesting.many))
      for (const child of recordsOf(record[field]))
        if (!SHARED.has(childTable) || this.first(childTable, child))
          this.add(rows, childTable, child, { [`${nesting.entity}_id`]: own });
    for (const child of recordsOf(record['attributes']))
      this.add(rows, 'attributes', child, { link_id: own, link_entity: nesting.entity });
    for (const child of recordsOf(record['metadata']))
      this.add(rows, 'metadata', child, { resource_id: own, resource_type: nesting.entity });
  }

  private first(table: TableName, record: Json): boolean {
    const { id } = record;
    if (typeof id !== 'string') return true;
    const copy = this.copies === 'differing' && BY_VALUE.has(table) ? JSON.stringify(record) : id;
    if (this.seen.has(`${table}:${copy}`)) return false;
    this.seen.add(`${table}:${copy}`);
    return true;
  }

  private remember(table: TableName, record: Json): void {
    if (SHARED.has(table)) this.first(table, record);
  }
}

/** A programme stands within its service without naming its organization, which is that of the service. */
function linkedFrom(table: TableName, cells: Record<string, string>): Record<string, string> {
  const organization = cells['organization_id'];
  return table === 'programs' && organization ? { organization_id: organization } : {};
}

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const recordsOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isRecord) : []);

const scalarsOf = (record: Json): Record<string, string> =>
  Object.fromEntries(
    Object.entries(record)
      .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
      .map(([name, value]) => [name, String(value)]),
  );

const SHAPES: readonly [table: TableName, fields: readonly string[]][] = [
  ['services_at_location', ['service', 'service_id']],
  ['services', ['status', 'organization', 'service_at_locations']],
  ['locations', ['location_type', 'latitude', 'addresses']],
  ['taxonomy_terms', ['taxonomy_detail', 'taxonomy_id', 'parent_id', 'taxonomy', 'term_uri']],
  ['organizations', ['services', 'website', 'locations', 'programs', 'legal_status', 'tax_status', 'email']],
];

/** The table of a record that stands alone, told by its fields; undefined where none of them is telling. */
export const tableOfRecord = (record: Json): TableName | undefined =>
  SHAPES.find(([, fields]) => fields.some((field) => record[field] !== undefined))?.[0];
