import { jest } from '@jest/globals';
import type { Preparations } from '@throughline/shared/http';
import { Consequences } from '../changes/consequences.js';
import { startDirectory, type TestDirectory } from '../directory.fixture.js';
import type { HsdsService, HsdsTaxonomy, HsdsTaxonomyTerm } from '../domain/hsds.js';
import type { Page } from '../domain/page.js';
import { upload } from '../imports/uploads.fixture.js';
import { zipOf } from '../imports/zip-files.fixture.js';
import { DirectoryRecords } from '../records/directory-records.js';
import { sharedTerms } from './shared-taxonomies.js';
import { SharedTaxonomiesSeed } from './shared-taxonomies.seed.js';

jest.setTimeout(60_000);

let directory: TestDirectory;
beforeAll(async () => {
  directory = await startDirectory();
});
afterAll(() => directory.close());

const listOf = async <Item>(path: string) => (await directory.request<Page<Item>>('GET', `/hsds/${path}`)).body;
const idOf = (taxonomy: string, name: string) => sharedTerms.termFor({ taxonomy, name })!.id;

it('a directory begins with Open Eligibility, the SAMHSA codes and the diversion list, by whom they are', async () => {
  const { contents } = await listOf<HsdsTaxonomy>('taxonomies');
  expect(contents.map(({ name }) => name).sort()).toEqual([
    'Diversion needs',
    'Open Eligibility',
    'SAMHSA treatment locator',
  ]);
  const counts = contents.map(async ({ id, name }) => [
    name,
    (await listOf(`taxonomy_terms?taxonomy_id=${id}`)).total_items,
  ]);
  expect(Object.fromEntries(await Promise.all(counts))).toEqual({
    'Diversion needs': 23,
    'Open Eligibility': 383,
    'SAMHSA treatment locator': 83,
  });
  expect(contents.find(({ name }) => name === 'Open Eligibility')?.description).toMatch(/Aunt Bertha.*CC BY-SA 3\.0/);
});

it('no two terms share an id, and every parent is a term of the same taxonomy', () => {
  for (const { taxonomy, terms } of sharedTerms.taxonomies) {
    const ids = new Set(terms.map(({ id }) => id));
    expect(ids.size).toBe(terms.length);
    for (const { parent_id: parent, taxonomy_detail: detail } of terms) {
      expect(parent === undefined || ids.has(parent)).toBe(true);
      expect(detail).toBe(taxonomy);
    }
  }
});

it('terms are listed from the top down', async () => {
  const taxonomy = sharedTerms.taxonomyNamed('Diversion needs')!.id;
  const top = await listOf<HsdsTaxonomyTerm>(`taxonomy_terms?taxonomy_id=${taxonomy}&top_only=true`);
  expect(top.contents.map(({ name }) => name).sort()).toEqual([
    'Basic needs',
    'Harm reduction',
    'Legal help',
    'Treatment',
    'Work and income',
  ]);
  const below = await listOf<HsdsTaxonomyTerm>(`taxonomy_terms?parent_id=${idOf('Diversion needs', 'Harm reduction')}`);
  expect(below.contents.map(({ code }) => code).sort()).toEqual(['naloxone', 'syringe-services', 'wound-care']);
  const found = await listOf<HsdsTaxonomyTerm>('taxonomy_terms?search=syringe');
  expect(found.contents.map(({ code }) => code)).toEqual(['syringe-services']);
  expect((await listOf(`taxonomy_terms?parent_id=${taxonomy}`)).total_items).toBe(0);
});

it('what somebody has changed or withdrawn stays so at the next start', async () => {
  const records = directory.app.get(DirectoryRecords);
  const [changed, withdrawn] = ['Shelter tonight', 'Transport'].map((name) => idOf('Diversion needs', name));
  const { content } = (await records.terms.find(changed!))!;
  await records.terms.save({ ...content, name: 'A bed for tonight' }, { by: 'coordinator' });
  await records.terms.withdraw(withdrawn!);
  const done = jest.fn();
  const preparations = { begin: () => done } as unknown as Preparations;
  const seed = new SharedTaxonomiesSeed(records, directory.app.get(Consequences), preparations);
  seed.onApplicationBootstrap();
  await seed.beforeApplicationShutdown();
  expect(done).toHaveBeenCalledTimes(1);
  expect((await records.terms.find(changed!))?.content.name).toBe('A bed for tonight');
  expect(await records.terms.find(withdrawn!)).toBeUndefined();
});

it('imported terms are recognised, and AIRS codes are kept as they come', async () => {
  const zip = await zipOf({
    'organizations.csv': 'id,name,description\no1,Aid,d\n',
    'services.csv': 'id,organization_id,name,status\ns1,o1,Pantry,active\n',
    'taxonomy.csv': [
      'id,name,parent_id,parent_name,vocabulary',
      '1130,Food Pantry,1102,Food,Open Eligibility',
      'BD-1800.2000,Food Pantries,BD-1800,Emergency Food,AIRS',
      '',
    ].join('\n'),
    'services_taxonomy.csv': 'id,service_id,taxonomy_id\n,s1,1130\n,s1,BD-1800.2000\n',
  });
  const { report } = await upload(directory, 'mapped', zip);
  expect(report?.reasons).toContainEqual(
    expect.objectContaining({ file: 'taxonomy.csv', code: 'term-mapped', count: 1 }),
  );
  expect(report?.changes.taxonomyTerms).toEqual({ written: 1, unchanged: 0, withdrawn: 0 });
  const pantry = sharedTerms.termFor({ taxonomy: 'Open Eligibility', code: '1130', name: '' })!;
  const { contents } = await listOf<HsdsService>(`services?full=true&taxonomy_term_id=${pantry.id}`);
  expect(contents.map(({ name }) => name)).toEqual(['Pantry']);
  const terms = contents[0]!.attributes!.map(({ taxonomy_term: term }) => term!);
  expect(terms.find(({ id }) => id === pantry.id)).toEqual(pantry);
  expect(terms.find(({ taxonomy }) => taxonomy === 'AIRS')?.code).toBe('BD-1800.2000');
});
