import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { principalOfRequest } from '../auth/index.js';
import { Refusal } from '../domain/index.js';
import { spanOf, traceIdOf, type Log, type Metrics } from '../observability/index.js';

const TRACEPARENT = Symbol('traceparent');

/** The W3C traceparent of the work for a request: in the trace that its caller names, or in one that begins with it. */
export function traceparentOf({ raw }: { raw: FastifyRequest['raw'] & { [TRACEPARENT]?: string } }): string {
  const { traceparent } = raw.headers;
  return (raw[TRACEPARENT] ??= spanOf(typeof traceparent === 'string' ? traceparent : undefined));
}

/** What the answer to a request, its log lines and its events have in common. */
export const correlationIdOf = (request: Pick<FastifyRequest, 'raw'>): string => traceIdOf(traceparentOf(request));

/** Addresses that are polled by machines: logged for debugging alone. */
const OPERATIONS = /^\/(?:health\/|metrics$)/;

/** What only a forged address holds: no id, name or filter of ours has a NUL character. */
const NUL_IN_URL = /%00|\0/;

/** What proxies log for a caller who hung up before the answer. */
const CLIENT_CLOSED_REQUEST = 499;

function finished(request: FastifyRequest, reply: FastifyReply, log: Log, metrics: Metrics): void {
  const route = request.routeOptions.url ?? 'unmatched';
  const { method } = request;
  const status = reply.raw.writableFinished ? reply.statusCode : CLIENT_CLOSED_REQUEST;
  metrics.httpFinished({ method, route, status, seconds: reply.elapsedTime / 1000 });
  log[OPERATIONS.test(route) ? 'debug' : 'info']('request', {
    method,
    route,
    status,
    durationMs: Math.round(reply.elapsedTime * 10) / 10,
    roles: principalOfRequest(request)?.roles ?? ['anonymous'],
    correlationId: correlationIdOf(request),
  });
}

/** Trace, safe headers, access log and metrics of every request. Paths appear as templates, never as they were sent. */
export function observeRequests(fastify: FastifyInstance, log: Log, metrics: Metrics): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    metrics.httpStarted();
    // not the hook for sent answers: an answer to a caller who has gone is never sent, and would never be counted
    reply.raw.once('close', () => finished(request, reply, log, metrics));
    void reply.headers({
      'x-correlation-id': correlationIdOf(request),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    done(
      NUL_IN_URL.test(request.url)
        ? new Refusal('malformed', 'malformed-url', 'The address holds a NUL character.')
        : undefined,
    );
  });
}
