import { AsyncLocalStorage } from 'node:async_hooks';
import { randomPart } from '../crypto/index.js';

const storage = new AsyncLocalStorage<string>();

/** version 00, as every version must be readable: https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * Runs `fn` as a new span of the trace that `parent` names, or of a new trace where it names none.
 * A malformed parent is treated as absent, as the recommendation asks, so that nobody can write into our logs with it.
 */
export function runInTrace<T>(parent: string | undefined, fn: () => T): T {
  const joined = parent !== undefined && TRACEPARENT.test(parent);
  const random = randomPart(joined ? 8 : 24).toString('hex');
  const traceId = joined ? parent.slice(3, 35) : random.slice(16);
  const flags = joined ? parent.slice(53) : '01';
  return storage.run(`00-${traceId}-${random.slice(0, 16)}-${flags}`, fn);
}

/** The W3C traceparent of the work in hand, or undefined outside of any request, event or timer. */
export function currentTraceparent(): string | undefined {
  return storage.getStore();
}

/** The 32 hexadecimal digits that a person quotes to an operations team: the same in logs, problems and events. */
export function currentTraceId(): string | undefined {
  return storage.getStore()?.slice(3, 35);
}
