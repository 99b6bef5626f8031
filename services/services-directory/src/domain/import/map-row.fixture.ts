import { SharedTerms } from '../shared-terms.js';
import { derivedId } from '@throughline/shared/persistence';
import { mapRow, type MappedRow, type TableName } from './map-row.js';
import { keyOf, type Cells, type ImportContext, type Part } from './row-reader.js';

export const ORGANIZATION = '1899600a-649c-11e6-8b77-86f30ca893d3';
export const SERVICE = 'c89eb05c-62dd-4b64-b494-0cc347b6ea7f';
export const LOCATION = '30b83c60-64a1-11e6-8b77-86f30ca893d3';
export const PLACE = 'd254626c-6858-46ad-850a-6e1c53ea463a';
export const CONTACT = '0cd7cbd0-1b0b-11e9-b56e-0800200c9a66';
export const OWN = 'fa9dbdb0-1b0c-11e9-b56e-0800200c9a66';

const THERE = [
  keyOf('organization', ORGANIZATION),
  keyOf('service', SERVICE),
  keyOf('location', LOCATION),
  keyOf('service_at_location', PLACE),
  keyOf('contact', CONTACT),
];

export const contextOf = (known: string[] = THERE): ImportContext => ({
  dataset: 'test',
  deriveId: derivedId,
  knows: (key) => known.includes(key),
  placeholders: new Set(),
  terms: new Map(),
  taxonomies: new Map(),
  shared: new SharedTerms([]),
  units: new Map(),
  described: 0,
  organizationOfLocation: new Map(),
  commonTerms: [],
});

export function imported(
  table: TableName,
  cells: Cells,
  context = contextOf(),
): Exclude<MappedRow, { rejected: true }> {
  const mapped = mapRow(table, cells, context);
  if (mapped.rejected) throw new Error(`rejected: ${mapped.reason.code}`);
  return mapped;
}

export const only = (table: TableName, cells: Cells, context?: ImportContext): Part => {
  const { parts } = imported(table, cells, context);
  expect(parts).toHaveLength(1);
  return parts[0]!;
};
export const notesOf = (table: TableName, cells: Cells, context?: ImportContext): string[] =>
  imported(table, cells, context).notes.map((note) => note.code);
export const reasonOf = (table: TableName, cells: Cells, context = contextOf()): string => {
  const mapped = mapRow(table, cells, context);
  return mapped.rejected ? mapped.reason.code : 'imported';
};
/** The record without the fields that have no value. */
export const recordOf = (part: Part): unknown => JSON.parse(JSON.stringify(part.record));

export const service = { id: SERVICE, organization_id: ORGANIZATION, name: 'Desk', status: 'active' };
export const schedule = { id: OWN, location_id: LOCATION, weekday: '1', opens_at: '9:00', closes_at: '17:00' };
export const address = {
  id: OWN,
  location_id: LOCATION,
  address_1: '1 Main St',
  city: 'Chicago',
  state_province: 'IL',
  postal_code: '60601',
  country: 'US',
};
