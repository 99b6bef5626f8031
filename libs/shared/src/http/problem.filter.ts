import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../domain/index.js';
import type { Log } from '../observability/index.js';
import { headersOf, internalProblem, problemOf, type Problem } from './problem.js';
import { refusalOf } from './refusal-of.js';
import { correlationIdOf } from './request-hooks.js';

/** Answers everything thrown on the way of a request as application/problem+json (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly log: Log,
    /** The methods that an address has, to tell a wrong method from a wrong address. */
    private readonly methodsOf: (url: string) => string[],
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    this.answer(thrown, request, http.getResponse<FastifyReply>());
  }

  /** Also for what fails before Nest, or any trace, is reached: an address that cannot be decoded. */
  answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const refused = refusalOf(thrown);
    const refusal = (refused?.kind === 'not-found' && this.#wrongMethod(request)) || refused;
    if (refusal === undefined || refusal.kind === 'unavailable') {
      this.log.error(refusal === undefined ? 'a request failed' : 'a request could not be served', {
        method: request.method,
        route: request.routeOptions?.url ?? 'unmatched',
        ...(refusal && { code: refusal.code }),
        correlationId: correlationIdOf(request),
        error: thrown,
      });
    }
    // an answer that has begun (a stream) can only be cut short, so that nobody takes it for a whole one
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    const where = { instance: pathOf(request), correlationId: correlationIdOf(request) };
    const problem = refusal === undefined ? internalProblem(where) : problemOf(refusal, where);
    this.#send(reply, problem, refusal);
  }

  #wrongMethod(request: FastifyRequest): Refusal | undefined {
    const allowed = request.is404 ? this.methodsOf(request.url) : [];
    return allowed.length === 0 || allowed.includes(request.method)
      ? undefined
      : new Refusal('method-not-allowed', 'method-not-allowed', `This address takes ${allowed.join(', ')}.`, {
          extra: { allowed },
        });
  }

  #send(reply: FastifyReply, problem: Problem, refusal: Refusal | undefined): void {
    for (const header of ['etag', 'content-disposition', 'content-length', 'cache-control']) {
      reply.removeHeader(header);
    }
    void reply
      .code(problem.status)
      .headers({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-correlation-id': problem.correlationId,
        ...(refusal && headersOf(refusal)),
      })
      .type('application/problem+json')
      .serializer((payload: unknown) => JSON.stringify(payload))
      .send(problem);
  }
}

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? '/';
