import { parentPort, workerData } from 'node:worker_threads';
import { searchableOf } from '../../domain/search/searchable-service.js';
import { wordsOf } from '../../domain/words.js';
import { isHit, known, questionOf } from './brute-force.fixture.js';
import type { BruteForceTask } from './brute-force-threads.fixture.js';
import { NOW, seededServices } from './seeded-services.fixture.js';

/** One of several threads, which goes through every `step`-th record: for their words, or for what each query finds. */
const { services, from, step, queries, vocabulary } = workerData as BruteForceTask;
const records = seededServices(services, 1, from, step);
if (!vocabulary) {
  const words = new Set<string>();
  for (const service of records) for (const word of wordsOf(...searchableOf(service).texts.flat())) words.add(word);
  parentPort!.postMessage([...words]);
} else {
  const questions = queries.map((query) => questionOf(query, NOW, vocabulary));
  const found = questions.map((): number[] => []);
  let at = from;
  for (const service of records) {
    const one = known(service);
    for (const [query, question] of questions.entries()) if (isHit(one, question)) found[query]!.push(at);
    at += step;
  }
  parentPort!.postMessage(found.map((hits) => Uint32Array.from(hits)));
}
