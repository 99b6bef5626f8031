import { editableOf, keptOf, type EditableRecord } from './editable-record.js';
import { nestedIdsOf, withNestedIds } from './nested-ids.js';
import { recordFaults } from './record-faults.js';
import { referencesOf } from './references.js';

const taxonomy = { id: 'x', name: 'Needs', description: 'Needs.' };
const term = { id: 't', name: 'Food', description: 'Food.', taxonomy: 'Needs', taxonomy_detail: taxonomy };
const program = { id: 'g', name: 'Relief', description: 'Relief.' };
const metadata = [
  {
    id: 'm',
    last_action_date: '',
    last_action_type: '',
    field_name: '',
    previous_value: '',
    replacement_value: '',
    updated_by: '',
  },
];
const referred = {
  terms: new Map([['t', term]]),
  taxonomies: new Map([['x', taxonomy]]),
  programs: new Map([['g', program]]),
};
const service = {
  id: 's',
  name: 'Pantry',
  status: 'active',
  attributes: [{ id: 'a', value: 'yes', taxonomy_term: term }],
  phones: [{ id: 'p', number: '1', attributes: [{ id: 'b', taxonomy_term: term }], metadata }],
  service_at_locations: [{ id: 'l', location_id: 'h' }],
  program,
  metadata,
};

describe('a record as it is edited', () => {
  it('refers to others by id and leaves history out', () => {
    expect(editableOf('service', service, 'o')).toEqual({
      id: 's',
      organization_id: 'o',
      program_id: 'g',
      name: 'Pantry',
      status: 'active',
      attributes: [{ id: 'a', value: 'yes', taxonomy_term_id: 't' }],
      phones: [{ id: 'p', number: '1', attributes: [{ id: 'b', taxonomy_term_id: 't' }] }],
      service_at_locations: [{ id: 'l', location_id: 'h' }],
    });
    expect(editableOf('taxonomy_term', term)).toEqual({
      id: 't',
      taxonomy_id: 'x',
      name: 'Food',
      description: 'Food.',
    });
  });

  it.each([
    ['service', service, 'o'],
    ['taxonomy_term', term, undefined],
    ['location', { id: 'h', organization_id: 'o', location_type: 'physical', metadata }, undefined],
    ['organization', { id: 'o', parent_organization_id: 'q', programs: [program], metadata }, 'o'],
    ['taxonomy', { ...taxonomy, metadata }, undefined],
  ] as const)('is kept as it was where nothing was edited: %s', (kind, kept, organizationId) => {
    const again = keptOf(kind, editableOf(kind, kept, organizationId), referred, kept);
    expect(JSON.stringify(again)).toBe(JSON.stringify(kept));
  });

  it('says where it refers to what', () => {
    expect(referencesOf(editableOf('service', service, 'o')).map(({ kind, path }) => [kind, path.join('/')])).toEqual([
      ['organization', 'organization_id'],
      ['program', 'program_id'],
      ['taxonomy_term', 'attributes/0/taxonomy_term_id'],
      ['taxonomy_term', 'phones/0/attributes/0/taxonomy_term_id'],
      ['location', 'service_at_locations/0/location_id'],
    ]);
  });
});

describe('parts of a record', () => {
  const known = nestedIdsOf({ id: 's', phones: [{ id: 'p', languages: [{ id: 'n' }] }] });
  const given = (record: object) => {
    let next = 0;
    return withNestedIds({ id: 's', ...record } as EditableRecord, known, () => `new-${(next += 1)}`);
  };

  it('keep their ids, and new ones get one, the record itself not', () => {
    const { record, faults } = given({ phones: [{ id: 'p' }, { number: '2', languages: [{ id: 'n' }, {}] }] });
    expect(faults).toEqual([]);
    expect(record).toEqual({
      id: 's',
      phones: [{ id: 'p' }, { id: 'new-2', number: '2', languages: [{ id: 'n' }, { id: 'new-1' }] }],
    });
  });

  it('take the id of nothing else, be it of this record, and no id twice', () => {
    expect(given({ phones: [{ id: 'other' }], contacts: [{ id: 'p' }] }).faults.map(({ path }) => path)).toEqual([
      ['phones', 0, 'id'],
      ['contacts', 0, 'id'],
    ]);
    expect(given({ phones: [{ id: 'p' }, { id: 'p' }] }).faults).toEqual([
      { path: ['phones', 1, 'id'], detail: 'stands twice in this list' },
    ]);
  });
});

it.each<[object, string]>([
  [{ latitude: 1 }, 'longitude'],
  [{ longitude: 1 }, 'latitude'],
  [{ latitude: 0, longitude: 0 }, 'latitude'],
  [{ minimum_age: 9, maximum_age: 8 }, 'maximum_age'],
  [{ assured_date: '2026-03-03' }, 'assured_date'],
  [{ capacities: [{ available: 3, maximum: 2 }] }, 'capacities/0/available'],
  [{ capacities: [{ available: 1 }, { available: 1, updated: '2026-03-01T10:10:00Z' }] }, 'capacities/1/updated'],
  [{ cost_options: [{ valid_from: '2026-02-01', valid_to: '2026-01-01' }] }, 'cost_options/0/valid_to'],
  [{ service_areas: [{ extent_type: 'geojson', extent: '{"type":"Point"}' }] }, 'service_areas/0/extent'],
  [{ service_at_locations: [{ schedules: [{}] }, { schedules: [{}] }] }, 'service_at_locations/0/schedules/0'],
  [{ schedules: Array.from({ length: 202 }, () => ({ description: 'Call' })) }, 'schedules/200'],
  [
    {
      schedules: Array.from({ length: 22 }, () => ({ freq: 'WEEKLY', byday: 'MO', dtstart: '2026-01-05', count: 2 })),
    },
    'schedules/20/count',
  ],
])('what does not go together is named, %#', (fields, pointer) => {
  const faults = recordFaults({ id: 's', ...fields }, new Date('2026-03-01T10:00:00Z'));
  expect(faults.map(({ path }) => path.join('/'))).toEqual([pointer]);
});

it('what goes together is taken', () => {
  const fields = {
    latitude: 35.7,
    longitude: -106,
    minimum_age: 18,
    maximum_age: 18,
    assured_date: '2026-03-02',
    capacities: [{ available: 2, maximum: 2, updated: '2026-03-01T10:04:00Z' }],
    service_areas: [{ extent_type: 'geojson', extent: '{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1],[0,0]]]}' }],
  };
  expect(recordFaults({ id: 's', ...fields }, new Date('2026-03-01T10:00:00Z'))).toEqual([]);
});
