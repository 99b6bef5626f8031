import { FACET_VALUES, type Facet, type SearchQuery } from '../../domain/search/search-query.js';
import { searchableOf, searchTerm } from '../../domain/search/searchable-service.js';
import { DirectoryIndex } from '../index/directory-index.js';
import { search } from '../index/search-engine.js';
import { explain } from '../index/explained-hit.js';
import { isHit, judged, known, questionOf, type Judged, type Known } from './brute-force.fixture.js';
import { NOW, seededServices, TERMS, ZONE } from './seeded-services.fixture.js';
import { seededQueries } from './seeded-queries.fixture.js';

const SERVICES = 800;
const QUERIES = 200;

const index = new DirectoryIndex();
const everyone: Known[] = [];
const vocabulary = new Set<string>();

beforeAll(() => {
  index.learn(TERMS.map(searchTerm));
  // what came, changed and went before must leave no trace: the other seed has other services under the same ids
  for (const service of seededServices(SERVICES + 100, 99)) index.put(searchableOf(service));
  for (const id of [...index.serviceIds()].filter((_, at) => at % 3 === 0)) index.remove(id);
  const wanted = new Set<string>();
  for (const service of seededServices(SERVICES)) {
    wanted.add(service.id);
    index.put(searchableOf(service));
    everyone.push(known(service));
  }
  for (const id of [...index.serviceIds()]) if (!wanted.has(id)) index.remove(id);
  for (const { masks } of everyone) for (const word of masks.keys()) vocabulary.add(word);
});

const inOrder = (hits: readonly Judged[]): Judged[] =>
  [...hits].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));

/** Counts of a facet among those that fail nothing but, perhaps, the choice in this facet. */
function countsOf(all: readonly Judged[], facet: Facet): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { fails, values } of all)
    if (fails.size === 0 || (fails.size === 1 && fails.has(facet)))
      for (const value of values[facet]!) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

it('finds what a loop over all records finds, in the same order, with the same counts', () => {
  let hits = 0;
  let counted = 0;
  for (const [at, query] of seededQueries(QUERIES).entries()) {
    const found = search(index, query, NOW, ZONE, { limit: SERVICES });
    const question = questionOf(query, NOW, vocabulary);
    const all = everyone.flatMap((one) => judged(one, question) ?? []);
    const expected = inOrder(all.filter(({ fails }) => fails.size === 0));
    const shown = found.hits.map(({ slot, score }) => `${score} ${index.ids[slot]}`);
    expect(`${at}\n${shown.join('\n')}`).toBe(`${at}\n${expected.map(({ id, score }) => `${score} ${id}`).join('\n')}`);
    expect(found.total).toBe(expected.length);
    expect(everyone.filter((one) => isHit(one, question)).length).toBe(expected.length);
    const [told, right]: string[][] = [[], []];
    for (const [facet, values] of Object.entries(found.facets)) {
      const counts = countsOf(all, facet as Facet);
      told!.push(...values.map(({ value, count }) => `${facet} ${value}: ${count}`));
      right!.push(...values.map(({ value }) => `${facet} ${value}: ${counts.get(value) ?? 0}`));
      const listed = values.filter(({ count }) => count > 0).length;
      if (listed < Math.min(FACET_VALUES, counts.size)) right!.push(`${facet} has ${counts.size} values`);
      counted += listed;
    }
    expect(told!.join('\n')).toBe(right!.join('\n'));
    for (const hit of found.hits.slice(0, 3)) {
      const { score, why } = explain(index, hit, found, query);
      expect(why.reduce((sum, { points }) => sum + points, 0)).toBe(score);
    }
    hits += expected.length;
  }
  // the comparison is of something
  expect(hits).toBeGreaterThan(QUERIES * 10);
  expect(counted).toBeGreaterThan(QUERIES * 50);
});

it('pages hold every hit once, in order, and a service that comes meanwhile doubles none', () => {
  const query: SearchQuery = {
    areas: [],
    reach: 'maybe',
    fit: 'maybe',
    statuses: ['active'],
    choices: {},
    text: 'legal',
  };
  const everything = search(index, query, NOW, ZONE, { limit: SERVICES }).hits.map(({ slot }) => index.ids[slot]!);
  const paged: string[] = [];
  let after: { score: number; id: string } | undefined;
  for (;;) {
    const { hits } = search(index, query, NOW, ZONE, { limit: 7, ...(after ? { after } : {}) });
    if (hits.length === 0) break;
    paged.push(...hits.map(({ slot }) => index.ids[slot]!));
    const last = hits.at(-1)!;
    after = { score: last.score, id: index.ids[last.slot]! };
  }
  expect(everything.length).toBeGreaterThan(20);
  expect(paged).toEqual(everything);
});
