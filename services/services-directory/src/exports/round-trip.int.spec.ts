import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { startDirectory, type TestDirectory } from '../directory.fixture.js';
import { mustBeValid, valid, type SchemaName } from '../hsds/official-schemas.fixture.js';
import { upload } from '../imports/uploads.fixture.js';
import { openArchive } from '../imports/zip-archive.js';
import { zipOf } from '../imports/zip-files.fixture.js';
import { faultsOf } from './data-package.fixture.js';

jest.setTimeout(240_000);

let directory: TestDirectory;
let other: TestDirectory;

beforeAll(async () => {
  [directory, other] = await Promise.all([startDirectory(), startDirectory()]);
  for (const dataset of ['hsds-sample', 'ilao'] as const)
    expect((await directory.import(dataset, dataset)).status).toBe(201);
  const { report } = await upload(directory, 'described', JSON.stringify({ services: [DESCRIBED] }), { type: 'json' });
  expect(report!.rows).toEqual([]);
});
afterAll(async () => {
  await Promise.all([directory.close(), other.close()]);
});

const id = (digit: number): string => `00000000-0000-4000-8000-${String(digit).padStart(12, '0')}`;
const metadata = (digit: number) => [
  {
    ...{ id: id(digit), last_action_date: '2026-01-02', last_action_type: 'update', field_name: 'name' },
    ...{ previous_value: '', replacement_value: 'b', updated_by: 'Editor' },
  },
];
const term = (digit: number, more: object) => ({
  id: id(digit),
  name: `Term ${digit}`,
  description: 'A term',
  ...more,
});
/** What describes what stands in records by value: terms, taxonomies, units and attributes. */
const DESCRIBED = {
  id: id(1),
  name: 'Shelter',
  status: 'active',
  organization: { id: id(2), name: 'O', description: 'O' },
  attributes: [
    {
      id: id(3),
      taxonomy_term: term(4, {
        taxonomy_detail: { id: id(5), name: 'T', description: 'T', metadata: metadata(6) },
        metadata: metadata(7),
      }),
      metadata: metadata(8),
    },
  ],
  capacities: [
    {
      id: id(9),
      unit: {
        ...{ id: id(10), name: 'bed', uri: 'https://units.example/bed', metadata: metadata(11) },
        attributes: [{ id: id(12), taxonomy_term: term(13, {}), metadata: metadata(14) }],
      },
      available: 1,
      updated: '2026-01-02T03:04:05Z',
    },
  ],
};

const EXAMPLES = new URL('../../hsds/examples/', import.meta.url);

async function exported(from: TestDirectory, name: 'hsds.json' | 'datapackage.zip'): Promise<Buffer> {
  const response = await fetch(`${from.url}/v1/exports/${name}`, {
    headers: { authorization: `Bearer ${await from.tokenFor('coordinator')}` },
  });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

/** When a directory changed a service is its own business: the one thing that a round trip does not keep. */
const withoutTimes = (json: Buffer): string => json.toString().replaceAll(/"last_modified":"[^"]+",?/g, '');

async function filesOf(zip: Buffer): Promise<Map<string, Buffer>> {
  const folder = await mkdtemp(join(tmpdir(), 'package-'));
  try {
    await writeFile(join(folder, 'a.zip'), zip);
    const archive = await openArchive(join(folder, 'a.zip'));
    const files = new Map<string, Buffer>();
    for (const { name, open } of archive.entries) {
      const chunks: Buffer[] = [];
      for await (const chunk of open()) chunks.push(chunk);
      files.set(name, Buffer.concat(chunks));
    }
    archive.close();
    return files;
  } finally {
    await rm(folder, { recursive: true });
  }
}

it('imports the official examples of HSDS 3.2.3, with every table in use', async () => {
  const names = await readdir(new URL('csv/', EXAMPLES));
  const files = await Promise.all(
    names.map(async (name) => [name, await readFile(new URL(`csv/${name}`, EXAMPLES))] as const),
  );
  const { report } = await upload(directory, 'examples', await zipOf(Object.fromEntries(files)));
  expect(report!.format).toBe('hsds-3');
  expect(report!.rows.filter(({ outcome }) => outcome === 'rejected').map(({ file, code }) => [file, code])).toEqual([
    ['attributes.csv', 'owner-absent'],
    ['metadata.csv', 'owner-absent'],
    ['meta_table_descriptions.csv', 'not-served'],
  ]);
  expect(report!.totals.in).toBe(names.length);
});

describe('an export', () => {
  it('in JSON validates against the official schemas, record by record', async () => {
    const tables = JSON.parse((await exported(directory, 'hsds.json')).toString()) as Record<string, object[]>;
    const schemas: Record<string, SchemaName> = {
      services: 'service',
      organizations: 'organization',
      taxonomies: 'taxonomy',
      taxonomy_terms: 'taxonomy_term',
    };
    expect(Object.keys(tables).sort()).toEqual(Object.keys(schemas).sort());
    expect(tables['services']).toHaveLength(444);
    const found = JSON.stringify(tables['services']!.find((one) => (one as { id: string }).id === DESCRIBED.id));
    for (const digit of [6, 7, 8, 11, 12, 14]) expect(found).toContain(`"${id(digit)}"`);
    for (const [table, records] of Object.entries(tables))
      for (const record of records) mustBeValid(valid(schemas[table]!), record);
  });

  it('as a data package validates against the official descriptor, which it carries', async () => {
    const files = await filesOf(await exported(directory, 'datapackage.zip'));
    expect(faultsOf(files)).toEqual([]);
    expect(files.get('services.csv')!.toString().trim().split('\n').length).toBeGreaterThan(444);
    const broken = new Map(files).set(
      'phones.csv',
      Buffer.from(files.get('phones.csv')!.toString().replace('number', 'no')),
    );
    expect(faultsOf(broken)).not.toEqual([]);
  });

  it('as a data package into an empty directory and out again is the same, and so is that as JSON', async () => {
    const { report } = await upload(other, 'copy', await exported(directory, 'datapackage.zip'));
    expect(report!.rows).toEqual([]);
    const out = await exported(directory, 'hsds.json');
    expect(withoutTimes(await exported(other, 'hsds.json'))).toBe(withoutTimes(out));
    const crossed = await upload(other, 'copy', out, { type: 'json' });
    expect(crossed.report!.rows).toEqual([]);
    const nothing = { written: 0, withdrawn: 0 };
    expect(crossed.report!.changes).toMatchObject({
      taxonomies: nothing,
      taxonomyTerms: nothing,
      organizations: nothing,
      locations: nothing,
      services: { published: 0, unchanged: 444, withdrawn: 0 },
    });
  });

  it('is for those who keep or study the directory', async () => {
    for (const [role, status] of [
      ['officer', 403],
      ['provider', 403],
      ['coordinator', 200],
    ] as const)
      expect((await other.request('GET', '/v1/exports/hsds.json', { token: await other.tokenFor(role) })).status).toBe(
        status,
      );
    expect((await other.request('GET', '/v1/exports/datapackage.zip')).status).toBe(401);
  });
});
