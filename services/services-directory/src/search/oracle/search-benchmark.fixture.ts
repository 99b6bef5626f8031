import { parseArgs } from 'node:util';
import { searchableOf, searchTerm } from '../../domain/search/searchable-service.js';
import { DirectoryIndex } from '../index/directory-index.js';
import { explain } from '../index/explained-hit.js';
import { search } from '../index/search-engine.js';
import { bitCountOf } from '../index/slot-set.js';
import { didYouMean } from '../index/suggestions.js';
import { foundByLoop } from './brute-force-threads.fixture.js';
import { seededQueries } from './seeded-queries.fixture.js';
import { NOW, seededServices, TERMS, uuidOf, ZONE } from './seeded-services.fixture.js';

/**
 * A program of its own, so that the memory that it measures holds the index and nothing else: builds an index of
 * generated services, asks it mixed queries in several rounds, and prints what that took as JSON. With `--verify N` every
 * Nth query is answered by a loop over all records too, after the measurements.
 */
const { values } = parseArgs({
  options: {
    services: { type: 'string', default: '50000' },
    queries: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '5' },
    verify: { type: 'string', default: '0' },
  },
});
const [services, queries, rounds] = [Number(values.services), Number(values.queries), Number(values.rounds)];
const PAGE = 25;

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);
const quantile = (numbers: readonly number[], part: number): number =>
  sorted(numbers)[Math.min(numbers.length - 1, Math.floor(numbers.length * part))]!;

const index = new DirectoryIndex();
index.learn(TERMS.map(searchTerm));
let buildMs = 0;
for (const service of seededServices(services)) {
  const began = performance.now();
  index.put(searchableOf(service));
  buildMs += performance.now() - began;
}

const asked = seededQueries(queries);
const answer = (at: number): void => {
  const query = asked[at]!;
  const found = search(index, query, NOW, ZONE, { limit: PAGE });
  JSON.stringify(found.hits.map((hit) => explain(index, hit, found, query)));
  didYouMean(index, found.readings);
};
// code that has not run yet is compiled while it runs, which is no property of a query
for (let at = 0; at < Math.min(200, queries); at += 1) answer(at);
const times: number[][] = asked.map(() => []);
const cpuBefore = cpuMs();
for (let round = 0; round < rounds; round += 1)
  for (let at = 0; at < queries; at += 1) {
    const began = performance.now();
    answer(at);
    times[at]!.push(performance.now() - began);
  }
const cpuPerSearch = (cpuMs() - cpuBefore) / (rounds * queries);
const residentMb = process.memoryUsage.rss() / 2 ** 20;
const medians = times.map((ofOne) => quantile(ofOne, 0.5));

const nth = Number(values.verify);
const checked = asked.filter((_, at) => nth > 0 && at % nth === 0);
const byIndex = checked.map((query) => search(index, query, NOW, ZONE, { limit: 1 }).all);
const byLoop = await foundByLoop(services, checked);
for (let at = 0; at < services; at += 1)
  if (index.ids[at] !== uuidOf(`service ${at}`)) throw new Error('services have not got their slots in their order');
const different = checked.filter((_, at) => {
  const hits = byLoop[at]!.flatMap((found) => [...found]);
  const bits = byIndex[at]!;
  const isFound = (slot: number): boolean => ((bits[slot >>> 5]! >>> (slot & 31)) & 1) === 1;
  return hits.length !== bitCountOf(bits) || !hits.every(isFound);
}).length;

process.stdout.write(
  `${JSON.stringify({
    services,
    words: index.words.size,
    buildSeconds: buildMs / 1000,
    residentMb,
    medianMs: quantile(medians, 0.5),
    p99Ms: quantile(medians, 0.99),
    p99OfAllMs: quantile(times.flat(), 0.99),
    cpuPerSearchMs: cpuPerSearch,
    slowestMs: Math.max(...medians),
    slowest: asked[medians.indexOf(Math.max(...medians))],
    verified: checked.length,
    different,
    hits: byLoop.flat().reduce((sum, { length }) => sum + length, 0),
  })}\n`,
);
