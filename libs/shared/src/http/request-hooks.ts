import { AsyncResource } from 'node:async_hooks';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { principalOfRequest } from '../auth/index.js';
import { Refusal } from '../domain/index.js';
import { currentTraceId, runInTrace, type Log, type Metrics } from '../observability/index.js';

const scopes = new WeakMap<object, AsyncResource>();

/**
 * Runs `fn` in the trace of the request. What fails outside of the asynchronous call chain that began with it (a body
 * that is too large, an answer that breaks off) finds its trace again by the request.
 */
export function inTraceOf<T>(request: { raw: object }, fn: () => T): T {
  const scope = scopes.get(request.raw);
  return scope === undefined ? runInTrace(undefined, fn) : scope.runInAsyncScope(fn);
}

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
  });
}

/** Trace, safe headers, access log and metrics of every request. Paths appear as templates, never as they were sent. */
export function observeRequests(fastify: FastifyInstance, log: Log, metrics: Metrics): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const { traceparent } = request.headers;
    runInTrace(typeof traceparent === 'string' ? traceparent : undefined, () => {
      const scope = new AsyncResource('throughline.request');
      scopes.set(request.raw, scope);
      metrics.httpStarted();
      // not the hook for sent answers: an answer to a caller who has gone is never sent, and would never be counted
      reply.raw.once('close', () => scope.runInAsyncScope(() => finished(request, reply, log, metrics)));
      void reply.headers({
        'x-correlation-id': currentTraceId(),
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
      done(
        NUL_IN_URL.test(request.url)
          ? new Refusal('malformed', 'malformed-url', 'The address holds a NUL character.')
          : undefined,
      );
    });
  });
}
