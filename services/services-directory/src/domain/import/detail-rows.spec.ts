import { usedBy } from './map-row.js';
import { keyOf } from './row-reader.js';
import {
  CONTACT,
  LOCATION,
  ORGANIZATION,
  OWN,
  PLACE,
  SERVICE,
  address,
  imported,
  notesOf,
  only,
  reasonOf,
  recordOf,
  schedule,
} from './map-row.fixture.js';

describe('places', () => {
  it('drops coordinates that are not of this earth', () => {
    const row = { id: LOCATION, organization_id: ORGANIZATION, latitude: '384400', longitude: '1' };
    expect(notesOf('locations', row)).toEqual(['number-invalid']);
    expect(recordOf(only('locations', row))).toEqual({ location_type: 'physical', organization_id: ORGANIZATION });
    const good = only('locations', { ...row, latitude: '41.5', longitude: '-87.6' });
    expect(recordOf(good)).toMatchObject({ latitude: 41.5, longitude: -87.6 });
  });

  it('a location without an organization waits for a service there', () => {
    const { awaits } = imported('locations', { id: LOCATION });
    const place = only('services_at_location', { id: PLACE, service_id: SERVICE, location_id: LOCATION });
    expect(usedBy(place)).toEqual([awaits]);
  });

  it('a service at a location needs both', () => {
    expect(reasonOf('services_at_location', { id: PLACE, service_id: SERVICE, location_id: OWN })).toBe('owner-absent');
    expect(reasonOf('services_at_location', { id: PLACE, service_id: '', location_id: LOCATION })).toBe(
      'owner-missing',
    );
  });

  it('an address of a location', () => {
    const part = only('physical_addresses', { ...address, address_2: 'A', address_3: 'B' });
    expect(part).toMatchObject({ kind: 'address', owner: keyOf('location', LOCATION) });
    expect(recordOf(part)).toMatchObject({ address_2: 'A, B', address_type: 'physical' });
  });

  it('an address of an organization gets a location of its own', () => {
    const { parts, notes } = imported('postal_addresses', {
      ...address,
      location_id: '',
      organization_id: ORGANIZATION,
    });
    expect(notes.map((note) => note.code)).toEqual(['location-made']);
    expect(parts[0]).toMatchObject({ kind: 'location', owner: keyOf('organization', ORGANIZATION) });
    expect(parts[0]!.record).toMatchObject({ location_type: 'postal' });
    expect(parts[1]).toMatchObject({ kind: 'address', owner: keyOf('location', parts[0]!.id) });
  });

  it('finds city and country where only line breaks were lost', () => {
    const row = { ...address, address_1: '67 East Madison StreetSuite 2000Chicago', city: '', country: '' };
    expect(notesOf('postal_addresses', row)).toEqual(['city-taken', 'country-taken']);
    expect(recordOf(only('postal_addresses', row))).toMatchObject({
      address_1: '67 East Madison Street',
      address_2: 'Suite 2000',
      city: 'Chicago',
      country: 'US',
    });
  });

  it.each([
    [{ city: '', address_1: '1 Main St' }, 'city-missing'],
    [{ state_province: '' }, 'state-province-missing'],
    [{ postal_code: '' }, 'postal-code-missing'],
    [{ country: '', state_province: 'ON' }, 'country-missing'],
    [{ address_1: '' }, 'address-1-missing'],
    [{ location_id: OWN }, 'owner-absent'],
  ])('rejects an address with %j', (cells, reason) => {
    expect(reasonOf('postal_addresses', { ...address, ...cells })).toBe(reason);
  });
});

describe('phones and contacts', () => {
  it('belong to the most specific record that is named and there', () => {
    const row = {
      id: OWN,
      number: '555 0100',
      service_id: SERVICE,
      location_id: LOCATION,
      organization_id: ORGANIZATION,
    };
    expect(only('phones', row).owner).toBe(keyOf('service', SERVICE));
    expect(only('phones', { ...row, contact_id: CONTACT }).owner).toBe(keyOf('contact', CONTACT));
    expect(only('phones', { ...row, service_id: OWN }).owner).toBe(keyOf('location', LOCATION));
    expect(notesOf('phones', { ...row, service_id: OWN })).toEqual(['owner-absent']);
    expect(reasonOf('phones', { id: OWN, number: '555 0100', service_id: OWN })).toBe('owner-absent');
    expect(reasonOf('phones', { id: OWN, number: '555 0100' })).toBe('owner-missing');
    const contact = { id: CONTACT, name: 'C', organization_id: ORGANIZATION, service_id: SERVICE };
    expect(only('contacts', { ...contact, service_at_location_id: PLACE }).owner).toBe(
      keyOf('service_at_location', PLACE),
    );
  });

  it('a phone with all it can have', () => {
    const part = only('phones', {
      id: OWN,
      service_id: SERVICE,
      number: '(0123) 4567',
      extension: '42',
      type: 'Voice',
      language: 'en, Spanish',
      description: 'Main',
      department: 'Laundry',
    });
    expect(recordOf(part)).toEqual({
      number: '(0123) 4567',
      extension: 42,
      type: 'voice',
      description: 'Main, Laundry',
      languages: [
        { id: expect.any(String), code: 'en' },
        { id: expect.any(String), name: 'Spanish' },
      ],
    });
  });

  it('two numbers in a cell become two phones', () => {
    const row = { id: OWN, service_id: SERVICE, number: '(618) 453-3217; (618) 536-7711' };
    const { parts, notes } = imported('phones', row);
    expect(parts.map((part) => part.record['number'])).toEqual(['(618) 453-3217', '(618) 536-7711']);
    expect(new Set(parts.map((part) => part.id)).size).toBe(2);
    expect(notes.map((note) => note.code)).toEqual(['number-split']);
  });

  it.each(['', 'no phone'])('rejects a phone whose number is %j', (number) => {
    expect(reasonOf('phones', { id: OWN, service_id: SERVICE, number })).toBe('number-missing');
  });
});

describe('schedules', () => {
  it('a regular one', () => {
    const part = only('regular_schedules', schedule);
    expect(part.owner).toBe(keyOf('location', LOCATION));
    expect(recordOf(part)).toEqual({ freq: 'WEEKLY', byday: 'MO', opens_at: '09:00', closes_at: '17:00' });
  });

  it.each([
    [{ weekday: 'Monday-Friday' }, ['weekday-range'], { byday: 'MO,TU,WE,TH,FR' }],
    [{ opens_at: '10:30am (dispensing)' }, ['time-rewritten'], { opens_at: '10:30', notes: 'dispensing' }],
    [{ opens_at: '24 hours', closes_at: '' }, ['open-all-day'], { opens_at: '00:00', closes_at: '23:59' }],
    [{ closes_at: '4:00' }, ['closes-before-opening'], { opens_at: '09:00', closes_at: '04:00' }],
    [{ closes_at: '' }, [], { opens_at: '09:00' }],
  ])('%j', (cells, notes, record) => {
    expect(notesOf('regular_schedules', { ...schedule, ...cells })).toEqual(notes);
    expect(recordOf(only('regular_schedules', { ...schedule, ...cells }))).toMatchObject(record);
  });

  it.each([
    [{ opens_at: '', closes_at: '' }, 'times-missing'],
    [{ opens_at: 'by appointment' }, 'time-unreadable'],
    [{ weekday: 'sometimes' }, 'weekday-unreadable'],
    [{ weekday: '' }, 'weekday-missing'],
  ])('rejects %j', (cells, reason) => {
    expect(reasonOf('regular_schedules', { ...schedule, ...cells })).toBe(reason);
  });

  it('a holiday is a dated schedule, without times when it is closed', () => {
    const row = { id: OWN, service_id: SERVICE, closed: 'true', start_date: '2019-12-24', end_date: '2019-12-26' };
    const dates = { valid_from: '2019-12-24', valid_to: '2019-12-26' };
    expect(recordOf(only('holiday_schedules', row))).toEqual({ ...dates, description: 'Closed' });
    const open = only('holiday_schedules', { ...row, closed: 'false', opens_at: '10:00' });
    expect(recordOf(open)).toEqual({ ...dates, description: 'Holiday hours', opens_at: '10:00' });
    expect(reasonOf('holiday_schedules', { ...row, start_date: 'Xmas' })).toBe('start-date-missing');
    expect(reasonOf('holiday_schedules', { ...row, end_date: '2019-02-31' })).toBe('end-date-missing');
  });
});

it.each([
  ['languages', { language: 'English' }, 'language', { name: 'English' }],
  ['languages', { language: 'es' }, 'language', { code: 'es' }],
  ['eligibility', { eligibility: 'adult' }, 'eligibility', { text: 'adult' }],
  ['funding', { source: 'A' }, 'funding', { source: 'A' }],
  [
    'payments_accepted',
    { payment: 'cash' },
    'attribute',
    { link_type: 'payment_accepted', link_entity: 'service', value: 'cash' },
  ],
  ['required_documents', { document: 'ID' }, 'required_document', { document: 'ID' }],
  ['service_areas', { service_area: 'City', description: 'D' }, 'service_area', { name: 'City', description: 'D' }],
] as const)('%s of a service: %j', (table, cells, kind, record) => {
  const part = only(table, { id: OWN, service_id: SERVICE, ...cells });
  expect(part).toMatchObject({ kind, id: OWN, owner: keyOf('service', SERVICE) });
  expect(recordOf(part)).toEqual(record);
});

it('accessibility of a location', () => {
  const part = only('accessibility_for_disabilities', { id: OWN, location_id: LOCATION, accessibility: 'ramp' });
  expect(part).toMatchObject({ kind: 'accessibility', owner: keyOf('location', LOCATION) });
});

it('metadata finds the record that it is about', () => {
  const row = {
    id: OWN,
    resource_id: ORGANIZATION,
    last_action_date: '2008-09-15T15:53:00Z',
    last_action_type: 'create',
    field_name: 'name',
    previous_value: '',
    replacement_value: 'A',
    updated_by: 'somebody',
  };
  const part = only('metadata', row);
  expect(part.owner).toBe(keyOf('organization', ORGANIZATION));
  expect(recordOf(part)).toMatchObject({ resource_type: 'organization', previous_value: '', replacement_value: 'A' });
  expect(reasonOf('metadata', { ...row, resource_id: OWN })).toBe('owner-absent');
});

it('what describes the dataset as a whole has no place', () => {
  expect(reasonOf('meta_table_descriptions', { id: OWN })).toBe('not-served');
});
