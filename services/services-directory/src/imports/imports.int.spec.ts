import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { jest } from '@jest/globals';
import { ServicePublished, type CloudEvent, type DataOf } from '@throughline/shared/contracts';
import { eventually } from '@throughline/shared/testing';
import {
  collectServiceEvents,
  startDirectory,
  type CollectedEvents,
  type TestDirectory,
} from '../directory.fixture.js';
import type { HsdsServiceListed } from '../domain/views.js';
import { BUNDLED_DATASETS } from './datasets.js';
import type { ImportResponse } from './imports.schemas.js';
import { ImportsRepository } from './imports.repository.js';
import { ImportsService } from './imports.service.js';
import { openFolder } from './sources.js';

jest.setTimeout(60_000);

const NONE = { written: 0, unchanged: 0, withdrawn: 0 };

let directory: TestDirectory;
let collected: CollectedEvents;
/** Every event of the noun `service` that was published since the start. */
let events: CloudEvent[];

beforeAll(async () => {
  directory = await startDirectory();
  collected = await collectServiceEvents(directory.amqpUrl);
  events = collected.events;
});
afterAll(async () => {
  await collected.close();
  await directory.close();
});

const total = async (): Promise<number> =>
  (await directory.request<{ total_items: number }>('GET', '/hsds/services?per_page=1')).body.total_items;

async function eventsArrive(count: number): Promise<void> {
  await eventually(() => expect(events).toHaveLength(count), { describe: `${count} events`, deadlineMs: 60_000 });
}

describe('POST /v1/imports', () => {
  it('in a dry run reports everything and changes nothing', async () => {
    const { status, body } = await directory.import('hsds-sample', 'dry', true);
    expect(status).toBe(201);
    expect(body.report?.changes).toEqual({
      taxonomies: { written: 1, unchanged: 0, withdrawn: 0 },
      taxonomyTerms: { written: 1, unchanged: 0, withdrawn: 0 },
      locations: { written: 10, unchanged: 0, withdrawn: 0 },
      organizations: { written: 10, unchanged: 0, withdrawn: 0 },
      services: { published: 13, unchanged: 0, withdrawn: 0 },
    });
    expect(await total()).toBe(0);
  });

  it('imports the sample data package and gives the reason for each row that was not plain', async () => {
    const { status, body } = await directory.import('hsds-sample', 'sample');
    expect(status).toBe(201);
    expect(body).toMatchObject({ dataset: 'hsds-sample', dryRun: false, status: 'completed' });
    const { totals, rows, rowsOmitted, remarks } = body.report!;
    expect(totals).toEqual({ in: 71, imported: 67, mended: 3, rejected: 1 });
    expect(rows.map(({ file, line, outcome, code }) => [file, line, outcome, code])).toEqual([
      ['programs.csv', 2, 'mended', 'id-not-uuid'],
      ['programs.csv', 2, 'mended', 'description-missing'],
      ['holiday_schedules.csv', 2, 'mended', 'id-of-other-table'],
      ['metadata.csv', 2, 'mended', 'date-rewritten'],
      ['meta_table_descriptions.csv', 2, 'rejected', 'not-served'],
    ]);
    expect([rowsOmitted, remarks]).toEqual([0, []]);
    await eventsArrive(13);
  });

  it('imports the real legal aid data, with the outcome of each of its 4,490 rows', async () => {
    const { status, body } = await directory.import('ilao', 'ilao');
    expect(status).toBe(201);
    const { totals, files, rows, reasons, changes } = body.report!;
    expect(totals).toEqual({ in: 4490, imported: 0, mended: 3797, rejected: 693 });
    expect(files).toEqual([
      { file: 'organizations.csv', in: 33, imported: 0, mended: 33, rejected: 0 },
      { file: 'locations.csv', in: 520, imported: 0, mended: 520, rejected: 0 },
      { file: 'services.csv', in: 430, imported: 0, mended: 429, rejected: 1 },
      { file: 'phones.csv', in: 982, imported: 0, mended: 955, rejected: 27 },
      { file: 'postal_addresses.csv', in: 33, imported: 0, mended: 33, rejected: 0 },
      { file: 'regular_schedules.csv', in: 2492, imported: 0, mended: 1827, rejected: 665 },
    ]);
    expect(reasons.filter((reason) => reason.outcome === 'rejected').map(({ code, count }) => [code, count])).toEqual([
      ['id-missing', 1],
      ['number-missing', 27],
      ['times-missing', 665],
    ]);
    expect(reasons.find(({ file, code }) => file === 'services.csv' && code === 'organization-absent')?.count).toBe(
      340,
    );
    expect(rows.filter((row) => row.outcome === 'rejected')).toHaveLength(693);
    expect(changes).toEqual({
      taxonomies: NONE,
      taxonomyTerms: NONE,
      locations: { written: 553, unchanged: 0, withdrawn: 0 },
      organizations: { written: 313, unchanged: 0, withdrawn: 0 },
      services: { published: 429, unchanged: 0, withdrawn: 0 },
    });
    expect(await total()).toBe(442);
  });

  it('announces every service once, as its contract says', async () => {
    await eventsArrive(442);
    const { text } = await directory.request('GET', '/hsds/services?format=ndjson');
    const served = new Map(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as HsdsServiceListed)
        .map((service) => [service.id, service]),
    );
    for (const event of events) {
      const data: DataOf<typeof ServicePublished> = ServicePublished.read(event.data);
      expect(event).toMatchObject({
        type: ServicePublished.type,
        source: '/services-directory',
        subject: data.serviceId,
        sequence: '000000000001',
      });
      const service = served.get(data.serviceId)!;
      expect(data).toMatchObject({
        name: service.name,
        organizationId: service.organization.id,
        organizationName: service.organization.name,
        publishedAt: service.last_modified,
      });
    }
    expect(new Set(events.map((event) => event.subject)).size).toBe(442);
    expect(events.filter((event) => ServicePublished.read(event.data).categories.includes('Legal'))).toHaveLength(429);
  });

  it('answers the same report to the same key, also by its id', async () => {
    const first = await directory.import('ilao', 'ilao');
    expect(first.status).toBe(201);
    const second = await directory.import('ilao', 'ilao');
    expect(second.body).toEqual(first.body);
    const token = await directory.tokenFor('admin');
    const byId = await directory.request<ImportResponse>('GET', `/v1/imports/${first.body.id}`, { token });
    expect([byId.status, byId.body]).toEqual([200, first.body]);
  });

  it('refuses the key for another import', async () => {
    const { status, body } = await directory.import('hsds-sample', 'ilao');
    expect([status, body]).toEqual([
      422,
      expect.objectContaining({ type: expect.stringMatching(/idempotency-key-reused$/) }),
    ]);
  });

  it('writes and announces nothing when nothing has changed', async () => {
    const before = await directory.request('GET', '/hsds/services?minimal=true');
    const { body } = await directory.import('ilao', 'again');
    expect(body.report?.changes).toEqual({
      taxonomies: NONE,
      taxonomyTerms: NONE,
      locations: { written: 0, unchanged: 553, withdrawn: 0 },
      organizations: { written: 0, unchanged: 313, withdrawn: 0 },
      services: { published: 0, unchanged: 429, withdrawn: 0 },
    });
    expect((await directory.request('GET', '/hsds/services?minimal=true')).text).toBe(before.text);
    expect(events).toHaveLength(442);
  });

  it('leaves nothing behind of the rows on their way', async () => {
    const left = (await readdir(tmpdir())).filter((name) => name.startsWith(`import-${process.pid}-`));
    expect(left).toEqual([]);
  });
});

describe('an import whose carrier is gone', () => {
  const command = { key: 'crashed', hash: 'h' };
  const request = { dataset: 'hsds-sample', dryRun: false } as const;

  it('is refused while its lease runs, and carried out by the next request after that', async () => {
    const imports = directory.app.get(ImportsRepository);
    const service = directory.app.get(ImportsService);
    const { id } = await imports.begin(
      {
        ...request,
        status: 'running',
        leaseUntil: new Date(Date.now() + 60_000),
        carrier: 'gone',
        startedAt: new Date(),
      },
      command,
    );
    await expect(service.import(request, command)).rejects.toMatchObject({ kind: 'conflict', code: 'import-running' });
    expect(await service.find(id)).toMatchObject({ status: 'running' });
    await imports.change(id, (record) => ({ ...record, leaseUntil: new Date(Date.now() - 1) }));
    expect(await service.import(request, command)).toMatchObject({ id, status: 'completed' });
  });

  it('can be asked for again at once when it failed', async () => {
    const service = directory.app.get(ImportsService);
    const { open } = BUNDLED_DATASETS['hsds-sample'];
    const again = { key: 'failed', hash: 'h' };
    BUNDLED_DATASETS['hsds-sample'].open = () => openFolder(pathToFileURL(`${tmpdir()}/no-such-folder/`));
    try {
      await expect(service.import(request, again)).rejects.toMatchObject({ code: 'dataset-unusable' });
    } finally {
      BUNDLED_DATASETS['hsds-sample'].open = open;
    }
    expect(await service.import(request, again)).toMatchObject({ status: 'completed' });
  });
});

describe('who may import, and what', () => {
  const post = async (options: { token?: string; body?: unknown; headers?: Record<string, string> }) =>
    (
      await directory.request('POST', '/v1/imports', {
        headers: { 'idempotency-key': 'k' },
        body: { dataset: 'hsds-sample', dryRun: true },
        ...options,
      })
    ).status;

  it('needs a token with the right role', async () => {
    expect(await post({})).toBe(401);
    for (const role of ['officer', 'provider', 'case-manager'] as const)
      expect(await post({ token: await directory.tokenFor(role) })).toBe(403);
    expect(await post({ token: await directory.tokenFor('admin') })).toBe(201);
    const anonymous = await directory.request('GET', '/v1/imports/x');
    expect(anonymous.status).toBe(401);
  });

  it('needs a key and a body that it knows', async () => {
    const token = await directory.tokenFor('coordinator');
    expect(await post({ token, headers: {} })).toBe(400);
    for (const body of [{}, { dataset: '../etc' }, { dataset: { $gt: '' } }, { dataset: 'ilao', dryRun: 'yes' }])
      expect(await post({ token, body })).toBe(422);
    expect(await post({ token, body: { dataset: 'ilao', folder: '/etc' } })).toBe(422);
  });

  it('knows no import that nobody asked for', async () => {
    const token = await directory.tokenFor('coordinator');
    expect((await directory.request('GET', '/v1/imports/nothing', { token })).status).toBe(404);
  });
});
