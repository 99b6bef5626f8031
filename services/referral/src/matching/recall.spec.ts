import { randomBytes } from 'node:crypto';
import { compare, THRESHOLD } from '../domain/matching/compare.js';
import { labelledPeople, type Labelled } from '../domain/matching/labelled-people.fixture.js';
import { matchableOf } from '../domain/matching/matchable.js';
import { BlindIndex } from './blind-index.js';

interface Pair {
  score: number;
  same: boolean;
}

/** Every pair that shares a blind key, scored: what the service does, over all records at once. */
function candidatePairs(records: Labelled[]): Pair[] {
  const index = new BlindIndex(randomBytes(32).toString('base64'));
  const blocks = new Map<string, number[]>();
  records.forEach(({ person }, at) => {
    for (const {
      keys: [key = ''],
    } of index.keysOf(person)) {
      const block = blocks.get(key);
      if (block) block.push(at);
      else blocks.set(key, [at]);
    }
  });
  const people = records.map(({ person }) => matchableOf(person));
  const seen = new Set<number>();
  const pairs: Pair[] = [];
  for (const block of blocks.values())
    for (const [place, a] of block.entries())
      for (const b of block.slice(place + 1)) {
        const pair = a * records.length + b;
        if (seen.has(pair)) continue;
        seen.add(pair);
        const { score } = compare(people[a]!, people[b]!);
        pairs.push({ score, same: records[a]!.owner === records[b]!.owner });
      }
  return pairs;
}

/** Pairs of records of one person, whether or not anything would find them. */
function truePairs(records: Labelled[]): number {
  const counts = new Map<number, number>();
  for (const { owner } of records) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
}

interface Reached {
  threshold: number;
  recall: number;
  precision: number;
}

function at(threshold: number, pairs: Pair[], real: number): Reached {
  const shown = pairs.filter(({ score }) => score >= threshold);
  const right = shown.filter(({ same }) => same).length;
  return { threshold, recall: right / real, precision: right / shown.length };
}

/**
 * The programme promises 0.95 of both. The bars are a little below what is reached, so that the loss of any one part is
 * seen: without nicknames, sounds, typing errors, near-misses of the date of birth or the keys of names this fails.
 */
const RECALL = 0.965;
const PRECISION = 0.96;

// the threshold was chosen on the first seed
describe.each([1, 2, 3])('10,000 people with the mistakes of several officers (seed %i)', (seed) => {
  it('are found again through blind keys and scores', () => {
    const records = labelledPeople(seed);
    const pairs = candidatePairs(records);
    const real = truePairs(records);
    const reached = at(THRESHOLD, pairs, real);
    const table = [8, 10, 11, THRESHOLD, 13, 14, 16, 18].map((threshold) => at(threshold, pairs, real));
    const line = ({ threshold, recall, precision }: Reached): string =>
      `  from ${threshold} bits on: recall ${recall.toFixed(3)}, precision ${precision.toFixed(3)}`;
    process.stdout.write(
      `seed ${seed}: ${records.length} records, ${real} pairs of one person, ${pairs.length} compared\n${table.map(line).join('\n')}\n`,
    );
    expect(reached.recall).toBeGreaterThanOrEqual(RECALL);
    expect(reached.precision).toBeGreaterThanOrEqual(PRECISION);
  });
});
