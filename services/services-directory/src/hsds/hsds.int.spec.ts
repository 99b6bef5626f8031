import { jest } from '@jest/globals';
import { startDirectory, type TestDirectory } from '../directory.fixture.js';
import type { HsdsService } from '../domain/hsds.js';
import type { Page } from '../domain/page.js';
import type { HsdsServiceListed, HsdsServiceMinimal } from '../domain/views.js';
import { wordsOf } from '../domain/words.js';
import { mustBeValid, valid, validPage, validRoot } from './official-schemas.fixture.js';

jest.setTimeout(120_000);

let directory: TestDirectory;
/** Every service, fully nested, by a walk page by page. */
let all: HsdsService[];
const SAMPLE_SERVICE = 'c89eb05c-62dd-4b64-b494-0cc347b6ea7f';

beforeAll(async () => {
  directory = await startDirectory();
  const sample = await directory.import('hsds-sample', 'one');
  const ilao = await directory.import('ilao', 'two');
  expect([sample.status, ilao.status]).toEqual([201, 201]);
  all = await walk<HsdsService>('full=true', 37);
});
afterAll(() => directory.close());

const get = <Body>(path: string) => directory.request<Body>('GET', path);

async function listOf<Item>(query: string): Promise<Page<Item>> {
  const { status, body, text } = await get<Page<Item>>(`/hsds/services?${query}`);
  if (status !== 200) throw new Error(`${query}: ${status} ${text}`);
  return body;
}

async function walk<Item>(query: string, perPage: number): Promise<Item[]> {
  const items: Item[] = [];
  for (let page = 1; ; page += 1) {
    const body = await listOf<Item>(`${query}&per_page=${perPage}&page=${page}`);
    mustBeValid(validPage, body);
    items.push(...body.contents);
    expect(body).toMatchObject({ page_number: page, size: body.contents.length, first_page: page === 1, empty: false });
    expect(body.total_pages).toBe(Math.ceil(body.total_items / perPage));
    expect(body.last_page).toBe(page === body.total_pages);
    if (body.last_page) {
      expect(items).toHaveLength(body.total_items);
      return items;
    }
  }
}

const idsOf = (items: { id: string }[]): string[] => items.map((item) => item.id);

describe('the official schemas', () => {
  it('would find a mistake', () => {
    const [service] = all;
    expect(() => mustBeValid(valid('service'), { ...service, nmae: 'x' })).toThrow(/additional properties/);
    expect(() => mustBeValid(valid('service'), { ...service, url: null })).toThrow(/must be string/);
    expect(() => mustBeValid(valid('service'), { ...service, organization: {} })).toThrow(/required property/);
  });

  it.each(['/hsds', '/hsds/'])('hold for %s', async (path) => {
    const { status, body } = await get<{ version: string; openapi_url: string }>(path);
    expect(status).toBe(200);
    mustBeValid(validRoot, body);
    expect(body.version).toBe('3.2.3');
    const document = await fetch(body.openapi_url);
    expect(((await document.json()) as { openapi: string }).openapi).toMatch(/^3\.1/);
  });
});

describe('pages', () => {
  it('come in one stable order, whatever their size', async () => {
    expect(idsOf(await walk<HsdsServiceListed>('', 1000))).toEqual(idsOf(all));
    expect(idsOf(all)).toEqual([...idsOf(all)].sort());
    expect(new Set(idsOf(all)).size).toBe(all.length);
  });

  it.each(['page=6&per_page=100', 'page=9007199254740991&per_page=1000'])(
    'beyond the end are empty: %s',
    async (query) => {
      const body = await listOf(query);
      mustBeValid(validPage, body);
      expect(body).toMatchObject({
        total_items: 442,
        size: 0,
        contents: [],
        empty: true,
        last_page: true,
        first_page: false,
      });
    },
  );

  it('of nothing is one empty page', async () => {
    expect(await listOf('search=zzzzzz')).toEqual({
      total_items: 0,
      total_pages: 0,
      page_number: 1,
      size: 0,
      first_page: true,
      last_page: true,
      empty: true,
      contents: [],
    });
  });
});

describe('filters', () => {
  it.each(['legal', 'expunge', 'Cook COUNTY', 'walk telephone', 'LAF', 'chicago', '法'])(
    'search finds the words of "%s" as a look at every service does',
    async (search) => {
      const words = wordsOf(search);
      const expected = all.filter((service) => {
        const own = wordsOf(
          service.name,
          service.alternate_name,
          service.description,
          service.eligibility_description,
          service.application_process,
          service.fees_description,
          service.organization.name,
          service.organization.alternate_name,
          ...(service.attributes ?? []).map((attribute) => attribute.taxonomy_term?.name),
          ...(service.service_at_locations ?? []).flatMap(({ location }) => [
            location?.name,
            ...(location?.addresses ?? []).map((address) => address.city),
          ]),
        );
        return words.every((word) => own.some((one) => one.startsWith(word)));
      });
      const found = await listOf<HsdsServiceListed>(`search=${encodeURIComponent(search)}&per_page=1000`);
      expect(idsOf(found.contents)).toEqual(idsOf(expected));
    },
  );

  it('an organization, a term, a taxonomy', async () => {
    const organizationId = all[0]!.organization.id;
    const byOrganization = await listOf<HsdsServiceListed>(`organization_id=${organizationId}&per_page=1000`);
    expect(idsOf(byOrganization.contents)).toEqual(
      idsOf(all.filter((service) => service.organization.id === organizationId)),
    );
    const term = all.flatMap((service) => service.attributes ?? []).find((one) => one.taxonomy_term)!.taxonomy_term!;
    for (const query of [`taxonomy_term_id=${term.id}`, `taxonomy_id=${term.taxonomy_detail!.id.toUpperCase()}`])
      expect((await listOf(query)).total_items).toBe(429);
    expect((await listOf(`taxonomy_term_id=${organizationId}`)).total_items).toBe(0);
  });

  it('modified_after includes the instant itself, at any offset', async () => {
    const times = all.map((service) => service.last_modified).sort();
    const middle = times[Math.floor(times.length / 2)]!;
    const idsAfter = async (time: string) =>
      idsOf((await listOf<HsdsServiceListed>(`modified_after=${encodeURIComponent(time)}&per_page=1000`)).contents);
    const expected = idsOf(all.filter((service) => service.last_modified >= middle));
    const inIndia = new Date(new Date(middle).getTime() + 5.5 * 3_600_000).toISOString().replace('Z', '+05:30');
    expect(await idsAfter(middle)).toEqual(expected);
    expect(await idsAfter(inIndia)).toEqual(expected);
    expect(expected.length).toBeLessThan(442);
    expect(await idsAfter(times.at(-1)!)).toEqual(idsOf(all.filter((one) => one.last_modified === times.at(-1))));
    expect(await idsAfter(new Date(new Date(times.at(-1)!).getTime() + 1).toISOString())).toEqual([]);
    expect(await idsAfter('2020-01-01')).toEqual(idsOf(all));
  });

  it('are cumulative', async () => {
    const sample = all.find((service) => service.id === SAMPLE_SERVICE)!;
    expect((await listOf(`search=helpline&organization_id=${sample.organization.id}`)).total_items).toBe(1);
    expect((await listOf(`search=legal&organization_id=${sample.organization.id}`)).total_items).toBe(0);
  });
});

describe('views', () => {
  it('minimal is id and modified_date alone, on one page', async () => {
    const page = await listOf<HsdsServiceMinimal>('minimal=true');
    expect(page.contents).toEqual(all.map(({ id, last_modified }) => ({ id, modified_date: last_modified })));
    expect(page.total_pages).toBe(1);
  });

  it.each<[string, (service: HsdsService) => unknown]>([
    ['full=true', (service) => service],
    ['minimal=true', ({ id, last_modified }) => ({ id, modified_date: last_modified })],
  ])('ndjson streams every service: %s', async (view, shown) => {
    const { status, headers, text } = await get(`/hsds/services?format=ndjson&${view}`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^application\/x-ndjson/);
    const lines = text.split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(all.map((service) => shown(service)));
  });

  it('ndjson of nothing is nothing', async () => {
    expect((await get('/hsds/services?format=ndjson&search=zzzzzz')).text).toBe('');
  });
});

describe('what cannot be answered', () => {
  it.each([
    'page=0',
    'per_page=1001',
    'page=1&page=2',
    'page[$gt]=1',
    'organization_id[$ne]=x',
    'postcode=60601',
    'full=maybe',
    'modified_after=then',
    'search=%20',
    'minimal=true&full=true',
  ])('400 for ?%s, with a pointer', async (query) => {
    const { status, headers, body } = await get<{ type: string; errors: unknown[] }>(`/hsds/services?${query}`);
    expect(status).toBe(400);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(body.type).toMatch(/query-invalid$/);
    expect(body.errors.length).toBeGreaterThan(0);
  });

  it.each([
    '00000000-0000-4000-8000-000000000000',
    'x',
    '$ne',
    encodeURIComponent('{"$gt":""}'),
    SAMPLE_SERVICE.slice(1),
  ])('no service /hsds/services/%s', async (id) => {
    const { status, body } = await get<{ type: string }>(`/hsds/services/${id}`);
    expect(status).toBe(404);
    expect(body.type).toMatch(/service-not-found$/);
  });

  it.each([
    '/hsds/services/%00',
    '/hsds/services/%ff',
    `/hsds/services/${'x'.repeat(5000)}`,
    '/hsds/services?search=%00',
  ])('400 for %s', async (path) => {
    expect((await get(path)).status).toBe(400);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('405 for %s', async (method) => {
    const addresses = ['/hsds', '/hsds/', `/hsds/services/${SAMPLE_SERVICE}`];
    for (const path of method === 'POST' ? addresses : [...addresses, '/hsds/services', '/hsds/taxonomies']) {
      const { status, headers } = await directory.request(method, path);
      expect([path, status]).toEqual([path, 405]);
      expect(headers.get('allow')).toContain('GET');
    }
  });
});
