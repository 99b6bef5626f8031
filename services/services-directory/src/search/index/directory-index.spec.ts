import fc from 'fast-check';
import { searchableOf, searchTerm } from '../../domain/search/searchable-service.js';
import type { HsdsService, HsdsTaxonomyTerm } from '../../domain/hsds.js';
import { Seeded } from '../oracle/seeded-random.fixture.js';
import { seededQueries } from '../oracle/seeded-queries.fixture.js';
import { NOW, seededServices, TERMS, ZONE } from '../oracle/seeded-services.fixture.js';
import { DirectoryIndex } from './directory-index.js';
import { piecesOf, StateReader } from './directory-state.js';
import { explain } from './explained-hit.js';
import { search } from './search-engine.js';

const settle = (index: DirectoryIndex): number => [...index.settleCategories(5)].length;

function indexOf(terms: readonly HsdsTaxonomyTerm[], services: readonly HsdsService[]): DirectoryIndex {
  const index = new DirectoryIndex();
  index.learn(terms.map(searchTerm));
  for (const service of services) index.put(searchableOf(service));
  settle(index);
  return index;
}

/** The index of a process that starts from what this one has written. */
function restored(index: DirectoryIndex): DirectoryIndex {
  settle(index);
  const reader = new StateReader();
  for (const piece of piecesOf(index.state())) reader.take(piece);
  const other = new DirectoryIndex();
  for (const service of SECOND.slice(0, 3)) other.put(searchableOf(service));
  expect([...other.restore(reader.whole())].length).toBeGreaterThan(0);
  return other;
}

const QUERIES = seededQueries(12);
/** All that a client is told, but for what a tie of two services leaves to their numbers. */
const answers = (index: DirectoryIndex) =>
  QUERIES.map((query) => {
    const found = search(index, query, NOW, ZONE, { limit: 20 });
    const items = found.hits.map((hit) => explain(index, hit, found, query));
    return { total: found.total, items, facets: found.facets };
  });

const FIRST = [...seededServices(60)];
const SECOND = [...seededServices(60, 2)];

it('after any changes and restarts it answers as one that is built anew, in another order', () => {
  const change = fc.record({
    kind: fc.constantFrom(...['put', 'put', 'put', 'put', 'put', 'put', 'remove', 'remove', 'move', 'move', 'restart']),
    at: fc.nat({ max: 59 }),
    to: fc.nat({ max: TERMS.length - 1 }),
    isSecond: fc.boolean(),
  });
  let found = 0;
  fc.assert(
    fc.property(fc.array(change, { minLength: 20, maxLength: 120 }), fc.nat(), (changes, seed) => {
      const terms = new Map(TERMS.map((term) => [term.id, term]));
      const services = new Map(FIRST.map((service) => [service.id, service]));
      let index = indexOf(TERMS, FIRST);
      for (const { kind, at, to, isSecond } of changes) {
        const service = (isSecond ? SECOND : FIRST)[at]!;
        if (kind === 'put') {
          // a service brings its terms as they are now
          const attributes = service.attributes?.map(({ taxonomy_term: term, ...rest }) => ({
            ...rest,
            ...(term ? { taxonomy_term: terms.get(term.id) ?? term } : {}),
          }));
          const record = { ...service, ...(attributes ? { attributes } : {}) };
          services.set(service.id, record);
          index.put(searchableOf(record));
        } else if (kind === 'remove') {
          services.delete(service.id);
          index.remove(service.id);
        } else if (kind === 'restart') index = restored(index);
        else {
          const moved = { ...TERMS[at * 6]!, parent_id: TERMS[to]!.id };
          terms.set(moved.id, moved);
          index.learn([searchTerm(moved)]);
          // only begun: what comes next may be a change of a service that waits for its turn
          index.settleCategories(5).next();
        }
      }
      settle(index);
      const random = new Seeded(seed);
      const order = [...services.values()].map((service) => ({ service, key: random.next() }));
      const again = indexOf(
        [...terms.values()],
        order.sort((a, b) => a.key - b.key).map(({ service }) => service),
      );
      expect(answers(index)).toEqual(answers(again));
      found += answers(again).reduce((sum, { total }) => sum + total, 0);
    }),
    { numRuns: 12 },
  );
  expect(found).toBeGreaterThan(100);
});

it('places the services of a term that got another parent a few at a time, and none twice', () => {
  const [top, other] = TERMS.filter(({ parent_id: parent }) => parent === undefined);
  const middle = TERMS.find(({ parent_id: parent }) => parent === top!.id)!;
  const services = [...seededServices(200)].map((service) => ({
    ...service,
    attributes: [{ id: service.id, taxonomy_term: middle }],
  }));
  const index = indexOf(TERMS, services);
  const countOf = (term: HsdsTaxonomyTerm): number => index.facets.category.get(term.id)?.size ?? 0;
  expect([countOf(top!), countOf(other!)]).toEqual([200, 0]);
  index.learn([searchTerm({ ...middle, parent_id: other!.id })]);
  const seen: number[] = [];
  const steps = index.settleCategories(50);
  while (!steps.next().done) seen.push(countOf(other!));
  expect(seen).toEqual([50, 100, 150, 200]);
  expect([countOf(top!), countOf(other!), countOf(middle)]).toEqual([0, 200, 200]);
});

it('goes on after a restart as if there had been none: numbers are used again, terms count as their records say', () => {
  const lengths = (index: DirectoryIndex): number[] => {
    const { words, openings, hours, fit } = index.state();
    return [
      index.slotCount,
      words.texts.length,
      ...[openings, hours.lists, fit.cost.values].map((one) => one.keys.length),
    ];
  };
  const run = (restart: boolean) => {
    let index = indexOf(TERMS, FIRST);
    for (const { id } of FIRST.slice(20)) index.remove(id);
    if (restart) index = restored(index);
    for (const service of SECOND) index.put(searchableOf(service));
    return index;
  };
  const index = run(true);
  expect(lengths(index)).toEqual(lengths(run(false)));
  const attributes = [{ id: FIRST[0]!.id, taxonomy_term: { ...TERMS[0]!, name: 'As it was before' } }];
  index.put(searchableOf({ ...FIRST[0]!, attributes }));
  expect(index.terms.get(TERMS[0]!.id)!.name).toBe(TERMS[0]!.name);
});
