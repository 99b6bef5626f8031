import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LIST_PARAMETERS } from '../domain/list-query.js';

/** What a browser of any origin may do here: read. Nothing under /hsds depends on who asks. */
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'ETag, X-Correlation-Id, Retry-After',
};
const PREFLIGHT = {
  'access-control-allow-methods': 'GET, HEAD, POST',
  'access-control-allow-headers': 'Content-Type, If-None-Match, If-Modified-Since, Traceparent',
  'access-control-max-age': '86400',
};

const addresses = (): string[] => [
  '/hsds',
  '/hsds/',
  ...Object.keys(LIST_PARAMETERS).flatMap((list) => [`/hsds/${list}`, `/hsds/${list}/:id`]),
];

/** Reading from browsers of any origin, also of what is refused, and answers that need not be sent twice. */
export function serveToEverybody(server: FastifyInstance): void {
  server.addHook('onRequest', async (request, reply) => {
    if (isHsds(request)) reply.headers(CORS);
  });
  server.addHook('onSend', async (request, reply, payload) =>
    isHsds(request) ? unlessKnown(request, reply, payload) : payload,
  );
  for (const address of addresses())
    server.options(address, async (_request, reply) => reply.code(204).headers(PREFLIGHT).send());
}

const isHsds = ({ url }: FastifyRequest): boolean => /^\/hsds(?:[/?]|$)/.test(url);

/**
 * Adds an ETag to a whole answer and sends none to who has it already (RFC 9110, section 13.1.2), or, where no ETag is
 * named, to who has it as it is since its last change (section 13.1.3).
 */
function unlessKnown(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (!reads || reply.statusCode !== 200 || typeof payload !== 'string') return payload;
  // weak: the bytes may still be compressed on the way
  const etag = `W/"${createHash('sha256').update(payload).digest('base64url').slice(0, 32)}"`;
  reply.headers({ etag, 'cache-control': 'no-cache' });
  const { 'if-none-match': tags, 'if-modified-since': since } = request.headers;
  const known = tags?.split(',').map((one) => one.trim().replace(/^W\//, ''));
  const isKnown = known
    ? known.includes('*') || known.includes(etag.slice(2))
    : isOld(reply.getHeader('last-modified'), since);
  if (!isKnown) return payload;
  reply.code(304).removeHeader('content-type').removeHeader('content-length');
  return '';
}

/** A date that cannot be read is none: then the answer is sent. */
const isOld = (modified: unknown, since: string | undefined): boolean =>
  typeof modified === 'string' && since !== undefined && Date.parse(modified) <= Date.parse(since);
