import { parseArgs } from 'node:util';
import { searchableOf, searchTerm } from '../../domain/search/searchable-service.js';
import { DirectoryIndex } from '../index/directory-index.js';
import { explain } from '../index/explained-hit.js';
import { search } from '../index/search-engine.js';
import { didYouMean } from '../index/suggestions.js';
import { BruteForce } from './brute-force.fixture.js';
import { seededQueries } from './seeded-queries.fixture.js';
import { NOW, seededServices, TERMS, ZONE } from './seeded-services.fixture.js';

/**
 * A program of its own, so that the memory that it measures holds the index and nothing else: builds an index of
 * generated services, asks it mixed queries, and prints what that took as JSON. With `--verify N` every Nth query is
 * answered by a loop over all records too, after the measurements.
 */
const { values } = parseArgs({
  options: {
    services: { type: 'string', default: '50000' },
    queries: { type: 'string', default: '2000' },
    verify: { type: 'string', default: '0' },
  },
});
const [services, queries, verify] = [Number(values.services), Number(values.queries), Number(values.verify)];
const PAGE = 25;

const index = new DirectoryIndex();
index.learn(TERMS.map(searchTerm));
let buildMs = 0;
for (const service of seededServices(services)) {
  const began = performance.now();
  index.put(searchableOf(service));
  buildMs += performance.now() - began;
}
const settled = performance.now();
index.settleCategories();
buildMs += performance.now() - settled;

const asked = seededQueries(queries);
const answer = (at: number) => {
  const query = asked[at]!;
  const found = search(index, query, NOW, ZONE, { limit: PAGE });
  const shown = JSON.stringify(found.hits.map((hit) => explain(index, hit, found, query, NOW, ZONE)));
  return { found, shown, instead: query.text === undefined ? undefined : didYouMean(index, query.text) };
};
// code that has not run yet is compiled while it runs, which is no property of a query
for (let at = 0; at < Math.min(100, queries); at += 1) answer(at);
const times: number[] = [];
for (let at = 0; at < queries; at += 1) {
  const began = performance.now();
  answer(at);
  times.push(performance.now() - began);
}
const residentMb = process.memoryUsage.rss() / 2 ** 20;
const sorted = [...times].sort((a, b) => a - b);
const percentile = (p: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))]!;

let verified = 0;
let different = 0;
if (verify > 0) {
  const oracle = new BruteForce();
  for (const service of seededServices(services)) oracle.add(service);
  for (let at = 0; at < queries; at += verify) {
    const { all } = search(index, asked[at]!, NOW, ZONE, { limit: 1 });
    const found = index.ids.filter((_, slot) => ((all[slot >>> 5]! >>> (slot & 31)) & 1) === 1).sort();
    const expected = oracle.judgeAll(asked[at]!, NOW, true).map(({ id }) => id);
    verified += 1;
    if (found.join() !== expected.sort().join()) different += 1;
  }
}

const slowest = times.indexOf(sorted.at(-1)!);
process.stdout.write(
  `${JSON.stringify({
    services,
    queries,
    words: index.words.size,
    buildSeconds: buildMs / 1000,
    residentMb,
    medianMs: percentile(0.5),
    p99Ms: percentile(0.99),
    slowestMs: sorted.at(-1),
    slowest: asked[slowest],
    verified,
    different,
  })}\n`,
);
