import { jest } from '@jest/globals';
import { startDirectory, type TestDirectory } from '../directory.fixture.js';
import { LIST_PARAMETERS, type ListName } from '../domain/list-query.js';
import type { Page } from '../domain/page.js';
import { mustBeValid, openapi, valid, validPage, type SchemaName } from './official-schemas.fixture.js';

jest.setTimeout(240_000);

type Item = { id: string };

let directory: TestDirectory;

beforeAll(async () => {
  directory = await startDirectory();
  for (const dataset of ['hsds-sample', 'ilao'] as const)
    expect((await directory.import(dataset, dataset)).status).toBe(201);
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
    for (const line of text.trim().split('\n')) {
      const { id } = JSON.parse(line) as Item;
      const { status, body } = await directory.request<Item>('GET', `/hsds/${list}/${id}${parameter}`);
      expect(status).toBe(200);
      row.answered += 1;
      check(body);
    }
    expect(row.answered).toBeGreaterThan(0);
  }
  process.stdout.write(`${table.map((row) => Object.values(row).join(' | ')).join('\n')}\n`);
  expect(failures).toEqual([]);
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
