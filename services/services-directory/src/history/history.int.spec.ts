import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { Consequences } from '../changes/consequences.js';
import { startDirectory, type TestDirectory } from '../directory.fixture.js';
import type { HsdsMetadata, HsdsOrganization, HsdsService, HsdsTaxonomyTerm } from '../domain/hsds.js';
import { KEPT_IN_DOCUMENT, MAX_IN_DOCUMENT } from '../domain/history/record-history.js';
import type { HsdsServiceAtLocationFull } from '../domain/views.js';
import { upload } from '../imports/uploads.fixture.js';
import { zipOf } from '../imports/zip-files.fixture.js';
import { DirectoryRecords } from '../records/directory-records.js';
import { ServicesRepository } from '../services/services.repository.js';
import type { HistoryItem } from './histories.js';

jest.setTimeout(60_000);

const [ORGANIZATION, SERVICE, LOCATION, PLACE] = Array.from({ length: 4 }, () => randomUUID()) as [
  string,
  string,
  string,
  string,
];

let directory: TestDirectory;
let records: DirectoryRecords;
let services: ServicesRepository;

const files = (name: string, city = 'Santa Fe') =>
  zipOf({
    'organizations.csv': `id,name,description\n${ORGANIZATION},${name},d\n`,
    'services.csv': `id,organization_id,name,status\n${SERVICE},${ORGANIZATION},Pantry,active\n`,
    'locations.csv': `id,organization_id,name,latitude,longitude\n${LOCATION},${ORGANIZATION},Hall in ${city},35.6,-105.9\n`,
    'services_at_location.csv': `id,service_id,location_id\n${PLACE},${SERVICE},${LOCATION}\n`,
  });

beforeAll(async () => {
  directory = await startDirectory();
  records = directory.app.get(DirectoryRecords);
  services = directory.app.get(ServicesRepository);
  expect((await upload(directory, 'aid', await files('Aid'))).status).toBe('completed');
});
afterAll(() => directory.close());

const hsds = async <View>(path: string): Promise<View> => {
  const { status, body } = await directory.request<View>('GET', `/hsds/${path}`);
  expect(status).toBe(200);
  return body;
};
const told = (metadata: readonly HsdsMetadata[] = []) =>
  metadata.map((one) => [
    one.last_action_type,
    one.field_name,
    one.previous_value,
    one.replacement_value,
    one.updated_by,
  ]);
const historyOf = async (path: string, query = '') =>
  directory.request<{ items: HistoryItem[]; nextCursor?: string }>('GET', `/v1/${path}/history${query}`);

/** Changes the service as an editor's door would. */
async function edit(change: Partial<HsdsService>, by = 'provider'): Promise<void> {
  const { content, organizationId, version } = (await services.find(SERVICE))!;
  const organization = (await records.organizationsWithLocations([organizationId])).get(organizationId)!;
  await services.publish({ content: { ...content, ...change }, organization }, 'edit', {
    by,
    expectedVersion: version,
  });
  await directory.app.get(Consequences).draw();
}

it('a first import leaves that each record was created, and writes nothing for it', async () => {
  const service = await hsds<HsdsService>(`services/${SERVICE}`);
  for (const [metadata, id, type] of [
    [service.metadata, SERVICE, 'service'],
    [service.organization.metadata, ORGANIZATION, 'organization'],
    [service.service_at_locations![0]!.location!.metadata, LOCATION, 'location'],
  ] as const)
    expect(metadata).toEqual([
      expect.objectContaining({
        resource_id: id,
        resource_type: type,
        last_action_date: new Date().toISOString().slice(0, 10),
        last_action_type: 'create',
        field_name: 'id',
        previous_value: '',
        replacement_value: id,
        updated_by: 'aid',
      }),
    ]);
  const term = await hsds<{ contents: HsdsTaxonomyTerm[] }>('taxonomy_terms?per_page=1');
  expect(told(term.contents[0]!.metadata)).toEqual([['create', 'id', '', term.contents[0]!.id, 'shared-taxonomies']]);
});

it('what an import changes stands in the record that it changes, in each view that shows it whole', async () => {
  const before = (await services.find(SERVICE))!.modifiedAt;
  await upload(directory, 'aid', await files('New Aid', 'Taos'));
  const organization = await hsds<HsdsOrganization>(`organizations/${ORGANIZATION}`);
  const renamed = [
    ['create', 'id', '', ORGANIZATION, 'aid'],
    ['update', 'name', 'Aid', 'New Aid', 'aid'],
  ];
  expect(told(organization.metadata)).toEqual(renamed);
  expect(told(organization.locations![0]!.metadata).at(-1)).toEqual([
    'update',
    'name',
    'Hall in Santa Fe',
    'Hall in Taos',
    'aid',
  ]);
  const [service] = (await hsds<{ contents: HsdsService[] }>('services?full=true')).contents;
  expect(told(service!.organization.metadata)).toEqual(renamed);
  const place = await hsds<HsdsServiceAtLocationFull>(`service_at_locations/${PLACE}`);
  expect(told(place.service.organization.metadata)).toEqual(renamed);
  // the service shows what has changed, so it counts as changed; nothing of its own has
  expect(told(service!.metadata)).toEqual([['create', 'id', '', SERVICE, 'aid']]);
  expect(service!.last_modified > before.toISOString()).toBe(true);
  const listed = await hsds<{ contents: HsdsService[] }>('services');
  expect(listed.contents[0]!.metadata).toBeUndefined();
});

it('tells the role of who made a change by hand, and the record stays with its dataset', async () => {
  const { content } = (await services.find(SERVICE))!;
  await edit({
    description: 'Food',
    service_at_locations: [{ ...content.service_at_locations![0]!, description: 'Back door' }],
  });
  const service = await hsds<HsdsService>(`services/${SERVICE}`);
  expect(told(service.metadata).at(-1)).toEqual(['update', 'description', '', 'Food', 'provider']);
  expect(told(service.service_at_locations![0]!.metadata)).toEqual([
    ['update', 'description', '', 'Back door', 'provider'],
  ]);
  expect((await services.find(SERVICE))!.dataset).toBe('aid');
  const { items } = (await historyOf(`service_at_locations/${PLACE}`)).body;
  expect(items).toEqual([expect.objectContaining({ resource_id: PLACE, resource_type: 'service_at_location' })]);
});

it('a record that was made by hand says so, one that is gone keeps its history, and one that is back adds to it', async () => {
  const id = randomUUID();
  const content = { id, name: 'By hand', description: 'd' };
  await records.organizations.save(content, { by: 'coordinator' });
  await records.organizations.withdraw(id, { by: 'admin' });
  await records.organizations.save(content, { by: 'coordinator' });
  const { items } = (await historyOf(`organizations/${id}`)).body;
  expect(told(items)).toEqual([
    ['create', 'id', '', id, 'coordinator'],
    ['delete', 'id', id, '', 'admin'],
    ['create', 'id', '', id, 'coordinator'],
  ]);
  expect((await records.organizations.find(id))!.dataset).toBe('by-hand');
});

it('a long history is kept whole, the newest part of it with the record', async () => {
  const changes = MAX_IN_DOCUMENT + 30;
  const { content } = (await records.organizations.find(ORGANIZATION))!;
  for (let count = 1; count <= changes; count += 1)
    await records.organizations.save({ ...content, email: `${count}@aid.example` }, { by: 'provider' });
  const path = `organizations/${ORGANIZATION}`;
  const { body } = await historyOf(path, '?limit=100');
  const emails = body.items.filter(({ field_name: field }) => field === 'email');
  expect(emails.map((one) => one.replacement_value)).toEqual(
    Array.from({ length: changes }, (_, index) => `${changes - index}@aid.example`),
  );
  expect(body.items.at(-1)).toMatchObject({ last_action_type: 'create', updated_by: 'aid' });
  const { metadata } = await hsds<HsdsOrganization>(path);
  expect(metadata!.length).toBeGreaterThanOrEqual(KEPT_IN_DOCUMENT);
  expect(metadata!.length).toBeLessThanOrEqual(MAX_IN_DOCUMENT + 1);
  const ids: string[] = [];
  for (let cursor = ''; ;) {
    const page = (await historyOf(path, `?limit=20${cursor}`)).body;
    ids.push(...page.items.map(({ id }) => id));
    if (!page.nextCursor) break;
    cursor = `&cursor=${page.nextCursor}`;
  }
  expect(ids).toEqual(body.items.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
});

it.each([
  ['services/none', '', 404],
  [`services/${randomUUID()}`, '', 404],
  [`phones/${randomUUID()}`, '', 404],
  [`services/${SERVICE}`, '?cursor=x', 400],
  [`services/${SERVICE}`, '?limit=0', 422],
])('/v1/%s/history%s is refused with %i', async (path, query, status) => {
  expect((await historyOf(path, query)).status).toBe(status);
});
