import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { Consequences } from '../changes/consequences.js';
import { startDirectory, type TestDirectory } from '../directory.fixture.js';
import type { HsdsService } from '../domain/hsds.js';
import { DirectoryRecords } from '../records/directory-records.js';
import { ServicesRepository } from '../services/services.repository.js';
import { sharedTerms } from '../taxonomies/shared-taxonomies.js';
import { upload } from './uploads.fixture.js';
import { zipOf } from './zip-files.fixture.js';

jest.setTimeout(60_000);

const id = () => randomUUID();
const [ORGANIZATION, SERVICE, OTHER, LOCATION, TERM] = [id(), id(), id(), id(), id()] as const;
const ATTRIBUTES = [id(), id()];
const PANTRY = sharedTerms.termFor({ taxonomy: 'Open Eligibility', code: '1130', name: '' })!;

let directory: TestDirectory;
let records: DirectoryRecords;
let services: ServicesRepository;

/** The dataset, with some cells of another text. */
const dataset = ({ org = 'Aid', service = 'Pantry', alert = '', hall = 'Hall', term = 'Stew', lines = 2 } = {}) => {
  const rows = [
    `${SERVICE},${ORGANIZATION},${service},active,${alert}`,
    `${OTHER},${ORGANIZATION},Other,active,`,
  ].slice(0, lines);
  return zipOf({
    'organizations.csv': `id,name,description\n${ORGANIZATION},${org},d\n`,
    'taxonomy_terms.csv': `id,name,description,taxonomy\n${TERM},${term},d,Local\n${PANTRY.id},Food Pantry,d,Open Eligibility\n`,
    'locations.csv': `id,organization_id,name,location_type\n${LOCATION},${ORGANIZATION},${hall},physical\n`,
    'services.csv': ['id,organization_id,name,status,alert', ...rows, ''].join('\n'),
    'services_at_location.csv': `id,service_id,location_id\n,${SERVICE},${LOCATION}\n`,
    'attributes.csv': [
      'id,link_id,link_entity,taxonomy_term_id',
      `${ATTRIBUTES[0]},${SERVICE},service,${TERM}`,
      `${ATTRIBUTES[1]},${SERVICE},service,${PANTRY.id}`,
      '',
    ].join('\n'),
  });
};
const bring = async (changes: Parameters<typeof dataset>[0] = {}, dryRun = false) => {
  const { status, report } = await upload(directory, 'aid', await dataset(changes), { query: `?dryRun=${dryRun}` });
  expect(status).toBe('completed');
  return report!;
};
const shown = async (service: string = SERVICE) => directory.request<HsdsService>('GET', `/hsds/services/${service}`);
const draw = () => directory.app.get(Consequences).draw();

async function editService(change: object): Promise<void> {
  const { content, organizationId, version } = (await services.find(SERVICE))!;
  const organization = (await records.organizationsWithLocations([organizationId])).get(organizationId)!;
  const edited = { ...content, ...change };
  await services.publish({ content: edited, organization }, 'edit', { by: 'provider', expectedVersion: version });
  await draw();
}

const NOTHING = { written: 0, withdrawn: 0 };

beforeAll(async () => {
  directory = await startDirectory();
  records = directory.app.get(DirectoryRecords);
  services = directory.app.get(ServicesRepository);
  expect((await bring()).edits).toEqual([]);
});
afterAll(() => directory.close());

it('an import keeps what a person has changed and takes what else its dataset brings', async () => {
  await editService({
    name: 'Pantry and soup',
    capacities: [{ id: id(), unit: { id: id(), name: 'meals' }, available: 9, updated: new Date().toISOString() }],
  });
  const again = await bring();
  expect(again.edits).toEqual([]);
  expect(again.changes.services).toEqual({ published: 0, unchanged: 2, withdrawn: 0 });
  const before = (await services.find(SERVICE))!.version;
  const changed = await bring({ alert: 'Closed on Friday' });
  expect(changed.changes.services).toEqual({ published: 1, unchanged: 1, withdrawn: 0 });
  const { body } = await shown();
  expect(body).toMatchObject({ name: 'Pantry and soup', alert: 'Closed on Friday', capacities: [{ available: 9 }] });
  expect((await services.find(SERVICE))!.version).toBe(before + 1);
  expect(body.metadata!.at(-1)).toMatchObject({ field_name: 'alert', updated_by: 'aid' });
});

it('where both have changed, the edit stays and the report names file, line and field, each time', async () => {
  const edit = { code: 'kept-edited', kind: 'service', id: SERVICE, file: 'services.csv', line: 2, field: 'name' };
  for (const dryRun of [true, false, false]) {
    const { edits, changes } = await bring({ alert: 'Closed on Friday', service: 'New name' }, dryRun);
    expect(edits).toEqual([edit]);
    expect(changes.services).toEqual({ published: 0, unchanged: 2, withdrawn: 0 });
  }
  expect((await shown()).body.name).toBe('Pantry and soup');
  await editService({ name: 'New name', capacities: undefined });
  expect((await bring({ alert: 'Closed on Friday', service: 'New name' })).edits).toEqual([]);
  const agreed = await bring({ alert: 'Closed on Friday', service: 'Newer name' });
  expect(agreed.edits).toEqual([]);
  expect((await shown()).body.name).toBe('Newer name');
});

it('an edited organization, location or term stays, and so do the services that show it', async () => {
  const organization = (await records.organizations.find(ORGANIZATION))!.content;
  await records.organizations.save({ ...organization, name: 'Aid for all' }, { by: 'coordinator' });
  const location = (await records.locations.find(LOCATION))!.content;
  await records.locations.save({ ...location, name: 'Town hall' }, { by: 'provider' });
  const made = { id: id(), location_type: 'physical' as const, organization_id: ORGANIZATION, name: 'Made by hand' };
  await records.locations.save(made, { by: 'provider' });
  for (const term of [TERM, PANTRY.id])
    await records.terms.save({ ...(await records.terms.find(term))!.content, name: 'Renamed' }, { by: 'admin' });
  await draw();
  await bring();
  const again = await bring({}, true);
  expect(again.changes).toMatchObject({
    organizations: NOTHING,
    locations: NOTHING,
    taxonomyTerms: NOTHING,
    services: { published: 0, unchanged: 2, withdrawn: 0 },
  });
  const { body } = await shown();
  expect(body.organization.name).toBe('Aid for all');
  expect(body.organization.locations!.map(({ name }) => name).sort()).toEqual(['Made by hand', 'Town hall']);
  expect(body.service_at_locations![0]!.location!.name).toBe('Town hall');
  expect(body.attributes!.map(({ taxonomy_term: term }) => term!.name)).toEqual(['Renamed', 'Renamed']);
  const both = await bring({ org: 'New aid', hall: 'New hall', term: 'New stew' });
  expect(both.edits.map(({ kind, file, line, field }) => [kind, file, line, field])).toEqual([
    ['taxonomy_term', 'taxonomy_terms.csv', 2, 'name'],
    ['location', 'locations.csv', 2, 'name'],
    ['organization', 'organizations.csv', 2, 'name'],
  ]);
  expect((await shown()).body.organization.name).toBe('Aid for all');
});

it('what a person has withdrawn does not come back, and what has vanished from its dataset goes, edited or not', async () => {
  await services.withdraw(OTHER, { by: 'coordinator' });
  await draw();
  const again = await bring();
  expect(again.edits.filter(({ code }) => code === 'kept-withdrawn')).toEqual([
    { code: 'kept-withdrawn', kind: 'service', id: OTHER, file: 'services.csv', line: 3 },
  ]);
  expect((await shown(OTHER)).status).toBe(404);
  await editService({ name: 'Edited' });
  const other = `${randomUUID()},${ORGANIZATION},Third,active,`;
  const gone = await upload(
    directory,
    'aid',
    await zipOf({
      'organizations.csv': `id,name,description\n${ORGANIZATION},Aid,d\n`,
      'services.csv': `id,organization_id,name,status,alert\n${other}\n`,
    }),
  );
  expect(gone.report!.edits).toContainEqual({ code: 'withdrawn-edited', kind: 'service', id: SERVICE });
  expect((await shown()).status).toBe(404);
  await bring();
  expect((await shown()).body.name).toBe('Edited');
});

it('a bundled dataset keeps edits too, also those that are made while it is imported', async () => {
  expect((await directory.import('hsds-sample', 'one')).status).toBe(201);
  const [first] = (await directory.request<{ contents: HsdsService[] }>('GET', '/hsds/services')).body.contents.filter(
    (one) => one.id !== SERVICE && one.organization.id !== ORGANIZATION,
  );
  const { content, organizationId } = (await services.find(first!.id))!;
  const organization = (await records.organizationsWithLocations([organizationId])).get(organizationId)!;
  const editedAmong = jest.spyOn(services, 'editedAmong');
  // the edit comes after the import has looked for edits, and before it writes
  editedAmong.mockImplementationOnce(async () => {
    await services.publish({ content: { ...content, alert: 'By hand' }, organization }, 'edit', { by: 'provider' });
    return new Map();
  });
  const hashes = jest.spyOn(services, 'hashesOf').mockImplementationOnce(async () => new Map());
  const { body } = await directory.import('hsds-sample', 'two');
  expect([editedAmong.mock.calls.length > 1, hashes.mock.calls.length > 1]).toEqual([true, true]);
  expect(body.status).toBe('completed');
  expect((await shown(first!.id)).body.alert).toBe('By hand');
});
