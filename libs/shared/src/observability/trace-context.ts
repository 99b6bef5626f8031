import { randomPart } from '../crypto/index.js';

/** version 00, as every version must be readable: https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * The W3C traceparent of a new span: of the trace that `parent` names, or of a new trace where it names none. A malformed
 * parent is treated as absent, as the recommendation asks, so that nobody can write into our logs with it.
 *
 * It goes by hand from the request or event to what is written for it. Node 20 would carry it by itself through every
 * promise of the process, for a tenth of the work of an intake.
 */
export function spanOf(parent?: string): string {
  const joined = parent !== undefined && TRACEPARENT.test(parent);
  const random = randomPart(joined ? 8 : 24).toString('hex');
  const traceId = joined ? parent.slice(3, 35) : random.slice(16);
  const flags = joined ? parent.slice(53) : '01';
  return `00-${traceId}-${random.slice(0, 16)}-${flags}`;
}

/** The 32 hexadecimal digits that a person quotes to an operations team: the same in logs, problems and events. */
export const traceIdOf = (traceparent: string): string => traceparent.slice(3, 35);
