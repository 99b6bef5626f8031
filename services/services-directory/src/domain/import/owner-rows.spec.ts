import { isUuid } from '../uuid.js';
import { TABLES, usedBy, type TableName } from './map-row.js';
import { keyOf } from './row-reader.js';
import {
  CONTACT,
  LOCATION,
  ORGANIZATION,
  OWN,
  SERVICE,
  contextOf,
  imported,
  notesOf,
  only,
  reasonOf,
  recordOf,
  schedule,
  service,
} from './map-row.fixture.js';

it('reads what is referred to before what refers to it', () => {
  const order = (table: TableName) => TABLES.indexOf(table);
  expect(order('organizations')).toBeLessThan(order('services'));
  expect(order('taxonomy')).toBeLessThan(order('services'));
  expect(order('locations')).toBeLessThan(order('services_at_location'));
  expect(order('contacts')).toBeLessThan(order('phones'));
  expect(order('services_at_location')).toBeLessThan(order('contacts'));
});

describe('identifiers', () => {
  it('keeps a UUID, in lower case', () => {
    expect(only('services', { ...service, id: SERVICE.toUpperCase() }).id).toBe(SERVICE);
  });

  it('derives a UUID from any other id, the same for a reference to it, another for another table or dataset', () => {
    const context = contextOf();
    const mapped = imported('organizations', { id: '42', name: 'Aid', description: 'x' }, context);
    const id = mapped.parts[0]!.id;
    expect(isUuid(id)).toBe(true);
    expect(mapped.notes.map((note) => note.code)).toEqual(['id-not-uuid']);
    const known = contextOf([keyOf('organization', id)]);
    expect(only('services', { ...service, organization_id: '42' }, known).record['organization_id']).toBe(id);
    expect(only('services', { ...service, id: '42' }).id).not.toBe(id);
    const elsewhere = { ...context, dataset: 'other' };
    expect(only('organizations', { id: '42', name: 'Aid', description: 'x' }, elsewhere).id).not.toBe(id);
  });

  it('derives the id of a row without one from the row, so that it is the same next time', () => {
    const row = { ...schedule, id: '' };
    expect(notesOf('regular_schedules', row)).toEqual(['id-derived']);
    expect(only('regular_schedules', row).id).toBe(only('regular_schedules', { ...row }).id);
    expect(only('regular_schedules', row).id).not.toBe(only('regular_schedules', { ...row, weekday: '2' }).id);
  });

  it.each(['organizations', 'services', 'locations', 'programs'] as const)(
    'rejects a row of %s without an id, which nothing could refer to',
    (table) => {
      expect(reasonOf(table, { name: 'x', organization_id: ORGANIZATION })).toBe('id-missing');
    },
  );
});

describe('organizations and services', () => {
  it('an organization', () => {
    const part = only('organizations', {
      id: ORGANIZATION,
      name: ' Aid ',
      description: 'Helps',
      url: 'example.org',
      email: 'a@example.org',
      year_incorporated: '1997',
      tax_id: '57',
    });
    expect(recordOf(part)).toEqual({
      name: 'Aid',
      description: 'Helps',
      website: 'http://example.org',
      email: 'a@example.org',
      year_incorporated: 1997,
      tax_id: '57',
    });
  });

  it('takes a description that HSDS 3 demands from the name', () => {
    expect(notesOf('organizations', { id: ORGANIZATION, name: 'Aid' })).toEqual(['description-missing']);
    const program = { id: OWN, organization_id: ORGANIZATION, name: 'P' };
    expect(recordOf(only('programs', program))).toEqual({ name: 'P', description: 'P' });
  });

  it('leaves out what is no address, e-mail, number, with a note', () => {
    const row = {
      id: ORGANIZATION,
      name: 'A',
      description: 'd',
      url: 'see our page',
      email: 'none',
      year_incorporated: '?',
    };
    expect(notesOf('organizations', row)).toEqual(['email-invalid', 'uri-invalid', 'number-invalid']);
    expect(recordOf(only('organizations', row))).toEqual({ name: 'A', description: 'd' });
  });

  it.each([
    ['http://example.org/a b', 'uri-invalid'],
    ['javascript:alert(1)', 'uri-invalid'],
    ['http://example.org/ä', 'uri-mended'],
  ])('an address such as %s', (url, code) => {
    expect(notesOf('services', { ...service, url })).toEqual([code]);
  });

  it('a service, fees under their present name', () => {
    const part = only('services', { ...service, fees: 'Free', licenses: 'L', accrediations: 'A', wait_time: '1 day' });
    expect(part.kind).toBe('service');
    expect(recordOf(part)).toEqual({
      organization_id: ORGANIZATION,
      name: 'Desk',
      status: 'active',
      fees_description: 'Free',
      licenses: 'L',
      accreditations: 'A',
      wait_time: '1 day',
    });
  });

  it('takes a blank status as active and guesses at no other', () => {
    expect(notesOf('services', { ...service, status: '' })).toEqual(['status-missing']);
    expect(recordOf(only('services', { ...service, status: 'Temporarily Closed' }))).toMatchObject({
      status: 'temporarily closed',
    });
    expect(reasonOf('services', { ...service, status: 'maybe' })).toBe('status-unknown');
  });

  it('rejects a service without name or organization', () => {
    expect(reasonOf('services', { ...service, name: ' ' })).toBe('name-missing');
    expect(reasonOf('services', { ...service, organization_id: '' })).toBe('organization-missing');
  });

  it('puts one marked placeholder in for an organization that is absent, however many rows name it', () => {
    const known = new Set<string>();
    const context = { ...contextOf(), knows: (key: string) => known.has(key) };
    const first = imported('services', { ...service, organization_id: '7' }, context);
    expect(first.notes.map((note) => note.code)).toEqual(['organization-absent']);
    const [placeholder, mark, own] = first.parts;
    expect(placeholder).toMatchObject({ kind: 'organization', record: { name: 'Unnamed organization 7' } });
    expect(placeholder!.record['description']).toMatch(/^Placeholder\./);
    expect(mark).toMatchObject({ kind: 'attribute', owner: keyOf('organization', placeholder!.id) });
    expect(mark!.record).toMatchObject({ value: 'placeholder' });
    expect(own!.record['organization_id']).toBe(placeholder!.id);
    for (const part of first.parts) known.add(keyOf(part.kind, part.id));
    const second = imported('locations', { id: LOCATION, organization_id: '7' }, context);
    expect(second.notes.map((note) => note.code)).toEqual(['organization-absent']);
    expect(second.parts.map((part) => part.kind)).toEqual(['location']);
  });

  it('repairs wrongly decoded text and takes control characters out', () => {
    const row = { ...service, name: 'Womenâ€™s\u0000 desk' };
    expect(notesOf('services', row)).toEqual(['text-wrongly-decoded', 'control-characters']);
    expect(recordOf(only('services', row))).toMatchObject({ name: 'Women’s desk' });
    expect(notesOf('services', { ...service, name: 'Women\ufffds' })).toEqual(['text-unreadable']);
  });
});

describe('taxonomy', () => {
  const term = { id: OWN, name: 'Legal', parent_id: '9', vocabulary: 'AIRS' };

  it('a term waits for a service that carries it', () => {
    const context = contextOf();
    const { parts, awaits } = imported('taxonomy', term, context);
    expect(parts).toEqual([]);
    expect(context.terms.get(OWN)).toMatchObject({ id: OWN, name: 'Legal', taxonomy: 'AIRS' });
    const carried = only('services_taxonomy', { id: CONTACT, service_id: SERVICE, taxonomy_id: OWN }, context);
    expect(carried).toMatchObject({ kind: 'attribute', id: CONTACT, owner: keyOf('service', SERVICE) });
    expect(usedBy(carried)).toEqual([awaits]);
    const { parts: both } = imported('services', { ...service, taxonomy_ids: `${OWN}, unknown` }, context);
    expect(both.map((part) => part.kind)).toEqual(['service', 'attribute']);
    expect(notesOf('services', { ...service, taxonomy_ids: 'unknown' }, context)).toEqual(['term-absent']);
  });

  it('a service gets the terms that the whole dataset is about', () => {
    const legal = { id: OWN, name: 'Legal', description: 'x' };
    const context = { ...contextOf(), commonTerms: [legal], terms: new Map([[OWN, legal]]) };
    expect(imported('services', service, context).parts[1]).toMatchObject({
      kind: 'attribute',
      record: { taxonomy_term: OWN },
    });
  });

  it('rejects a term that nobody declared', () => {
    expect(reasonOf('services_taxonomy', { service_id: SERVICE, taxonomy_id: 'x' })).toBe('term-absent');
  });
});
