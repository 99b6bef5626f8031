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
      return await attempt();
    } catch (thrown) {
      if (Date.now() + pauseMs > end) {
        throw new Problem(`${what}: not within ${withinMs / 1000} s. Last answer: ${messageOf(thrown)}`);
      }
    }
    await sleep(pauseMs, undefined, { signal });
  }
}
