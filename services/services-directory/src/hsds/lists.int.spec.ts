import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { Consequences } from '../changes/consequences.js';
import { startDirectory, type TestDirectory } from '../directory.fixture.js';
import { isCovered } from '../domain/coverage.js';
import { middleOf } from '../domain/geography.js';
import type { HsdsLocation, HsdsOrganization, HsdsServiceContent } from '../domain/hsds.js';
import { LIST_PARAMETERS, type ListName } from '../domain/list-query.js';
import type { Page } from '../domain/page.js';
import type { HsdsServiceAtLocationFull } from '../domain/views.js';
import { DirectoryRecords } from '../records/directory-records.js';
import { ServicesRepository } from '../services/services.repository.js';

jest.setTimeout(120_000);

let directory: TestDirectory;
/** Every service at a location, fully nested. */
let places: HsdsServiceAtLocationFull[];
let locations: HsdsLocation[];
/** When the second half of the services had been published. */
let halfWay: string;
const POSTCODES = ['60601', '60602', '60603', '60604'];
const TERM = {
  id: randomUUID(),
  name: 'Legal',
  description: 'Legal',
  taxonomy_detail: { id: randomUUID(), name: 'T', description: 'T' },
};

/** A small town: locations on a grid, one of ten without a position, services with and without areas. */
function town(): { organizations: HsdsOrganization[]; locations: HsdsLocation[]; services: HsdsServiceContent[] } {
  const organizations = ['Aid', 'Beds'].map((name) => ({ id: randomUUID(), name, description: name }));
  const locations = Array.from({ length: 30 }, (_, index): HsdsLocation => ({
    id: randomUUID(),
    location_type: 'physical',
    name: `Place ${index}`,
    ...(index % 10 === 9 ? {} : { latitude: 41.8 + (index % 6) / 100, longitude: -87.7 + Math.floor(index / 6) / 100 }),
    addresses: [
      {
        id: randomUUID(),
        address_1: '1 Main St',
        city: 'Chicago',
        state_province: 'IL',
        postal_code: POSTCODES[index % 3]!,
        country: 'US',
        address_type: 'physical',
      },
    ],
  }));
  const polygon = {
    type: 'Polygon',
    coordinates: [
      [
        [-87.69, 41.8],
        [-87.67, 41.8],
        [-87.67, 41.84],
        [-87.69, 41.84],
        [-87.69, 41.8],
      ],
    ],
  };
  const areas = [undefined, { extent: JSON.stringify(polygon) }, { name: 'ZIP 60602, 60604' }, { name: 'Cook County' }];
  const services = Array.from({ length: 20 }, (_, index): HsdsServiceContent => {
    const area = areas[index % 4];
    return {
      id: randomUUID(),
      name: `Service ${index} ${index % 2 ? 'beds' : 'advice'}`,
      status: 'active',
      ...(area ? { service_areas: [{ id: randomUUID(), ...area }] } : {}),
      ...(index % 5 === 0 ? { attributes: [{ id: randomUUID(), taxonomy_term: TERM }] } : {}),
      service_at_locations: [index, index + 7].map((at) => ({ id: randomUUID(), location: locations[at % 30]! })),
    };
  });
  return { organizations, locations, services };
}

beforeAll(async () => {
  directory = await startDirectory();
  const records = directory.app.get(DirectoryRecords);
  const { organizations, services, ...rest } = town();
  locations = rest.locations;
  for (const location of locations) await records.locations.save(location, { dataset: 'town' });
  for (const organization of organizations) await records.organizations.save(organization, { dataset: 'town' });
  for (const [index, content] of services.entries()) {
    if (index === 10) halfWay = new Date(Date.now() + 1).toISOString();
    while (index === 10 && new Date().toISOString() <= halfWay) await setImmediate();
    await directory.app
      .get(ServicesRepository)
      .publish({ content, organization: organizations[index % 2]!, dataset: 'town' }, 'town');
  }
  await directory.app.get(Consequences).draw();
  places = (await listOf<HsdsServiceAtLocationFull>('service_at_locations?full=true&per_page=1000')).contents;
  expect(places).toHaveLength(40);
});
afterAll(() => directory.close());

const listOf = async <Item>(path: string): Promise<Page<Item>> => {
  const { status, body, text } = await directory.request<Page<Item>>('GET', `/hsds/${path}`);
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
  return body;
};
const idsIn = (items: readonly { id: string }[]): string[] => items.map(({ id }) => id);

describe('services at locations', () => {
  it.each<[string, (place: HsdsServiceAtLocationFull) => boolean]>([
    ['search=beds', ({ service }) => service.name.includes('beds')],
    ['search=place%2022', ({ location }) => location!.name === 'Place 22'],
    ['taxonomy_term_id=TERM', ({ service }) => service.attributes !== undefined],
    ['taxonomy_id=TAXONOMY', ({ service }) => service.attributes !== undefined],
    ['organization_id=ORG', ({ service }) => service.organization.id === places[0]!.service.organization.id],
    ['search=beds&taxonomy_term_id=TERM', ({ service }) => service.name.includes('beds') && !!service.attributes],
    ['modified_after=TIME', ({ service }) => service.last_modified >= halfWay],
  ])('are selected by %s as a look at each does', async (query, selects) => {
    const asked = query
      .replace('TERM', TERM.id)
      .replace('TAXONOMY', TERM.taxonomy_detail.id)
      .replace('ORG', places[0]!.service.organization.id)
      .replace('TIME', halfWay);
    const expected = places.filter(selects);
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.length).toBeLessThan(40);
    expect(idsIn((await listOf<HsdsServiceAtLocationFull>(`service_at_locations?${asked}`)).contents)).toEqual(
      idsIn(expected),
    );
  });

  it.each(
    POSTCODES.flatMap((postcode) =>
      [undefined, 1, 1500, 4000, 20_000_000].map((metres) => [postcode, metres] as const),
    ),
  )('serve %s within %s m as a look at each does', async (postcode, proximity) => {
    const inPostcode = locations.flatMap(({ latitude, longitude, addresses }) =>
      addresses![0]!.postal_code === postcode && latitude !== undefined ? [{ latitude, longitude: longitude! }] : [],
    );
    const middle = middleOf(inPostcode);
    const expected = places.filter(({ location, service }) => {
      const { latitude, longitude, addresses } = location!;
      const coverage = {
        areas: service.service_areas ?? [],
        postcodes: [addresses![0]!.postal_code],
        ...(latitude === undefined ? {} : { position: { latitude, longitude: longitude! } }),
      };
      return isCovered(coverage, { postcode, middle, ...(proximity ? { proximity } : {}) });
    });
    const query = `postcode=${postcode}${proximity ? `&proximity=${proximity}` : ''}`;
    const found = await listOf<HsdsServiceAtLocationFull>(`service_at_locations?${query}&per_page=7&page=2`);
    expect(found.total_items).toBe(expected.length);
    expect(idsIn(found.contents)).toEqual(idsIn(expected.slice(7, 14)));
  });

  it('none is near to a postcode that nobody knows, and proximity alone is refused', async () => {
    expect((await listOf('service_at_locations?postcode=99999&proximity=1000')).total_items).toBe(0);
    expect((await listOf('service_at_locations?postcode=99999')).total_items).toBe(0);
    expect((await directory.request('GET', '/hsds/service_at_locations?proximity=1000')).status).toBe(400);
  });
});

describe('organizations', () => {
  it('have a term if one of their services carries it', async () => {
    const carrying = new Set(
      places.filter(({ service }) => service.attributes).map(({ service }) => service.organization.id),
    );
    for (const query of [`taxonomy_term_id=${TERM.id}`, `taxonomy_id=${TERM.taxonomy_detail.id}`])
      expect(idsIn((await listOf<{ id: string }>(`organizations?${query}`)).contents)).toEqual([...carrying].sort());
    expect((await listOf(`organizations?taxonomy_id=${TERM.id}`)).total_items).toBe(0);
    expect((await listOf('organizations?search=beds')).total_items).toBe(1);
  });

  it('come with their services, simple or full', async () => {
    const id = places[0]!.service.organization.id;
    const own = [
      ...new Set(places.filter(({ service }) => service.organization.id === id).map(({ service }) => service.id)),
    ];
    for (const [query, full] of [
      ['', false],
      ['?full_service=true', true],
    ] as const) {
      const { body } = await directory.request<{ services: HsdsServiceContent[] }>(
        'GET',
        `/hsds/organizations/${id}${query}`,
      );
      expect(idsIn(body.services)).toEqual([...own].sort());
      expect(body.services.every((service) => (service.service_at_locations !== undefined) === full)).toBe(true);
      expect(body.services.some((service) => 'organization' in service)).toBe(false);
    }
  });
});

describe('every list', () => {
  const lists = Object.keys(LIST_PARAMETERS) as ListName[];

  it.each(lists)('%s answers POST as GET, with the parameters in the body', async (list) => {
    const page = await listOf<{ id: string }>(`${list}?per_page=2&page=2`);
    const posted = await directory.request('POST', `/hsds/${list}`, { body: { per_page: 2, page: 2 } });
    expect([posted.status, posted.body]).toEqual([200, page]);
    const mixed = await directory.request('POST', `/hsds/${list}?page=2`, { body: { per_page: '2' } });
    expect(mixed.body).toEqual(page);
    expect((await directory.request('POST', `/hsds/${list}`)).status).toBe(200);
    for (const body of [[], { page: 0 }, { page: { $gt: 0 } }, { pages: 1 }, { search: null }])
      expect((await directory.request('POST', `/hsds/${list}`, { body })).status).toBe(400);
  });

  it.each(lists)('%s answers HEAD, sends nothing twice, and 404 for what is not there', async (list) => {
    const first = await directory.request('GET', `/hsds/${list}?per_page=1`);
    const etag = first.headers.get('etag')!;
    const head = await directory.request('HEAD', `/hsds/${list}?per_page=1`);
    expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', etag]);
    const again = await directory.request('GET', `/hsds/${list}?per_page=1`, {
      headers: { 'if-none-match': `"x", ${etag}` },
    });
    expect([again.status, again.text]).toEqual([304, '']);
    const other = await directory.request('GET', `/hsds/${list}?per_page=2`, { headers: { 'if-none-match': etag } });
    expect(other.status).toBe(200);
    for (const id of [randomUUID(), 'x', '%24ne'])
      expect((await directory.request('GET', `/hsds/${list}/${id}`)).status).toBe(404);
    expect((await directory.request('GET', `/hsds/${list}/${randomUUID()}?full=true`)).status).toBe(400);
  });

  it.each(['services', 'service_at_locations', 'taxonomies', 'taxonomy_terms'])(
    'an item of %s has a time, and is not sent to who has it since then',
    async (list) => {
      const { body } = await directory.request<{ contents: { id: string }[] }>('GET', `/hsds/${list}?per_page=1`);
      const path = `/hsds/${list}/${body.contents[0]!.id}`;
      const whole = await directory.request<{ last_modified?: string }>('GET', path);
      const [modified, etag] = [whole.headers.get('last-modified')!, whole.headers.get('etag')!];
      expect(new Date(modified).toUTCString()).toBe(modified);
      const told = whole.body.last_modified;
      if (told) expect(Date.parse(modified)).toBe(Math.floor(Date.parse(told) / 1000) * 1000);
      const before = new Date(Date.parse(modified) - 1000).toUTCString();
      const statusFor = async (headers: Record<string, string>) =>
        (await directory.request('GET', path, { headers })).status;
      expect(await statusFor({ 'if-modified-since': modified })).toBe(304);
      expect(await statusFor({ 'if-modified-since': before })).toBe(200);
      expect(await statusFor({ 'if-modified-since': 'yesterday' })).toBe(200);
      // an ETag says more than a time of whole seconds
      expect(await statusFor({ 'if-modified-since': modified, 'if-none-match': '"other"' })).toBe(200);
      expect(await statusFor({ 'if-modified-since': before, 'if-none-match': etag })).toBe(304);
    },
  );

  it('may be read from browsers of any origin, refusals too, and nothing else may', async () => {
    for (const [path, status] of [
      ['/hsds', 200],
      ['/hsds/services?page=0', 400],
      ['/hsds/services/x', 404],
    ] as const) {
      const answer = await directory.request('GET', path, { headers: { origin: 'https://elsewhere.example' } });
      expect([path, answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([path, status, '*']);
    }
    const preflight = await directory.request('OPTIONS', '/hsds/services', {
      headers: { 'access-control-request-method': 'POST' },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([204, 'GET, HEAD, POST']);
    for (const path of ['/v1/changes', '/hsdsx', '/health/live'])
      expect((await directory.request('GET', path)).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('answers 200 or 400 to whatever is asked, and 400 with a pointer for each fault', async () => {
    const names = [...new Set(Object.values(LIST_PARAMETERS).flat()), 'x', '__proto__', 'page[$gt]'];
    const value = fc.oneof(
      fc.constantFrom(
        '',
        'true',
        '1',
        '0',
        '-1',
        '1e9',
        'ndjson',
        '60601',
        '2026-01-01',
        TERM.id,
        '$ne',
        '\u0000',
        '%',
        '+',
      ),
      fc.string({ maxLength: 30, unit: 'binary' }),
      fc.integer().map(String),
    );
    const asked = fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...lists), asked, fc.boolean(), async (list, parameters, post) => {
        const query = new URLSearchParams(parameters.map(([name, one]): [string, string] => [name, one])).toString();
        const { status, body } = post
          ? await directory.request<Record<string, unknown>>('POST', `/hsds/${list}`, {
              body: Object.fromEntries(parameters),
            })
          : await directory.request<Record<string, unknown>>('GET', `/hsds/${list}?${query}`);
        expect([200, 400]).toContain(status);
        if (status === 400) expect(body).toMatchObject({ type: expect.any(String), status: 400 });
      }),
      { numRuns: 200, interruptAfterTimeLimit: 2_000, markInterruptAsFailure: false },
    );
  });
});
