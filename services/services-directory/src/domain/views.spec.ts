import type { HsdsOrganization, HsdsServiceContent } from './hsds.js';
import { organizationFull, placeFull, placeListed, serviceFull, serviceListed, serviceMinimal } from './views.js';

const organization: HsdsOrganization = {
  id: 'o',
  name: 'Aid',
  description: 'Help',
  phones: [{ id: 'p', number: '1' }],
};
const service: HsdsServiceContent = {
  id: 's',
  name: 'Desk',
  status: 'active',
  phones: [{ id: 'q', number: '2' }],
  program: { id: 'r', name: 'P', description: 'P', metadata: [] },
};
const modifiedAt = new Date('2026-01-05T10:00:00.123Z');
const whole = { content: service, organization, modifiedAt };

it('a list shows what a service has once, and likewise its organization and programme', () => {
  expect(serviceListed(whole)).toEqual({
    id: 's',
    name: 'Desk',
    status: 'active',
    last_modified: '2026-01-05T10:00:00.123Z',
    organization: { id: 'o', name: 'Aid', description: 'Help' },
    program: { id: 'r', name: 'P', description: 'P' },
  });
});

it('the full view shows everything', () => {
  expect(serviceFull(whole)).toEqual({
    ...service,
    last_modified: '2026-01-05T10:00:00.123Z',
    organization,
  });
});

it('the minimal view has the names of the official openapi.json', () => {
  expect(serviceMinimal('s', modifiedAt)).toEqual({ id: 's', modified_date: '2026-01-05T10:00:00.123Z' });
});

it('an organization shows its services without naming itself in them', () => {
  const alone = { id: 's', name: 'Desk', status: 'active', last_modified: '2026-01-05T10:00:00.123Z' };
  const program = { id: 'r', name: 'P', description: 'P' };
  expect(organizationFull(organization, [whole], false)).toEqual({
    ...organization,
    services: [{ ...alone, program }],
  });
  expect(organizationFull(organization, [whole], true).services).toEqual([
    { ...service, last_modified: '2026-01-05T10:00:00.123Z' },
  ]);
  expect(organizationFull(organization, [], true)).toEqual(organization);
});

it('a service at a location shows the service without its places', () => {
  const location = { id: 'l', location_type: 'physical', phones: [{ id: 'x', number: '3' }] } as const;
  const place = { id: 'a', description: 'ground floor', phones: [{ id: 'y', number: '4' }], location };
  const offered = { ...whole, content: { ...service, service_at_locations: [place] } };
  expect(placeFull(place as never, offered as never)).toEqual({ ...place, service: serviceFull(whole) });
  expect(placeListed(place as never, offered as never)).toEqual({
    id: 'a',
    description: 'ground floor',
    location: { id: 'l', location_type: 'physical' },
    service: serviceListed(whole),
  });
});
