import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../problem.js';

export interface Supervised {
  name: string;
  /** Resolves, with how it came, when it has ended. */
  ended: () => Promise<string>;
  /** Starts it again; rejects when it does not become ready. */
  restart: () => Promise<void>;
}

const FORGIVEN_AFTER_MS = 60_000;
const MOST_ENDS = 5;

/**
 * Starts again what ends unasked, with a growing pause: 0.5, 1, 2, 4 s. What ends five times within a minute cannot be
 * helped by another start: then `hopeless` is called once, and the platform stops.
 * @returns a function that ends the watching, to be called before anything is stopped on purpose.
 */
export function supervise(
  pieces: Supervised[],
  say: (line: string) => void,
  hopeless: (reason: string) => void,
): () => void {
  const watching = new AbortController();
  for (const piece of pieces) void watch(piece, say, hopeless, watching.signal).catch(() => undefined);
  return () => watching.abort();
}

async function watch(
  { name, ended, restart }: Supervised,
  say: (line: string) => void,
  hopeless: (reason: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let ends: number[] = [];
  while (!signal.aborted) {
    let how = await ended();
    for (let again = true; again;) {
      if (signal.aborted) return;
      const now = Date.now();
      ends = [...ends.filter((time) => now - time < FORGIVEN_AFTER_MS), now];
      if (ends.length >= MOST_ENDS) return hopeless(`${name} ended ${ends.length} times within a minute: ${how}`);
      const pauseMs = 500 * 2 ** (ends.length - 1);
      say(`${name} ended unasked (${how}); starting it again in ${pauseMs / 1000} s`);
      await sleep(pauseMs, undefined, { signal });
      try {
        await restart();
        say(`${name} is ready again`);
        again = false;
      } catch (thrown) {
        how = messageOf(thrown);
      }
    }
  }
}
