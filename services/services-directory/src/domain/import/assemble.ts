import type { HsdsLocation, HsdsOrganization, HsdsServiceContent } from '../hsds.js';
import { withCarried, type ReadValues } from './by-value.js';
import { keyOf, type Part, type PartKind } from './row-reader.js';

/** The parts of one batch: those of an owner in the order of the source, and single ones by their key. */
export interface PartTree {
  childrenOf(key: string): readonly Part[];
  find(key: string): Part | undefined;
  /** What parts carry by value. */
  values: ReadValues;
}

/** The array that a part of a kind goes to in the record of its owner. */
const FIELD_OF = {
  program: 'programs',
  location: 'locations',
  contact: 'contacts',
  phone: 'phones',
  address: 'addresses',
  schedule: 'schedules',
  language: 'languages',
  accessibility: 'accessibility',
  funding: 'funding',
  service_area: 'service_areas',
  service_at_location: 'service_at_locations',
  required_document: 'required_documents',
  cost_option: 'cost_options',
  organization_identifier: 'organization_identifiers',
  service_capacity: 'capacities',
  attribute: 'attributes',
  metadata: 'metadata',
} as const satisfies Partial<Record<PartKind, string>>;

const FIELDS = [...Object.values(FIELD_OF), 'additional_websites', 'additional_urls'];

type Nested = Record<string, unknown>;

/** A service with all that is related to it, but for its organization. */
export function assembleService(part: Part, tree: PartTree): { organizationId: string; content: HsdsServiceContent } {
  const { organization_id: organizationId, program_id: programId, ...own } = part.record;
  const nested = withChildren(part, own, tree);
  const program = typeof programId === 'string' ? tree.find(keyOf('program', programId)) : undefined;
  if (program) nested['program'] = withChildren(program, program.record, tree);
  return { organizationId: organizationId as string, content: nested as unknown as HsdsServiceContent };
}

/** An organization with all that is related to it, but for its services. */
export function assembleOrganization(part: Part, tree: PartTree): HsdsOrganization {
  return withChildren(part, part.record, tree) as unknown as HsdsOrganization;
}

/** A term, a taxonomy or a unit with all that describes it. */
export const assembleCarried = <Value>(part: Part, tree: PartTree): Value =>
  withChildren(part, part.record, tree) as Value;

/** A location with all that is related to it. */
export function assembleLocation(part: Part, tree: PartTree): HsdsLocation {
  return withChildren(part, part.record, tree) as unknown as HsdsLocation;
}

function withChildren(part: Part, fields: Nested, tree: PartTree): Nested {
  const nested: Nested = { id: part.id };
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) nested[name] = value;
  const found: Partial<Record<string, Nested[]>> = {};
  const eligibility: unknown[] = [];
  for (const child of tree.childrenOf(keyOf(part.kind, part.id))) {
    const field = child.kind === 'url' ? urlFieldOf(part) : FIELD_OF[child.kind as keyof typeof FIELD_OF];
    if (field) (found[field] ??= []).push(assembled(child, tree));
    else if (child.kind === 'eligibility') eligibility.push(child.record['text']);
  }
  if (eligibility.length > 0)
    nested['eligibility_description'] = [nested['eligibility_description'], ...eligibility]
      .filter((text) => text)
      .join('; ');
  // in the order of the kinds and not of the rows, so that a record comes out the same from whatever format
  for (const field of FIELDS)
    if (found[field]) nested[field] = [...((nested[field] as Nested[] | undefined) ?? []), ...found[field]];
  return nested;
}

const urlFieldOf = ({ kind }: Part): string => (kind === 'organization' ? 'additional_websites' : 'additional_urls');

function assembled(part: Part, tree: PartTree): Nested {
  if (part.kind !== 'service_at_location') return withChildren(part, withCarried(part, tree.values), tree);
  const { location_id: locationId, ...own } = part.record;
  const nested: Nested = withChildren(part, own, tree);
  const location = tree.find(keyOf('location', locationId as string));
  if (location) nested['location'] = withChildren(location, location.record, tree);
  return nested;
}
