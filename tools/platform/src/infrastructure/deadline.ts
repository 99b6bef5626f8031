import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, Problem } from '../problem.js';

export interface Deadline {
  /** Milliseconds until the attempt is given up. */
  withinMs: number;
  /** What is awaited, for the message: "RabbitMQ answers on port 5672". */
  what: string;
  /** Called before each attempt; a text means that waiting longer is pointless, and says why. */
  hopeless?: () => string | undefined;
  /** Ends the waiting early. */
  signal?: AbortSignal;
}

/**
 * Repeats `attempt` until it does not throw, and returns its value.
 * At the deadline, or when it is hopeless, throws a Problem with what was awaited and the last reason.
 */
export async function until<T>(attempt: () => Promise<T>, { withinMs, what, hopeless, signal }: Deadline): Promise<T> {
  const end = Date.now() + withinMs;
  for (let pauseMs = 25; ; pauseMs = Math.min(pauseMs * 1.5, 250)) {
    const reason = hopeless?.();
    if (reason !== undefined) throw new Problem(`${what}: no. ${reason}`);
    try {
      return await answered(attempt, end - Date.now());
    } catch (thrown) {
      if (Date.now() + pauseMs > end) {
        throw new Problem(`${what}: not within ${withinMs / 1000} s. Last answer: ${messageOf(thrown)}`);
      }
    }
    await sleep(pauseMs, undefined, { signal });
  }
}

/** Waits for the attempt, and no longer than the deadline. @throws Problem where it has not settled by then */
async function answered<T>(attempt: () => Promise<T>, withinMs: number): Promise<T> {
  const over = new AbortController();
  try {
    return await Promise.race([
      attempt(),
      sleep(Math.max(withinMs, 0), undefined, over).then(() => {
        throw new Problem('it did not answer at all');
      }),
    ]);
  } finally {
    over.abort();
  }
}
