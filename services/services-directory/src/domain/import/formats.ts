import type { TableName } from './map-row.js';

/** The formats that are told apart. What differs between 3.0 and 3.2.3 are tables and columns that may be absent. */
export const FORMATS = ['hsds-1.0', 'hsds-1.1', 'hsds-2.0', 'hsds-3'] as const;
export type Format = (typeof FORMATS)[number];

/** Names of files, in any format, that are not those of our tables. The first are those of HSDS 3. */
const TABLE_OF_FILE: Record<string, TableName> = {
  service_at_location: 'services_at_location',
  accessibility: 'accessibility_for_disabilities',
  urls: 'url',
  capacities: 'service_capacity',
  service_capacities: 'service_capacity',
  other_attributes: 'attributes',
  mail_addresses: 'postal_addresses',
  service_taxonomy: 'services_taxonomy',
  service_at_locations: 'services_at_location',
  services_at_locations: 'services_at_location',
};

const SINGULARS: Record<string, TableName> = Object.fromEntries(
  (
    'organizations programs services locations contacts phones addresses physical_addresses postal_addresses schedules ' +
    'regular_schedules holiday_schedules languages payments_accepted required_documents service_areas cost_options ' +
    'organization_identifiers taxonomy_terms service_attributes attributes units taxonomies'
  )
    .split(' ')
    .map((name) => [singular(name), name as TableName]),
);

function singular(name: string): string {
  if (name === 'payments_accepted') return 'payment_accepted';
  return name
    .replace(/ies$/, 'y')
    .replace(/sses$/, 'ss')
    .replace(/(?<!s)s$/, '');
}

/** Names come from strangers: one may be that of something that every object has. */
const own = <T>(record: Record<string, T>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

/** A name in small letters, with underscores for spaces and hyphens. */
export const plain = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');

/** The name of a file without folders and ending, as tables are named: `data/Services.CSV` is `services`. */
export const baseName = (path: string): string => plain(path.replace(/^.*\//, '').replace(/\.[^.]*$/, ''));

/**
 * The table that a file holds; undefined for a file that is none.
 * @param tables all that there are, by their own names
 */
export function tableOf(base: string, format: Format, tables: readonly TableName[]): TableName | undefined {
  // Ohana says nothing of the kind of an address, because the other kind has a file of its own
  if (format === 'hsds-1.0' && base === 'addresses') return 'physical_addresses';
  const name = own(TABLE_OF_FILE, base) ?? (base === 'taxonomy' ? undefined : own(SINGULARS, base)) ?? base;
  return tables.find((one) => one === name);
}

const ONLY_IN_3 =
  'service_at_location accessibility addresses attributes taxonomies cost_options organization_identifiers ' +
  'service_capacity units url';
const ONLY_IN_2 = 'schedules taxonomy_terms service_attributes other_attributes';

/** Tells the format of a dataset by its files, and by the columns of its services. */
export function detectFormat(bases: readonly string[], serviceColumns: readonly string[]): Format {
  const columns = serviceColumns.map(plain);
  const hasOneOf = (names: string) => names.split(' ').some((name) => bases.includes(name));
  if (bases.includes('mail_addresses') || (columns.includes('location_id') && !columns.includes('organization_id')))
    return 'hsds-1.0';
  if (hasOneOf(ONLY_IN_3)) return 'hsds-3';
  return hasOneOf(ONLY_IN_2) ? 'hsds-2.0' : 'hsds-1.1';
}

/**
 * Columns that sources name otherwise. Sources: the mapping of Florida's data in openreferral/hsds-transformer
 * (`examples/florida_data/florida_mapping.yaml`, MIT) and the column names of the sources of its `custom/ilao` fixtures.
 */
const RENAMED: Partial<Record<TableName, Record<string, string>>> = {
  organizations: { title: 'name', body: 'description', website_address: 'website', website_url: 'website' },
  services: { title: 'name' },
  locations: {
    title: 'name',
    location: 'name',
    lat: 'latitude',
    lng: 'longitude',
    lon: 'longitude',
    long: 'longitude',
  },
  phones: { phone: 'number', phone_number: 'number', telephone: 'number', ext: 'extension' },
  ...Object.fromEntries(
    ['addresses', 'physical_addresses', 'postal_addresses'].map((table) => [
      table,
      {
        address: 'address_1',
        street: 'address_1',
        address1: 'address_1',
        address2: 'address_2',
        state: 'state_province',
        zip: 'postal_code',
        zip_code: 'postal_code',
        zipcode: 'postal_code',
        postcode: 'postal_code',
      },
    ]),
  ),
  regular_schedules: { day: 'weekday', day_of_week: 'weekday', open: 'opens_at', close: 'closes_at' },
};

/** Columns that sources write with the name of their table before them, as in `service_name` or `Organization ID`. */
const PREFIXED = new Set(
  ['id', 'name', 'alternate_name', 'description', 'email', 'url', 'website', 'status', 'tax_id', 'legal_status'].concat(
    ['year_incorporated', 'min_age', 'max_age'],
  ),
);

/**
 * The names by which the columns of a file are read: without regard to case and spaces, `uuid` as `id`, without the
 * name of the table, and as the mapping above says; always only where no other column has that name already.
 */
export function columnNames(table: TableName, header: readonly string[]): string[] {
  const names = header.map(plain);
  const taken = new Set(names);
  const renamed = RENAMED[table] ?? {};
  const prefixes = [`${singular(table)}_`, `${table}_`];
  return names.map((name) => {
    const id = name.replace(/(^|_)uuid$/, '$1id');
    const prefix = prefixes.find((one) => id.startsWith(one) && PREFIXED.has(id.slice(one.length)));
    const better = [own(renamed, name), prefix && id.slice(prefix.length), id].find((one) => one && !taken.has(one));
    if (better === undefined) return name;
    taken.add(better);
    return better;
  });
}
