import type { HsdsLocation, HsdsOrganization, HsdsServiceContent } from './hsds.js';
import {
  locationIdsOf,
  withLocations,
  withoutLocations,
  withOwnLocations,
  withoutOwnLocations,
} from './record-links.js';

const place = (id: string): HsdsLocation => ({ id, location_type: 'physical', name: `Place ${id}` });
const service: HsdsServiceContent = {
  id: 's',
  name: 'Desk',
  status: 'active',
  service_at_locations: [
    { id: 'x', description: 'ground floor', location: place('k') },
    { id: 'y', location: place('m') },
    { id: 'z' },
  ],
};

it('a service is kept with the ids of its locations and served with them', () => {
  const kept = withoutLocations(service);
  expect(locationIdsOf(kept)).toEqual(['k', 'm']);
  expect(JSON.stringify(kept)).not.toContain('Place');
  expect(withLocations(kept, new Map(['k', 'm'].map((id) => [id, place(id)])))).toEqual(service);
});

it('a location that is not there leaves no trace of its id', () => {
  const served = withLocations(withoutLocations(service), new Map());
  expect(served.service_at_locations).toEqual([{ id: 'x', description: 'ground floor' }, { id: 'y' }, { id: 'z' }]);
});

it('an organization is kept without its locations and served with them in the order of their ids', () => {
  const organization: HsdsOrganization = {
    id: 'o',
    name: 'Aid',
    description: 'd',
    locations: [place('b'), place('a')],
  };
  const kept = withoutOwnLocations(organization);
  expect(kept).toEqual({ id: 'o', name: 'Aid', description: 'd' });
  expect(withOwnLocations(kept, organization.locations).locations?.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(withOwnLocations(kept)).toEqual(kept);
});
