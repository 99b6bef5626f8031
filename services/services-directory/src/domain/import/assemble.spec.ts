import { assembleOrganization, assembleService, type PartTree } from './assemble.js';
import { contextOf } from './map-row.fixture.js';
import { keyOf, type Part } from './row-reader.js';

function treeOf(...parts: Part[]): PartTree {
  return {
    childrenOf: (key) => parts.filter((part) => part.owner === key),
    find: (key) => parts.find((part) => keyOf(part.kind, part.id) === key),
    values: contextOf(),
  };
}

const service: Part = {
  kind: 'service',
  id: 's',
  record: { organization_id: 'o', program_id: 'p', name: 'Desk', status: 'active', url: undefined },
};
const place: Part = { kind: 'service_at_location', id: 'sl', owner: 'service:s', record: { location_id: 'l' } };
const location: Part = { kind: 'location', id: 'l', owner: 'organization:o', record: { location_type: 'physical' } };

it('puts a service together with everything that belongs in it, at any depth', () => {
  const { organizationId, content } = assembleService(
    service,
    treeOf(
      place,
      location,
      { kind: 'program', id: 'p', owner: 'organization:o', record: { name: 'P', description: 'P' } },
      { kind: 'eligibility', id: 'e1', owner: 'service:s', record: { text: 'adult' } },
      { kind: 'eligibility', id: 'e2', owner: 'service:s', record: { text: 'resident' } },
      { kind: 'contact', id: 'c', owner: 'service_at_location:sl', record: { name: 'C' } },
      { kind: 'phone', id: 'f', owner: 'contact:c', record: { number: '1', type: undefined } },
      { kind: 'schedule', id: 'h1', owner: 'location:l', record: { byday: 'MO' } },
      { kind: 'schedule', id: 'h2', owner: 'location:l', record: { byday: 'TU' } },
      { kind: 'phone', id: 'x', owner: 'service:other', record: { number: '2' } },
    ),
  );
  expect(organizationId).toBe('o');
  expect(JSON.stringify(content)).not.toContain('_id"');
  expect(content).toStrictEqual({
    id: 's',
    name: 'Desk',
    status: 'active',
    eligibility_description: 'adult; resident',
    program: { id: 'p', name: 'P', description: 'P' },
    service_at_locations: [
      {
        id: 'sl',
        contacts: [{ id: 'c', name: 'C', phones: [{ id: 'f', number: '1' }] }],
        location: {
          id: 'l',
          location_type: 'physical',
          schedules: [
            { id: 'h1', byday: 'MO' },
            { id: 'h2', byday: 'TU' },
          ],
        },
      },
    ],
  });
});

it('puts an organization together with its locations and programmes, and not with its services', () => {
  const organization: Part = { kind: 'organization', id: 'o', record: { name: 'Aid', description: 'x' } };
  expect(assembleOrganization(organization, treeOf(service, location))).toStrictEqual({
    id: 'o',
    name: 'Aid',
    description: 'x',
    locations: [{ id: 'l', location_type: 'physical' }],
  });
});
