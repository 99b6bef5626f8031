import { Refusal } from '../domain/index.js';

/** How many seconds' worth of requests a caller may send at once after a pause. */
const BURST_SECONDS = 10;
/** Callers remembered; one that is forgotten starts with a full bucket. */
const MAX_CALLERS = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

/**
 * A token bucket per caller, in the memory of this process: it keeps one caller from starving the others here. It is
 * no quota, so replicas need not agree.
 */
export class RateLimit {
  readonly #buckets = new Map<string, Bucket>();

  /** @param perSecond requests per second that a caller may keep up; 0 admits everything */
  constructor(
    private readonly perSecond: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Takes one token of the caller. Throws Refusal `too-many-requests` (429) with Retry-After when there is none. */
  admit(caller: string): void {
    if (this.perSecond === 0) {
      return;
    }
    const now = this.now();
    const full = this.perSecond * BURST_SECONDS;
    const bucket = this.#buckets.get(caller);
    const tokens = bucket ? Math.min(full, bucket.tokens + ((now - bucket.at) / 1000) * this.perSecond) : full;
    // set anew at the end of the map, so that the first entry is the one that has been quiet for longest
    this.#buckets.delete(caller);
    this.#buckets.set(caller, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    if (this.#buckets.size > MAX_CALLERS) {
      const [quietest] = this.#buckets.keys();
      this.#buckets.delete(quietest as string);
    }
    if (tokens < 1) {
      throw new Refusal(
        'too-many',
        'too-many-requests',
        'You send more requests than this service takes from one caller.',
        {
          retryAfterSeconds: (1 - tokens) / this.perSecond,
        },
      );
    }
  }
}
