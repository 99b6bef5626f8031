import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { SearchQuery } from '../../domain/search/search-query.js';

export interface BruteForceTask {
  /** How many generated services there are. */
  services: number;
  /** The first record that a thread looks at, and how many there are to the next one. */
  from: number;
  step: number;
  queries: readonly SearchQuery[];
  /** Every word of every service; absent: to be found. */
  vocabulary?: ReadonlySet<string>;
}

/** What each query finds among generated services by a loop over all records, in several threads: numbers of services. */
export async function foundByLoop(services: number, queries: readonly SearchQuery[]): Promise<Uint32Array[][]> {
  const words = await inThreads<string[]>({ services, queries });
  const parts = await inThreads<Uint32Array[]>({ services, queries, vocabulary: new Set(words.flat()) });
  return queries.map((_, at) => parts.map((found) => found[at]!));
}

function inThreads<Answer>(task: Omit<BruteForceTask, 'from' | 'step'>): Promise<Answer[]> {
  const step = availableParallelism();
  return Promise.all(
    Array.from({ length: step }, (_, from) => {
      const workerData: BruteForceTask = { ...task, from, step };
      const thread = new Worker(new URL('./brute-force-thread.fixture.js', import.meta.url), { workerData });
      return new Promise<Answer>((resolve, reject) => {
        thread.once('message', resolve).once('error', reject);
        thread.once('exit', () => reject(new Error('a thread of the loop ended without an answer')));
      });
    }),
  );
}
