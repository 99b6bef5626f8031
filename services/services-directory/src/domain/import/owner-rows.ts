import { SERVICE_STATUSES } from '../hsds.js';
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
        website: row.uri('url'),
        tax_status: row.text('tax_status'),
        tax_id: row.text('tax_id'),
        year_incorporated: row.number('year_incorporated', 1000, 2999),
        legal_status: row.text('legal_status'),
      },
    },
  ];
}

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
  const { organizationId, parts } = organizationOf(row, row.text('organization_id') ?? row.reject(...NO_ORGANIZATION));
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
        url: row.uri('url'),
        email: row.email('email'),
        status: status(row),
        interpretation_services: row.text('interpretation_services'),
        application_process: row.text('application_process'),
        fees_description: row.text('fees'),
        wait_time: row.text('wait_time'),
        accreditations: row.text('accreditations', 'accrediations'),
        licenses: row.text('licenses'),
      },
    },
    ...row.context.commonTerms.map((term) => termOn(row, id, term)),
    ...termsOfDeprecatedColumn(row, id),
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
  const latitude = row.number('latitude', -90, 90);
  const longitude = row.number('longitude', -180, 180);
  return [
    ...parts,
    {
      kind: 'location',
      id,
      ...(organizationId ? { owner: keyOf('organization', organizationId) } : {}),
      record: {
        location_type: 'physical',
        organization_id: organizationId,
        name: row.text('name'),
        alternate_name: row.text('alternate_name'),
        description: row.text('description'),
        transportation: row.text('transportation'),
        ...(latitude !== undefined && longitude !== undefined ? { latitude, longitude } : {}),
      },
    },
  ];
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
  const owner = row.owner('service_at_location', 'service', 'organization');
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
