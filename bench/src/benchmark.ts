/** What a benchmark found, against what it promises. */
export interface Finding {
  /** What was compared with what, in one sentence. */
  what: string;
  measured: number;
  unit: '×' | 'ms' | 'MB' | 's' | '';
  /** The bound that it has to keep. */
  bound: { atLeast: number } | { atMost: number };
}

export interface Report {
  findings: Finding[];
  /** Rows of equal members, printed and kept as they are. */
  table: Record<string, string | number>[];
  /** What somebody has to know to read the figures rightly. */
  notes: string[];
}

/** A benchmark hangs itself in `benchmarks.ts`. */
export interface Benchmark {
  /** For the command line and the names of its results. */
  name: string;
  run: (ground: Ground) => Promise<Report>;
}

/** What benchmarks stand on: a private broker and database, and processes that end with the benchmark. */
export interface Ground {
  amqpUrl: string;
  /** With a database of that name. */
  mongodbUrl: (database: string) => string;
  /** Starts a compiled program with PORT in its environment; resolves when `path` answers 200. */
  start: (name: string, entry: string, env: Record<string, string>, path: string) => Promise<{ url: string }>;
  /** CPU seconds that each process of the ground has used so far, by name; empty where the system does not tell. */
  cpuSeconds: () => Record<string, number>;
  say: (line: string) => void;
}

export const holds = ({ measured, bound }: Finding): boolean =>
  'atLeast' in bound ? measured >= bound.atLeast : measured <= bound.atMost;

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('there is no median of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
