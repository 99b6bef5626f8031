import { readdir, readFile, writeFile } from 'node:fs/promises';
import { jest } from '@jest/globals';
import { startDirectory, type TestDirectory } from '../directory.fixture.js';
import { LIST_PARAMETERS, type ListName } from '../domain/list-query.js';
import type { Page } from '../domain/page.js';
import { inParallel } from '../records/in-parallel.js';
import { upload } from '../imports/uploads.fixture.js';
import { zipOf } from '../imports/zip-files.fixture.js';
import { mustBeValid, openapi, valid, validPage, type SchemaName } from './official-schemas.fixture.js';

jest.setTimeout(240_000);

/** Rewritten with UPDATE_CONFORMANCE=1, else held against what the walk found. */
const PAGE = new URL('../../../../docs/hsds-conformance.md', import.meta.url);
const REPORTED = new URL('../../data/reported/', import.meta.url);
const EXAMPLES = new URL('../../hsds/examples/csv/', import.meta.url);
const HEAD = `# HSDS conformance

A walk over everything that the directory answers with all data that can be imported whole (bundled, Ohana, the
official examples) and its own taxonomies: every page of every list in
every view, and every item, each record validated with ajv against the official schema of HSDS 3.2.3 that the official
openapi.json names for it, closed against unknown fields, and without a null. Generated from the walk by
\`conformance.int.spec.ts\`, which fails when a record is not valid or this page is not what was found.

| answers | responses | records | failures |
| --- | --: | --: | --: |
`;

type Item = { id: string };

let directory: TestDirectory;

beforeAll(async () => {
  directory = await startDirectory();
  for (const dataset of ['hsds-sample', 'ilao'] as const)
    expect((await directory.import(dataset, dataset)).status).toBe(201);
  for (const name of ['ohana']) await upload(directory, name, await readFile(new URL(`${name}.zip`, REPORTED)));
  const tables = await Promise.all(
    (await readdir(EXAMPLES)).map(async (name) => [name, await readFile(new URL(name, EXAMPLES))] as const),
  );
  expect((await upload(directory, 'examples', await zipOf(Object.fromEntries(tables)))).status).toBe('completed');
});
afterAll(() => directory.close());

/** No null at any depth: what has no value is left out. */
const holdsNull = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && Object.values(value).some(holdsNull));

/** Every page of a list, one after the other, its arithmetic checked. */
async function walk(list: ListName, view: string, perPage: number, check: (item: Item) => void): Promise<number> {
  const ids: string[] = [];
  for (let page = 1; ; page += 1) {
    const { status, body } = await directory.request<Page<Item>>(
      'GET',
      `/hsds/${list}?${view}&per_page=${perPage}&page=${page}`,
    );
    expect(status).toBe(200);
    mustBeValid(validPage, body);
    body.contents.forEach(check);
    ids.push(...body.contents.map(({ id }) => id));
    const total = Math.ceil(body.total_items / perPage);
    expect(body).toMatchObject({ page_number: page, size: body.contents.length, first_page: page === 1 });
    expect(body).toMatchObject({ total_pages: total, last_page: page >= total, empty: body.contents.length === 0 });
    if (!body.last_page) continue;
    expect(ids).toHaveLength(body.total_items);
    expect(ids).toEqual([...new Set(ids)].sort());
    return page;
  }
}

/** Each list in each view, with the schema that the official openapi.json names for it. */
const VIEWS: [ListName, string, SchemaName | 'minimal', number][] = [
  ['services', '', 'service_list', 100],
  ['services', 'full=true', 'service', 100],
  ['services', 'minimal=true', 'minimal', 1000],
  ['organizations', '', 'organization_list', 100],
  ['organizations', 'full=true', 'organization', 100],
  ['organizations', 'full_service=true', 'organization', 100],
  ['service_at_locations', '', 'service_at_location_list', 5],
  ['service_at_locations', 'full=true', 'service_at_location', 5],
  ['taxonomies', '', 'taxonomy', 10],
  ['taxonomy_terms', '', 'taxonomy_term', 100],
];

it('every page of every list in every view, and every item, is what the official schemas say', async () => {
  const table: { responses: string; answered: number; records: number; failures: number }[] = [];
  const failures: string[] = [];
  const checked = (name: string, schema: SchemaName | 'minimal') => {
    const row = { responses: name, answered: 0, records: 0, failures: 0 };
    table.push(row);
    return {
      row,
      check: (item: Item) => {
        row.records += 1;
        try {
          if (schema === 'minimal') expect(Object.keys(item)).toEqual(['id', 'modified_date']);
          else mustBeValid(valid(schema), item);
          expect(holdsNull(item)).toBe(false);
        } catch (error) {
          row.failures += 1;
          failures.push(`${name} ${item.id}: ${(error as Error).message}`);
        }
      },
    };
  };
  for (const [list, view, schema, perPage] of VIEWS) {
    const { row, check } = checked(`GET /${list}${view ? `?${view}` : ''}`, schema);
    row.answered = await walk(list, view, perPage, check);
  }
  for (const [list, schema, parameter] of [
    ['services', 'service', ''],
    ['organizations', 'organization', ''],
    ['organizations', 'organization', '?full_service=true'],
    ['service_at_locations', 'service_at_location', ''],
    ['taxonomies', 'taxonomy', ''],
    ['taxonomy_terms', 'taxonomy_term', ''],
  ] as const) {
    const { row, check } = checked(`GET /${list}/{id}${parameter}`, schema);
    const { text } = await directory.request('GET', `/hsds/${list}?format=ndjson`);
    await inParallel(text.trim().split('\n'), async (line) => {
      const { id } = JSON.parse(line) as Item;
      const { status, body } = await directory.request<Item>('GET', `/hsds/${list}/${id}${parameter}`);
      expect(status).toBe(200);
      row.answered += 1;
      check(body);
    });
    expect(row.answered).toBeGreaterThan(0);
  }
  expect(failures).toEqual([]);
  const { format } = await import('prettier');
  const lines = table.map((row) => `| \`${row.responses}\` | ${row.answered} | ${row.records} | ${row.failures} |\n`);
  const page = await format(`${HEAD}${lines.join('')}`, { parser: 'markdown', printWidth: 120 });
  if (process.env['UPDATE_CONFORMANCE']) await writeFile(PAGE, page);
  expect(page).toBe(await readFile(PAGE, 'utf8'));
});

describe('the official openapi.json', () => {
  it('has these lists, each with these parameters, for GET and POST alike', () => {
    const lists = Object.keys(openapi.paths).filter((path) => path !== '/' && !path.includes('{'));
    expect(lists.map((path) => path.slice(1)).sort()).toEqual(Object.keys(LIST_PARAMETERS).sort());
    for (const [list, parameters] of Object.entries(LIST_PARAMETERS))
      for (const method of ['get', 'post'] as const) {
        const declared = openapi.paths[`/${list}`]![method]!.parameters!.map(
          ({ $ref, name }) => name ?? openapi.components.parameters[$ref!.split('/').at(-1)!]!.name,
        );
        expect([list, declared.sort()]).toEqual([list, [...parameters].sort()]);
      }
  });
});
