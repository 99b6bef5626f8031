import { until } from '../infrastructure/deadline.js';
import { Problem } from '../problem.js';
import type { Answer } from './api.js';

const EVENTS_WITHIN_MS = 30_000;
const MINUTE = 60_000;

/** Tells a story step by step on screen: who does what, and what came of it. */
export class Telling {
  private count = 0;

  constructor(
    private readonly say: (line: string) => void,
    private readonly signal?: AbortSignal,
  ) {}

  /** `act` answers the result of the step, and what is told of it. */
  async step<T>(who: string, what: string, act: () => Promise<[T, string]>): Promise<T> {
    this.signal?.throwIfAborted();
    this.say(`${String(++this.count).padStart(2)}. ${who} ${what}`);
    const [result, answer] = await act();
    this.say(`      -> ${answer}`);
    return result;
  }

  /** Other services learn of things by events: asks again until the answer shows it. */
  eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
    return until(
      async () => {
        const found = await ask();
        if (found === undefined) throw new Problem('not yet');
        return found;
      },
      { withinMs: EVENTS_WITHIN_MS, what, ...(this.signal && { signal: this.signal }) },
    );
  }
}

export const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * MINUTE).toISOString();

/** The name of a problem, without the address that its type begins with. */
export const slug = (type: string): string => type.slice(type.lastIndexOf('/') + 1);

export function etagOf({ etag }: Answer<unknown>): string {
  if (!etag) throw new Problem('The answer carries no ETag, which the next step needs.');
  return etag;
}
