import { isUnitedStates, splitGluedLines, takeGluedCity } from './address-repair.js';
import { isAllDay, readTimeOfDay, readWeekdays } from './opening-times.js';
import { readPhoneNumbers } from './phone-numbers.js';
import { keyOf, type OwnerKind, type Part, type RowReader } from './row-reader.js';

/** Rows that describe another record. Each function answers the parts that one row becomes. */

const PHONE_TYPES = ['text', 'voice', 'fax', 'cell', 'video', 'pager', 'textphone'];

export function phone(row: RowReader): Part[] {
  const owner = row.owner('contact', 'service_at_location', 'service', 'location', 'organization');
  const prefix = row.text('country_prefix');
  const numbers = readPhoneNumbers([prefix, row.required('number')].filter((text) => text).join(' '));
  if (numbers.length === 0) row.reject('number-missing', 'number holds no telephone number');
  if (numbers.length > 1) row.note('number-split', `number held ${numbers.length} numbers`);
  const given = row.number('extension', 0, 999_999_999);
  if (numbers.some((one) => one.extension !== undefined)) row.note('extension-taken', 'number held an extension');
  const type = row.text('type', 'number_type')?.toLowerCase();
  if (type !== undefined && !PHONE_TYPES.includes(type)) row.note('phone-type-unknown', 'type is none of RFC 6350');
  const department = row.text('department');
  const description =
    [row.text('description'), department, row.text('vanity_number')].filter((text) => text).join(', ') || undefined;
  const id = row.idOrDerived();
  const codes = row.list('language');
  return numbers.map(({ number, extension = given }, index) => {
    const ownId = index === 0 ? id : row.idWithin(id, String(index));
    const languages = codes.map((code) => ({ id: row.idWithin(ownId, 'language', code), ...languageFields(code) }));
    return {
      kind: 'phone',
      id: ownId,
      owner,
      record: { number, extension, type, description, languages: languages.length > 0 ? languages : undefined },
    };
  });
}

/** ISO 639 codes have two or three letters; everything else is a name. */
const languageFields = (text: string) => (/^[a-z]{2,3}(-[a-z]{2,4})?$/i.test(text) ? { code: text } : { name: text });

const SCHEDULE_OWNERS: OwnerKind[] = ['service_at_location', 'service', 'location'];

export function regularSchedule(row: RowReader): Part[] {
  const owner = row.owner(...SCHEDULE_OWNERS);
  const weekday = row.required('weekday');
  const days = readWeekdays(weekday) ?? row.reject('weekday-unreadable', `weekday is no day of the week`);
  if (days.several) row.note('weekday-range', `weekday stood for ${days.byday}`);
  const times = openingTimes(row);
  if (times.opens_at === undefined && times.closes_at === undefined)
    row.reject(
      'times-missing',
      'neither opening nor closing time is given; a day on which it is closed has no schedule in HSDS 3',
    );
  if (times.opens_at && times.closes_at && times.closes_at.slice(0, 5) <= times.opens_at.slice(0, 5))
    row.note('closes-before-opening', 'it closes before it opens: kept as given, which means on the next day');
  return [{ kind: 'schedule', id: row.idOrDerived(), owner, record: { freq: 'WEEKLY', byday: days.byday, ...times } }];
}

/** HSDS 3 knows no `closed`: the days on which something is closed are a dated schedule without times that says so. */
export function holidaySchedule(row: RowReader): Part[] {
  const owner = row.owner(...SCHEDULE_OWNERS);
  const valid_from = row.date('start_date') ?? row.reject('start-date-missing', 'start_date is no date');
  const valid_to = row.date('end_date') ?? row.reject('end-date-missing', 'end_date is no date');
  const closedText = row.text('closed')?.toLowerCase();
  const closed = closedText !== undefined && ['true', 'yes', 'y', '1', 't'].includes(closedText);
  const times = openingTimes(row);
  const record = closed
    ? { valid_from, valid_to, description: 'Closed' }
    : { valid_from, valid_to, description: 'Holiday hours', ...times };
  return [{ kind: 'schedule', id: row.idOrDerived(), owner, record }];
}

function openingTimes(row: RowReader): { opens_at?: string; closes_at?: string; notes?: string } {
  const opens = row.text('opens_at');
  const closes = row.text('closes_at');
  if ((opens && isAllDay(opens)) || (closes && isAllDay(closes))) {
    row.note('open-all-day', '24 hours was written as 00:00 to 23:59');
    return { opens_at: '00:00', closes_at: '23:59', notes: 'Open 24 hours' };
  }
  const read = (column: string, text: string | undefined) => {
    if (text === undefined) return undefined;
    const found = readTimeOfDay(text) ?? row.reject('time-unreadable', `${column} is no time of day`);
    if (found.rewritten) row.note('time-rewritten', `${column} was written as ${found.time}`);
    return found;
  };
  const from = read('opens_at', opens);
  const to = read('closes_at', closes);
  const notes = [...new Set([from?.remark, to?.remark])].filter((remark) => remark !== undefined).join('; ');
  return {
    ...(from ? { opens_at: from.time } : {}),
    ...(to ? { closes_at: to.time } : {}),
    ...(notes ? { notes } : {}),
  };
}

export const physicalAddress = (row: RowReader): Part[] => address(row, 'physical');
export const postalAddress = (row: RowReader): Part[] => address(row, 'postal');

/** An address of HSDS 3, which says what it is for. */
export function typedAddress(row: RowReader): Part[] {
  const text = row.text('address_type')?.toLowerCase();
  const type = ADDRESS_TYPES.find((one) => one === text);
  if (!type) row.note('address-type-unknown', 'address_type is none of physical, postal, virtual: taken as physical');
  return address(row, type ?? 'physical');
}

const ADDRESS_TYPES = ['physical', 'postal', 'virtual'] as const;

/**
 * An address of a location. HSDS 3 hangs addresses on nothing else, so one that names only an organization gets a
 * location of its own, of the type that the specification has for it.
 */
function address(row: RowReader, type: (typeof ADDRESS_TYPES)[number]): Part[] {
  const owner = row.owner('location', 'organization');
  const lines = [row.required('address_1'), row.text('address_2'), row.text('address_3'), row.text('address_4')];
  let city = row.text('city');
  const glued = city === undefined ? takeGluedCity(lines[0]!) : undefined;
  if (glued) {
    city = glued.city;
    lines.splice(0, 1, ...splitGluedLines(glued.rest));
    row.note('city-taken', `city was blank: ${glued.city} was taken from the end of address_1`);
  }
  if (city === undefined) row.reject('city-missing', 'city is blank');
  const state = row.text('state_province') ?? row.reject('state-province-missing', 'state_province is blank');
  const postcode = row.text('postal_code') ?? row.reject('postal-code-missing', 'postal_code is blank');
  let country = row.text('country');
  if (country === undefined && isUnitedStates(state, postcode)) {
    country = 'US';
    row.note('country-taken', 'country was blank: state and postal code are of the United States');
  }
  if (country === undefined) row.reject('country-missing', 'country is blank');
  const [first, ...others] = lines.filter((line) => line !== undefined);
  const id = row.idOrDerived();
  const record = {
    attention: row.text('attention'),
    address_1: first,
    address_2: others.length > 0 ? others.join(', ') : undefined,
    city,
    region: row.text('region'),
    state_province: state,
    postal_code: postcode,
    country,
    address_type: type,
  };
  if (owner.startsWith('location:')) return [{ kind: 'address', id, owner, record }];
  const organization = owner.slice('organization:'.length);
  const locationId = row.idWithin(id, 'location');
  row.note('location-made', `the address names no location: one of type ${type} was made for it`);
  return [
    { kind: 'location', id: locationId, owner, record: { location_type: type, organization_id: organization } },
    { kind: 'address', id, owner: keyOf('location', locationId), record },
  ];
}

export function language(row: RowReader): Part[] {
  for (const column of ['service_id', 'location_id']) row.columns.add(column);
  const owner = row.ownerAnywhere('phone') ?? row.owner('service', 'location');
  const before3 = row.text('language');
  const [name, code, note] = [row.text('name'), row.text('code'), row.text('note')];
  const record = before3 ? { ...languageFields(before3), note } : { name, code, note };
  if (!before3 && !name && !code) row.reject('language-missing', 'neither name nor code is given');
  return [{ kind: 'language', id: row.idOrDerived(), owner, record }];
}

export function accessibility(row: RowReader): Part[] {
  const record = {
    description: row.text('description', 'accessibility'),
    details: row.text('details'),
    url: row.uri('url'),
  };
  if (!record.description && !record.details)
    row.reject('accessibility-missing', 'neither description nor details is given');
  return [{ kind: 'accessibility', id: row.idOrDerived(), owner: row.owner('location'), record }];
}

export function eligibility(row: RowReader): Part[] {
  const record = { text: row.required('eligibility') };
  return [{ kind: 'eligibility', id: row.idOrDerived(), owner: row.owner('service'), record }];
}

export function funding(row: RowReader): Part[] {
  const record = { source: row.required('source') };
  return [{ kind: 'funding', id: row.idOrDerived(), owner: row.owner('service', 'organization'), record }];
}

/** HSDS 3 has no table of accepted payments; an attribute keeps what this one says. */
export function paymentAccepted(row: RowReader): Part[] {
  const record = { link_type: 'payment_accepted', link_entity: 'service', value: row.required('payment') };
  return [{ kind: 'attribute', id: row.idOrDerived(), owner: row.owner('service'), record }];
}

export function requiredDocument(row: RowReader): Part[] {
  const record = { document: row.required('document'), uri: row.uri('uri') };
  return [{ kind: 'required_document', id: row.idOrDerived(), owner: row.owner('service'), record }];
}

export function serviceArea(row: RowReader): Part[] {
  const record = {
    name: row.text('name', 'service_area'),
    description: row.text('description'),
    extent: row.text('extent'),
    extent_type: row.text('extent_type'),
    uri: row.uri('uri'),
  };
  if (Object.values(record).every((value) => value === undefined))
    row.reject('service-area-missing', 'it says nothing of an area');
  const owner = row.owner('service_at_location', 'service');
  return [{ kind: 'service_area', id: row.idOrDerived(), owner, record }];
}

export function metaTableDescription(row: RowReader): Part[] {
  for (const column of ['id', 'name', 'language', 'character_set']) row.text(column);
  return row.reject('not-served', 'it describes the dataset as a whole, for which the HSDS API has no place');
}
