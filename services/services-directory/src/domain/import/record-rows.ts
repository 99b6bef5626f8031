import { putFuller } from './by-value.js';
import type { Part, RowReader } from './row-reader.js';

/** Rows of the tables that HSDS 3 added. Each function answers the parts that one row becomes. */

export function costOption(row: RowReader): Part[] {
  const record = {
    valid_from: row.date('valid_from'),
    valid_to: row.date('valid_to'),
    option: row.text('option'),
    currency: row.text('currency'),
    amount: row.number('amount', -1e9, 1e9),
    amount_description: row.text('amount_description'),
  };
  if (Object.values(record).every((value) => value === undefined))
    row.reject('cost-missing', 'it says nothing of a cost');
  return [{ kind: 'cost_option', id: row.idOrDerived(), owner: row.owner('service'), record }];
}

export function organizationIdentifier(row: RowReader): Part[] {
  const record = {
    identifier_scheme: row.text('identifier_scheme'),
    identifier_type: row.required('identifier_type'),
    identifier: row.required('identifier'),
  };
  return [{ kind: 'organization_identifier', id: row.idOrDerived(), owner: row.owner('organization'), record }];
}

export function url(row: RowReader): Part[] {
  const address = row.uri('url') ?? row.reject('url-missing', 'url is no web address');
  const owner = row.owner('service', 'organization');
  return [{ kind: 'url', id: row.idOrDerived(), owner, record: { label: row.text('label'), url: address } }];
}

/** A unit is no record of its own in JSON: it waits in the context for the capacities that are counted in it. */
export function unit(row: RowReader): Part[] {
  const id = row.idOf('unit', row.required('id'));
  const name = row.required('name');
  const [scheme, identifier, uri] = [row.text('scheme'), row.text('identifier'), row.uri('uri')];
  putFuller(row, row.context.units, id, {
    id,
    name,
    ...(scheme ? { scheme } : {}),
    ...(identifier ? { identifier } : {}),
    ...(uri ? { uri } : {}),
  });
  return [];
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

export function serviceCapacity(row: RowReader): Part[] {
  const owner = row.owner('service');
  const unitId = row.idOf('unit', row.required('unit_id'));
  if (!row.context.units.has(unitId)) row.reject('unit-absent', 'unit_id names a unit that is not there');
  const available = row.number('available', 0, 1e9) ?? row.reject('available-missing', 'available is no number');
  const updated = row.required('updated');
  if (!INSTANT.test(updated) || Number.isNaN(Date.parse(updated)))
    row.reject('updated-invalid', 'updated is no date-time (RFC 3339)');
  const record = {
    unit: unitId,
    available,
    maximum: row.number('maximum', 0, 1e9),
    description: row.text('description'),
    updated,
  };
  return [{ kind: 'service_capacity', id: row.idOrDerived(), owner, record }];
}
