import fc from 'fast-check';
import { derivedId } from '@throughline/shared/persistence';
import { assembleLocation, assembleOrganization, assembleService, type PartTree } from './assemble.js';
import { Flattener, tableOfRecord } from './flatten.js';
import { contextOf } from './map-row.fixture.js';
import { mapRow, TABLES } from './map-row.js';
import { keyOf, type Part } from './row-reader.js';

type Json = Record<string, unknown>;

/** What an import makes of nested records, with everything in memory. */
function imported(...records: [table: 'organizations' | 'services', record: Json][]) {
  const flattener = new Flattener('differing');
  const rows = records.flatMap(([table, record]) => flattener.rows(table, record));
  const known = new Set<string>();
  const context = { ...contextOf(), knows: (key: string) => known.has(key) };
  const parts: Part[] = [];
  for (const table of TABLES)
    for (const row of rows.filter((one) => one.table === table)) {
      const mapped = mapRow(table, row.cells, context);
      if (mapped.rejected) throw new Error(`${table}: ${mapped.reason.code}`);
      expect(mapped.notes).toEqual([]);
      for (const part of mapped.parts) known.add(keyOf(part.kind, part.id));
      parts.push(...mapped.parts);
    }
  const tree: PartTree = {
    childrenOf: (key) => parts.filter((part) => part.owner === key),
    find: (key) => parts.find((part) => keyOf(part.kind, part.id) === key),
    values: context,
  };
  const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
  return {
    services: parts.filter(({ kind }) => kind === 'service').map((part) => plain(assembleService(part, tree).content)),
    organizations: parts
      .filter(({ kind }) => kind === 'organization')
      .map((part) => plain(assembleOrganization(part, tree))),
    locations: parts.filter(({ kind }) => kind === 'location').map((part) => plain(assembleLocation(part, tree))),
  };
}

const text = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 éñ"',;]{0,20}[a-z]$/);
const date = fc.integer({ min: 0, max: 20_000 }).map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
const link = fc.stringMatching(/^[a-z]{1,8}$/).map((name) => `https://${name}.example/`);
const optional = (
  fields: Record<string, fc.Arbitrary<unknown>>,
  required: Record<string, fc.Arbitrary<unknown>> = {},
) =>
  fc.record({ id: fc.uuid(), ...required, ...fields } as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: ['id', ...Object.keys(required)],
  });
const several = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 1, maxLength: 3 });

const attribute = optional({ link_type: text, label: text }, { value: text });
const language = optional(
  { name: text, note: text, attributes: several(attribute) },
  { code: fc.constantFrom('en', 'es') },
);
const phone = optional(
  { extension: fc.nat(9999), type: fc.constantFrom('voice', 'fax'), description: text, languages: several(language) },
  { number: fc.constantFrom('(212) 555-0100', '1-800-LAW-REP-4') },
);
const schedule = optional(
  {
    valid_from: date,
    until: date,
    interval: fc.integer({ min: 1, max: 9 }),
    byday: fc.constantFrom('MO,TU', '-1FR'),
    opens_at: fc.constantFrom('08:30', '00:00Z'),
    notes: text,
  },
  { freq: fc.constantFrom('WEEKLY', 'MONTHLY') },
);
const contact = optional({ title: text, phones: several(phone) }, { name: text });
const location = optional(
  {
    name: text,
    latitude: fc.double({ min: -90, max: 90, noNaN: true }),
    phones: several(phone),
    schedules: several(schedule),
    accessibility: several(optional({ details: text }, { description: text })),
  },
  { location_type: fc.constantFrom('physical', 'virtual') },
).map(({ latitude, ...rest }: Json) =>
  // as in the directory, a latitude is worth nothing without a longitude
  latitude === undefined ? rest : { ...rest, latitude: latitude || 0, longitude: 1.5 },
);
const place = optional({ description: text, phones: several(phone), schedules: several(schedule) }, { location });
const service = optional(
  {
    description: text,
    url: link,
    fees_description: text,
    minimum_age: fc.nat(99),
    assured_date: date,
    alert: text,
    phones: several(phone),
    schedules: several(schedule),
    service_areas: several(optional({ extent: text }, { name: text })),
    service_at_locations: several(place),
    languages: several(language),
    cost_options: several(optional({ currency: fc.constant('usd'), amount: fc.nat(500) }, { option: text })),
    contacts: several(contact),
    additional_urls: several(optional({ label: text }, { url: link })),
    attributes: several(attribute),
  },
  { name: text, status: fc.constantFrom('active', 'temporarily closed') },
);
const organization = optional(
  { website: link, funding: several(optional({}, { source: text })) },
  { name: text, description: text },
);

/** The kinds of what owns attributes, as an import writes them. */
const ENTITIES: Record<string, string> = { services: 'service', languages: 'language' };
const withEntities = (value: unknown, field: string): unknown => {
  if (Array.isArray(value)) return value.map((one) => withEntities(one, field));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) =>
      name === 'attributes'
        ? [name, (inner as Json[]).map((one) => ({ ...one, link_entity: ENTITIES[field] }))]
        : [name, withEntities(inner, name)],
    ),
  );
};

describe('taking nested records apart', () => {
  it('and putting the rows together again gives the same records', () => {
    fc.assert(
      fc.property(organization, fc.array(service, { minLength: 1, maxLength: 3 }), (provider, offers) => {
        const found = imported(
          ['organizations', provider as Json],
          ...offers.map((one): ['services', Json] => ['services', { ...(one as Json), organization: provider }]),
        );
        expect(found.organizations).toEqual([provider]);
        expect(found.services).toEqual(offers.map((one) => withEntities(one, 'services')));
      }),
      { numRuns: 100 },
    );
  });

  it('counts a record that stands in several others once, and takes the first', () => {
    const shared = { id: derivedId('a'), location_type: 'physical', name: 'First' };
    const offer = (id: string, name: string) => ({
      id: derivedId(id),
      name: 'Desk',
      status: 'active',
      organization: { id: derivedId('o'), name, description: 'd' },
      service_at_locations: [{ id: derivedId('p', id), location: { ...shared, name } }],
    });
    const found = imported(['services', offer('1', 'First')], ['services', offer('2', 'Second')]);
    expect(found.locations).toEqual([shared]);
    expect(found.organizations).toMatchObject([{ name: 'First' }]);
    expect(found.services).toHaveLength(2);
  });

  it('knows a record by its fields', () => {
    expect(tableOfRecord({ id: '1', name: 'a', status: 'active' })).toBe('services');
    expect(tableOfRecord({ id: '1', location_type: 'physical' })).toBe('locations');
    expect(tableOfRecord({ id: '1', name: 'a', description: 'd', website: 'w' })).toBe('organizations');
    expect(tableOfRecord({ id: '1', name: 'a', description: 'd', taxonomy: 't' })).toBe('taxonomy_terms');
    expect(tableOfRecord({ id: '1', service: {}, location: {} })).toBe('services_at_location');
    expect(tableOfRecord({ id: '1' })).toBeUndefined();
  });
});
