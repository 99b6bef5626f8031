import type { HsdsOrganization, HsdsServiceContent } from './hsds.js';
import { fullView, listView, minimalView } from './service-views.js';

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
const modified = new Date('2026-01-05T10:00:00.123Z');

it('a list shows what a service has once, and likewise its organization and programme', () => {
  expect(listView(service, organization, modified)).toEqual({
    id: 's',
    name: 'Desk',
    status: 'active',
    last_modified: '2026-01-05T10:00:00.123Z',
    organization: { id: 'o', name: 'Aid', description: 'Help' },
    program: { id: 'r', name: 'P', description: 'P' },
  });
});

it('the full view shows everything', () => {
  expect(fullView(service, organization, modified)).toEqual({
    ...service,
    last_modified: '2026-01-05T10:00:00.123Z',
    organization,
  });
});

it('the minimal view has the names of the official openapi.json', () => {
  expect(minimalView('s', modified)).toEqual({ id: 's', modified_date: '2026-01-05T10:00:00.123Z' });
});
