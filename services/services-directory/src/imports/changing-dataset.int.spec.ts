import { randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { jest } from '@jest/globals';
import { ServiceWithdrawn, type CloudEvent } from '@throughline/shared/contracts';
import { eventually } from '@throughline/shared/testing';
import {
  collectServiceEvents,
  startDirectory,
  type CollectedEvents,
  type TestDirectory,
} from '../directory.fixture.js';
import type { HsdsService } from '../domain/hsds.js';
import { openFolder } from './sources.js';
import { ImportRun, type ImportResult } from './import-run.js';

jest.setTimeout(60_000);

let directory: TestDirectory;
let collected: CollectedEvents;

beforeAll(async () => {
  directory = await startDirectory();
  collected = await collectServiceEvents(directory.amqpUrl);
});
afterAll(async () => {
  await collected.close();
  await directory.close();
});

const total = async (): Promise<number> =>
  (await directory.request<{ total_items: number }>('GET', '/hsds/services?per_page=1')).body.total_items;

const eventsOf = (id: string): CloudEvent[] => collected.events.filter((event) => event.subject === id);

/** The report of a dataset of its own, read straight from a folder. */
async function importFolder(folder: string, dryRun = false): Promise<ImportResult> {
  const dataset = { name: 'test', open: () => openFolder(pathToFileURL(`${folder}/`)), commonTerms: [] };
  const options = { attempt: randomUUID(), dryRun, progress: async () => undefined };
  return directory.app.get(ImportRun).run('test', dataset, options);
}

describe('a dataset that changes', () => {
  let folder: string;
  const [KEPT, GONE] = ['10000000-0000-4000-8000-000000000001', '10000000-0000-4000-8000-000000000002'];
  const files = async (organization: string, ...services: string[]) => {
    await writeFile(join(folder, 'organizations.csv'), `id,name,description\no1,${organization},d\n`);
    await writeFile(
      join(folder, 'services.csv'),
      ['id,organization_id,name,status', ...services.map((id) => `${id},o1,Service ${id},active`), ''].join('\n'),
    );
  };
  const statusOf = async (id: string) => (await directory.request('GET', `/hsds/services/${id}`)).status;
  const typesOf = (id: string) => eventsOf(id).map((event) => event.type.split('.').slice(2).join('.'));

  beforeAll(async () => {
    expect((await directory.import('hsds-sample', 'other')).status).toBe(201);
    folder = await mkdtemp(join(tmpdir(), 'dataset-'));
    await files('Aid', KEPT, GONE);
    expect((await importFolder(folder)).changes.services).toEqual({ published: 2, unchanged: 0, withdrawn: 0 });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('withdraws what has vanished from it, and nothing of other datasets', async () => {
    await files('Aid', KEPT);
    expect((await importFolder(folder, true)).changes.services).toEqual({ published: 0, unchanged: 1, withdrawn: 1 });
    expect(await statusOf(GONE)).toBe(200);
    expect((await importFolder(folder)).changes.services).toEqual({ published: 0, unchanged: 1, withdrawn: 1 });
    expect([await statusOf(KEPT), await statusOf(GONE), await total()]).toEqual([200, 404, 14]);
    await eventually(() => expect(typesOf(GONE)).toEqual(['service.published.v1', 'service.withdrawn.v1']), {
      describe: 'the withdrawal is announced',
    });
    expect(ServiceWithdrawn.read(eventsOf(GONE)[1]!.data).serviceId).toBe(GONE);
    expect((await importFolder(folder)).changes.services).toEqual({ published: 0, unchanged: 1, withdrawn: 0 });
  });

  it('publishes it again when it comes back', async () => {
    await files('Aid', KEPT, GONE);
    expect((await importFolder(folder)).changes.services).toEqual({ published: 1, unchanged: 1, withdrawn: 0 });
    expect(await statusOf(GONE)).toBe(200);
    await eventually(() => expect(typesOf(GONE)).toHaveLength(3), { describe: 'the return is announced' });
    expect(eventsOf(GONE).map((event) => Number(event.sequence))).toEqual([1, 2, 3]);
  });

  it('announces a service again whose organization has changed, since that is part of it', async () => {
    const before = (await directory.request<HsdsService>('GET', `/hsds/services/${KEPT}`)).body.last_modified;
    await files('New Aid', KEPT, GONE);
    expect((await importFolder(folder)).changes).toMatchObject({
      organizations: { written: 1, unchanged: 0, withdrawn: 0 },
      services: { published: 2, unchanged: 0, withdrawn: 0 },
    });
    const { body } = await directory.request<HsdsService>('GET', `/hsds/services/${KEPT}`);
    expect(body.organization.name).toBe('New Aid');
    expect(body.last_modified > before).toBe(true);
    await eventually(() => expect(typesOf(KEPT)).toHaveLength(2), { describe: 'the change is announced' });
  });

  it('is refused without a single service: it would empty the directory', async () => {
    await files('Aid');
    await expect(importFolder(folder)).rejects.toMatchObject({ kind: 'invalid', code: 'dataset-unusable' });
    expect(await total()).toBe(15);
  });

  it('counts a row that stands there twice once', async () => {
    await files('New Aid', KEPT, GONE, GONE);
    await copyFile(join(folder, 'services.csv'), join(folder, 'locations.csv'));
    const { files: counts, reasons } = await importFolder(folder, true);
    expect(counts.map(({ file, rejected }) => [file, rejected])).toEqual([
      ['organizations.csv', 0],
      ['locations.csv', 1],
      ['services.csv', 1],
    ]);
    expect(reasons.filter(({ outcome }) => outcome === 'rejected').map(({ code }) => code)).toEqual([
      'id-repeated',
      'id-repeated',
    ]);
  });
});
