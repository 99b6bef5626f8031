import type { Benchmark } from './benchmark.js';
import { intake } from './intake/intake.js';
import { search } from './search/search.js';

/** All of them, in the order of a full run. */
export const benchmarks: readonly Benchmark[] = [intake, search];
