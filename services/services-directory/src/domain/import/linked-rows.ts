import {
  keyOf,
  OWNER_KINDS,
  VALUE_KINDS,
  type OwnerKind,
  type Part,
  type PartKind,
  type RowReader,
  type ValueKind,
} from './row-reader.js';
import { noTermId, termOn } from './taxonomy-rows.js';

/** Rows that can describe a record of any kind: attributes and metadata. */

/** The names that HSDS 1.1, 2 and 3 have for what a row is linked with. */
const KIND_OF_ENTITY = new Map<string, PartKind>(
  Object.entries({
    ...Object.fromEntries([...OWNER_KINDS, ...VALUE_KINDS].map((kind) => [kind, kind])),
    ...Object.fromEntries(
      (
        'phone address schedule language accessibility funding service_area required_document cost_option ' +
        'organization_identifier service_capacity url attribute'
      )
        .split(' ')
        .map((kind) => [kind, kind as PartKind]),
    ),
    physical_address: 'address',
    postal_address: 'address',
    accessibility_for_disabilities: 'accessibility',
    regular_schedule: 'schedule',
    holiday_schedule: 'schedule',
  } as Record<string, PartKind>),
);

/** Where the kind is not said, the first record of that id is meant, in this order. */
const GUESSED: OwnerKind[] = ['service', 'organization', 'location', 'program', 'service_at_location', 'contact'];

/** The key of the record that `column` names; @throws RowRejected where none of the kinds in question has it */
function linked(row: RowReader, column: string, entity: string | undefined): { owner: string; kind: PartKind } {
  const source = row.required(column);
  const named = entity === undefined ? undefined : KIND_OF_ENTITY.get(entity.toLowerCase().replaceAll(' ', '_'));
  if (VALUE_KINDS.includes(named as ValueKind)) return described(row, column, named as ValueKind);
  const inMemory = (kind: PartKind) => OWNER_KINDS.includes(kind as OwnerKind);
  const known = (kind: PartKind) => row.context.knows(keyOf(kind, row.idOf(kind, source)));
  const kind = named && (!inMemory(named) || known(named)) ? named : GUESSED.find(known);
  return kind
    ? { owner: keyOf(kind, row.idOf(kind, source)), kind }
    : row.reject('owner-absent', `${column} names a record that is not there`);
}

/** So many rows about terms, taxonomies and units wait in memory. */
const MAX_DESCRIBED = 100_000;

/** The key of a term, a taxonomy or a unit. Those that every directory has are not a dataset's to describe. */
function described(row: RowReader, column: string, kind: ValueKind): { owner: string; kind: PartKind } {
  const { context } = row;
  const id = row.idOf(kind, row.required(column));
  const place = { taxonomy: context.taxonomies, taxonomy_term: context.terms, unit: context.units }[kind];
  const found = place.get(id) ?? row.reject('owner-absent', `${column} names a record that is not there`);
  if (context.shared.has(found.id)) row.reject('owner-shared', `${column} names what every directory has as it is`);
  if (context.described === MAX_DESCRIBED)
    row.reject('too-many-described', `at most ${MAX_DESCRIBED} rows may describe terms, taxonomies and units`);
  context.described += 1;
  return { owner: keyOf(kind, id), kind };
}

/** Attributes of HSDS 3, and those of HSDS 2, where `link_type` is what is called `link_entity` since. */
export function attribute(row: RowReader): Part[] {
  const { owner, kind } = linked(row, 'link_id', row.text('link_entity') ?? row.text('link_type'));
  const source = row.text('taxonomy_term_id');
  const [value, label] = [row.text('value'), row.text('label')];
  const id = source === undefined ? undefined : row.idOf('taxonomy_term', source);
  const term = id !== undefined && row.context.terms.has(id) ? id : undefined;
  if (id !== undefined && !term && id !== noTermId(row.context.deriveId)) {
    if (value === undefined && label === undefined)
      row.reject('term-absent', 'taxonomy_term_id names a term that is not there');
    row.note('term-absent', 'taxonomy_term_id names a term that is not there; the value was kept');
  }
  const link_type = row.text('link_entity') === undefined ? undefined : row.text('link_type');
  const record = { link_type, link_entity: kind, value, label, taxonomy_term: term };
  return [{ kind: 'attribute', id: row.idOrDerived(), owner, record }];
}

/** The table of HSDS 2 that links services with terms. */
export function serviceAttribute(row: RowReader): Part[] {
  const owner = row.owner('service');
  const term = row.idOf('taxonomy_term', row.required('taxonomy_term_id'));
  if (!row.context.terms.has(term)) row.reject('term-absent', 'taxonomy_term_id names a term that is not there');
  return [{ ...termOn(row, owner.slice('service:'.length), term), id: row.idOrDerived() }];
}

/** What stands in a table for an empty value where the table demands one. */
export const BLANK = '(blank)';

/** HSDS 1.1 does not say what `resource_id` is the id of. */
export function metadata(row: RowReader): Part[] {
  const { owner, kind } = linked(row, 'resource_id', row.text('resource_type'));
  const value = (column: string) => {
    const text = row.text(column) ?? '';
    return text === BLANK ? '' : text;
  };
  const record = {
    resource_type: kind,
    last_action_date: row.date('last_action_date') ?? row.reject('last-action-date-missing', 'it is no date'),
    last_action_type: row.required('last_action_type'),
    field_name: row.required('field_name'),
    previous_value: value('previous_value'),
    replacement_value: value('replacement_value'),
    updated_by: row.required('updated_by'),
  };
  return [{ kind: 'metadata', id: row.idOrDerived(), owner, record }];
}
