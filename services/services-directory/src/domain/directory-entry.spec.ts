import { ServicePublished } from '@throughline/shared/contracts';
import { announcementOf, factsOf, referencesOf } from './directory-entry.js';
import type { HsdsOrganization, HsdsServiceContent } from './hsds.js';

const at = new Date('2026-01-05T10:00:00Z');
const organization: HsdsOrganization = { id: 'o', name: 'Legal Aid', description: 'x' };
const legal = { id: 't', name: 'Legal', description: 'x', taxonomy_detail: { id: 'v', name: 'OE', description: 'x' } };
const address = {
  id: 'a',
  address_1: '1 Main St',
  city: 'Chicago',
  state_province: 'IL',
  postal_code: '60601',
  country: 'US',
};
const service: HsdsServiceContent = {
  id: 's',
  name: 'Expungement desk',
  status: 'active',
  url: 'http://example.org',
  attributes: [
    { id: 'x', taxonomy_term: legal },
    { id: 'y', value: 'cash' },
    { id: 'z', taxonomy_term: legal },
  ],
  service_at_locations: [
    {
      id: 'l',
      location: {
        id: 'm',
        location_type: 'physical',
        latitude: 41.88,
        longitude: -87.63,
        phones: [{ id: 'p', number: '555 0100' }],
        addresses: [
          { ...address, postal_code: '1', address_type: 'postal' },
          { ...address, address_type: 'physical' },
        ],
      },
    },
    { id: 'n', location: { id: 'k', location_type: 'virtual' } },
  ],
};

describe('announcementOf', () => {
  it('says what a referrer must know, as the contract allows it', () => {
    const announcement = announcementOf(service, organization, at);
    expect(JSON.parse(ServicePublished.write(announcement))).toEqual({
      serviceId: 's',
      name: 'Expungement desk',
      organizationId: 'o',
      organizationName: 'Legal Aid',
      status: 'active',
      categories: ['Legal'],
      phone: '555 0100',
      url: 'http://example.org',
      places: [{ city: 'Chicago', postcode: '60601', latitude: 41.88, longitude: -87.63 }],
      publishedAt: '2026-01-05T10:00:00.000Z',
    });
  });

  it('prefers the number of the service itself', () => {
    const announcement = announcementOf({ ...service, phones: [{ id: 'q', number: '1' }] }, organization, at);
    expect(announcement.phone).toBe('1');
  });

  it('stays within the bounds of the contract, however large the record is', () => {
    const place = service.service_at_locations![0]!;
    const large: HsdsServiceContent = {
      ...service,
      name: 'n'.repeat(5000),
      url: `http://example.org/${'u'.repeat(5000)}`,
      phones: [{ id: 'q', number: '1'.repeat(500) }],
      attributes: Array.from({ length: 80 }, (_, index) => ({
        id: String(index),
        taxonomy_term: { ...legal, name: `${index}${'t'.repeat(500)}` },
      })),
      service_at_locations: Array.from({ length: 50 }, () => place),
    };
    const announcement = announcementOf(large, { ...organization, name: 'o'.repeat(5000) }, at);
    expect(JSON.parse(ServicePublished.write(announcement))).toEqual(announcement);
    expect(announcement).not.toHaveProperty('url');
    expect(announcement.places).toHaveLength(20);
    expect(announcement.categories).toHaveLength(50);
  });
});

it('lists find a service by its terms, its organization and its words', () => {
  expect(factsOf(service, organization)).toEqual({
    organizationId: 'o',
    taxonomyTermIds: ['t'],
    taxonomyIds: ['v'],
    words: ' aid chicago desk expungement legal',
  });
  expect(referencesOf(service, organization)).toEqual({
    organizationId: 'o',
    locationIds: ['m', 'k'],
    taxonomyTermIds: ['t'],
  });
});
