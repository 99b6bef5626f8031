import { SERVICE_STATUSES } from '../hsds.js';
import { listed } from './listed-parts.js';
import { keyOf, type Part, type RowReader } from './row-reader.js';
import { termOn, termsOfDeprecatedColumn } from './taxonomy-rows.js';

/** Rows of the tables that other rows refer to. Each function answers the parts that one row becomes. */

export function organization(row: RowReader): Part[] {
  const id = row.ownId();
  const name = row.required('name');
  return [
    {
      kind: 'organization',
      id,
      record: {
        name,
        alternate_name: row.text('alternate_name'),
        description: describedBy(row, name),
        email: row.email('email'),
        website: row.uri('website', 'url'),
        tax_status: row.text('tax_status'),
        tax_id: row.text('tax_id'),
        year_incorporated: row.number('year_incorporated', 1000, 2999) ?? yearOf(row.date('date_incorporated')),
        legal_status: row.text('legal_status'),
        logo: row.uri('logo'),
        uri: row.uri('uri'),
        parent_organization_id: row.reference('organization', 'parent_organization_id'),
      },
    },
    ...listed(row, 'funding', keyOf('organization', id), row.list('funding_sources'), (source) => ({ source })),
  ];
}

const yearOf = (date?: string): number | undefined => (date ? Number(date.slice(0, 4)) : undefined);

export function program(row: RowReader): Part[] {
  const id = row.ownId();
  const name = row.required('name');
  const { organizationId, parts } = organizationOf(row, row.text('organization_id') ?? row.reject(...NO_ORGANIZATION));
  const record = { name, alternate_name: row.text('alternate_name'), description: describedBy(row, name) };
  return [...parts, { kind: 'program', id, owner: keyOf('organization', organizationId), record }];
}

export function service(row: RowReader): Part[] {
  const id = row.ownId();
  const name = row.required('name');
  // when a record changed is said by the directory that serves it
  row.columns.add('last_modified');
  const locationId = row.reference('location', 'location_id');
  const { organizationId, parts } = organizationOfService(row, locationId);
  const programId = row.reference('program', 'program_id');
  const programKnown = programId !== undefined && row.context.knows(keyOf('program', programId));
  if (programId !== undefined && !programKnown)
    row.note('program-absent', 'program_id names a programme that is absent');
  return [
    ...parts,
    {
      kind: 'service',
      id,
      record: {
        organization_id: organizationId,
        program_id: programKnown ? programId : undefined,
        name,
        alternate_name: row.text('alternate_name'),
        description: row.text('description'),
        url: row.uri('url', 'website'),
        email: row.email('email'),
        status: status(row),
        interpretation_services: row.text('interpretation_services'),
        application_process: row.text('application_process', 'how_to_apply'),
        ...fees(row),
        accreditations: row.text('accreditations', 'accrediations'),
        eligibility_description: eligibility(row),
        minimum_age: row.number('minimum_age', 0, 150, 'min_age'),
        maximum_age: row.number('maximum_age', 0, 150, 'max_age'),
        assured_date: row.date('assured_date'),
        assurer_email: row.email('assurer_email'),
        licenses: row.text('licenses'),
        alert: row.text('alert'),
      },
    },
    ...placeOf(row, id, locationId),
    ...listsOfService(row, keyOf('service', id)),
    ...row.context.commonTerms.map((term) => termOn(row, id, term.id)),
    ...termsOfDeprecatedColumn(row, id),
  ];
}

/** A service of HSDS 1.0 names no organization but its location, whose organization offers it. */
function organizationOfService(row: RowReader, locationId?: string): { organizationId: string; parts: Part[] } {
  const source = row.text('organization_id');
  if (source) return organizationOf(row, source);
  const organizationId = locationId && row.context.organizationOfLocation.get(locationId);
  return organizationId ? { organizationId, parts: [] } : row.reject(...NO_ORGANIZATION);
}

/** The column of HSDS 1.0 for the one place at which a service is offered. */
function placeOf(row: RowReader, serviceId: string, locationId?: string): Part[] {
  if (locationId === undefined) return [];
  if (row.context.knows(keyOf('location', locationId))) {
    const id = row.idWithin(serviceId, 'location', locationId);
    const record = { location_id: locationId };
    return [{ kind: 'service_at_location', id, owner: keyOf('service', serviceId), record }];
  }
  row.note('location-absent', 'location_id names a location that is not there');
  return [];
}

/** HSDS 3 deprecates `fees` in favour of `fees_description`; where a source has both, both stay. */
function fees(row: RowReader): Record<string, string | undefined> {
  const [description, deprecated] = [row.text('fees_description'), row.text('fees')];
  return {
    fees_description: description ?? deprecated,
    wait_time: row.text('wait_time'),
    fees: description === undefined ? undefined : deprecated,
  };
}

const eligibility = (row: RowReader): string | undefined =>
  [row.text('eligibility_description', 'eligibility'), row.text('audience')].filter((one) => one).join('; ') ||
  undefined;

/** The columns of HSDS 1.0 that hold lists of what has tables of its own since. */
function listsOfService(row: RowReader, owner: string): Part[] {
  const value = (linkType: string) => (text: string) => ({ link_type: linkType, link_entity: 'service', value: text });
  return [
    ...listed(row, 'language', owner, row.list('languages'), (name) => ({ name })),
    ...listed(row, 'funding', owner, row.list('funding_sources'), (source) => ({ source })),
    ...listed(row, 'service_area', owner, row.list('service_areas'), (name) => ({ name })),
    ...listed(row, 'required_document', owner, row.list('required_documents'), (document) => ({ document })),
    ...listed(row, 'attribute', owner, row.list('accepted_payments'), value('payment_accepted')),
    ...listed(row, 'attribute', owner, row.list('keywords'), value('keyword')),
  ];
}

/** A blank status is taken as active: it stands in a directory of what there is. Another word is not guessed at. */
function status(row: RowReader): string {
  const text = row.text('status')?.toLowerCase();
  if (text === undefined) row.note('status-missing', 'status is blank and was taken as active');
  const found = SERVICE_STATUSES.find((one) => one === (text ?? 'active'));
  return found ?? row.reject('status-unknown', `status is none of ${SERVICE_STATUSES.join(', ')}`);
}

export function location(row: RowReader): Part[] {
  const id = row.ownId();
  const source = row.text('organization_id');
  const { organizationId, parts } = source ? organizationOf(row, source) : { organizationId: undefined, parts: [] };
  if (!organizationId) row.awaits = keyOf('location', id);
  else row.context.organizationOfLocation.set(id, organizationId);
  const latitude = row.number('latitude', -90, 90);
  const longitude = row.number('longitude', -180, 180);
  return [
    ...parts,
    {
      kind: 'location',
      id,
      ...(organizationId ? { owner: keyOf('organization', organizationId) } : {}),
      record: {
        location_type: locationType(row),
        url: row.uri('url', 'website'),
        organization_id: organizationId,
        name: row.text('name'),
        alternate_name: row.text('alternate_name'),
        description: row.text('description', 'short_desc'),
        transportation: row.text('transportation'),
        ...(latitude !== undefined && longitude !== undefined ? { latitude, longitude } : {}),
        external_identifier: row.text('external_identifier'),
        external_identifier_type: row.text('external_identifier_type'),
      },
    },
    ...listed(row, 'language', keyOf('location', id), row.list('languages'), (name) => ({ name })),
    ...listed(row, 'accessibility', keyOf('location', id), row.list('accessibility'), (description) => ({
      description,
    })),
  ];
}

const LOCATION_TYPES = ['physical', 'postal', 'virtual'];

function locationType(row: RowReader): string {
  const virtual = row.text('virtual')?.toLowerCase() === 'true';
  const type = row.text('location_type')?.toLowerCase() ?? (virtual ? 'virtual' : 'physical');
  if (LOCATION_TYPES.includes(type)) return type;
  row.note('location-type-unknown', `location_type is none of ${LOCATION_TYPES.join(', ')}: taken as physical`);
  return 'physical';
}

export function serviceAtLocation(row: RowReader): Part[] {
  const id = row.text('id') ? row.ownId() : row.idOrDerived();
  const owner = row.owner('service');
  const locationId = row.reference('location', 'location_id');
  if (!locationId || !row.context.knows(keyOf('location', locationId)))
    row.reject('owner-absent', 'location_id names a record that is not there');
  return [
    {
      kind: 'service_at_location',
      id,
      owner,
      record: { location_id: locationId, description: row.text('description') },
    },
  ];
}

export function contact(row: RowReader): Part[] {
  const record = {
    name: row.text('name'),
    title: row.text('title'),
    department: row.text('department'),
    email: row.email('email'),
  };
  const owner = row.owner('service_at_location', 'service', 'location', 'organization');
  return [{ kind: 'contact', id: row.text('id') ? row.ownId() : row.idOrDerived(), owner, record }];
}

const NO_ORGANIZATION = ['organization-missing', 'organization_id is blank'] as const;

/** HSDS 3 demands a description of organizations and programmes, 1.1 does not. */
function describedBy(row: RowReader, name: string): string {
  const description = row.text('description');
  if (description === undefined) row.note('description-missing', 'description is blank and was taken from the name');
  return description ?? name;
}

/**
 * The organization of a row, by its id in the source. Real extracts leave organizations out that their services and
 * locations name (the bundled legal-aid data does for four services of five), and an HSDS service without an
 * organization is of no use to anybody. So an absent one gets a record that says plainly that it stands in: the
 * services stay findable, those of one organization stay together, and an import that brings it replaces the record.
 */
function organizationOf(row: RowReader, source: string): { organizationId: string; parts: Part[] } {
  const { context } = row;
  const organizationId = row.idOf('organization', source);
  const isThere = context.knows(keyOf('organization', organizationId));
  if (isThere && !context.placeholders.has(organizationId)) return { organizationId, parts: [] };
  row.note('organization-absent', `organization ${source} is not in the data: a placeholder stands in for it`);
  if (isThere) return { organizationId, parts: [] };
  context.placeholders.add(organizationId);
  const placeholder: Part = {
    kind: 'organization',
    id: organizationId,
    record: {
      name: `Unnamed organization ${source}`,
      description: `Placeholder. The imported data names an organization with the id ${source} and does not describe it.`,
    },
  };
  const mark: Part = {
    kind: 'attribute',
    id: context.deriveId('hsds', context.dataset, 'placeholder', organizationId),
    owner: keyOf('organization', organizationId),
    record: { link_type: 'record_status', link_entity: 'organization', value: 'placeholder' },
  };
  return { organizationId, parts: [placeholder, mark] };
}
