import { columnNames, detectFormat, tableOf, baseName } from './formats.js';
import { TABLES } from './map-row.js';

it.each([
  ['hsds-1.0', 'organizations services mail_addresses addresses', []],
  ['hsds-1.0', 'organizations services', ['id', 'location_id', 'name']],
  ['hsds-1.1', 'organizations services regular_schedules services_at_location', ['id', 'organization_id']],
  ['hsds-2.0', 'organizations services services_at_location schedules', ['id', 'organization_id']],
  ['hsds-3', 'organizations services service_at_location schedules', ['id', 'organization_id']],
  ['hsds-3', 'organizations services addresses', ['id', 'organization_id', 'location_id']],
] as const)('tells %s by its files: %s', (format, files, columns) => {
  expect(detectFormat(files.split(' '), columns)).toBe(format);
});

it.each([
  ['data/Services.CSV', 'hsds-1.1', 'services'],
  ['service.csv', 'hsds-1.1', 'services'],
  ['service_at_location.csv', 'hsds-3', 'services_at_location'],
  ['accessibility.csv', 'hsds-3', 'accessibility_for_disabilities'],
  ['addresses.csv', 'hsds-3', 'addresses'],
  ['addresses.csv', 'hsds-1.0', 'physical_addresses'],
  ['mail addresses.csv', 'hsds-1.0', 'postal_addresses'],
  ['taxonomy.csv', 'hsds-1.0', 'taxonomy'],
  ['taxonomy_term.csv', 'hsds-2.0', 'taxonomy_terms'],
  ['other_attributes.csv', 'hsds-2.0', 'attributes'],
  ['constructor.csv', 'hsds-3', undefined],
  ['readme.csv', 'hsds-3', undefined],
] as const)('%s of %s holds the table %s', (file, format, table) => {
  expect(tableOf(baseName(file), format, TABLES)).toBe(table);
});

it('reads columns by other names, unless another column has the name already', () => {
  expect(columnNames('services', ['service_uuid', 'Service Name', 'organization_uuid', 'service_max_age'])).toEqual([
    'id',
    'name',
    'organization_id',
    'max_age',
  ]);
  expect(columnNames('organizations', ['Organization ID', 'Title', 'Body'])).toEqual(['id', 'name', 'description']);
  expect(columnNames('services', ['id', 'service_id', 'name', 'title'])).toEqual(['id', 'service_id', 'name', 'title']);
  expect(columnNames('services', ['constructor', '__proto__'])).toEqual(['constructor', '__proto__']);
  expect(columnNames('contacts', ['id', 'Title'])).toEqual(['id', 'title']);
  expect(columnNames('physical_addresses', ['address', 'State', 'ZIP Code'])).toEqual([
    'address_1',
    'state_province',
    'postal_code',
  ]);
});
