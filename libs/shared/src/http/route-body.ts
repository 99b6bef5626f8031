import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../domain/index.js';
import { parseJsonBody } from './json-body.js';

/** Largest body of a route that does not say otherwise, in bytes. */
export const DEFAULT_BODY_LIMIT = 64 * 1024;

export interface RouteBodyOptions {
  /** Largest body in bytes; {@link DEFAULT_BODY_LIMIT} if absent. */
  maxBytes?: number;
  /** Media types that the handler takes as they are: its `@Body()` is a Buffer. Absent: JSON only. */
  types?: readonly string[];
  /** Media types that the handler takes as a stream: its `@Body()` is a Readable, whose size the handler has to bound. */
  streams?: readonly string[];
}

const CONFIG_KEY = 'throughlineBody';

/** A larger body, or one that is no JSON, for one route. */
export const RouteBody = (options: RouteBodyOptions): MethodDecorator => RouteConfig({ [CONFIG_KEY]: options });

const optionsOf = (config: unknown): RouteBodyOptions =>
  ((config ?? {}) as Record<string, RouteBodyOptions | undefined>)[CONFIG_KEY] ?? {};

const unsupported = (): Refusal =>
  new Refusal('unsupported-media-type', 'unsupported-media-type', 'This route does not take that content type.');

const encoded = (): Refusal =>
  new Refusal('unsupported-media-type', 'unsupported-content-encoding', 'Send the body as it is, without an encoding.');

/** Bodies are not unpacked: a small one could grow without bound. RFC 9110, 15.5.16 names the status and the header. */
const isEncoded = (request: FastifyRequest): boolean =>
  (request.headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity';

const mediaTypeOf = (request: FastifyRequest): { type: string; charset: string | undefined } => {
  const header = request.headers['content-type'] ?? '';
  return {
    type: (header.split(';', 1)[0] ?? '').trim().toLowerCase(),
    charset: /;\s*charset="?([^";\s]+)/i.exec(header)?.[1]?.toLowerCase(),
  };
};

/** What the content type of a streamed body is replaced by, since Fastify chooses the parser by it alone. */
const STREAMED = 'application/x-throughline-stream';

const streamedTypes = new WeakMap<object, string>();

/** The media type of a streamed body, in lower case and without parameters. */
export const StreamedType = createParamDecorator(
  (_: unknown, context: ExecutionContext): string =>
    streamedTypes.get(context.switchToHttp().getRequest<FastifyRequest>().raw) ?? '',
);

const isStreamed = (request: FastifyRequest): boolean =>
  optionsOf(request.routeOptions.config).streams?.includes(mediaTypeOf(request).type) ?? false;

/**
 * Replaces the body parsers of Fastify by ours: strict JSON in UTF-8, and raw bytes or a stream where a route asks for
 * them.
 */
export function parseBodies(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (mediaTypeOf(request).type === STREAMED) return done(unsupported());
    if (isEncoded(request)) {
      void reply.header('accept-encoding', 'identity');
      return done(encoded());
    }
    if (isStreamed(request)) {
      streamedTypes.set(request.raw, mediaTypeOf(request).type);
      request.headers['content-type'] = STREAMED;
    }
    done();
  });
  fastify.addHook('onRoute', (route) => {
    route.bodyLimit = optionsOf(route.config).maxBytes ?? DEFAULT_BODY_LIMIT;
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(STREAMED, (_request, payload, done) => done(null, payload));
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    const { type, charset } = mediaTypeOf(request);
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
    if (optionsOf(request.routeOptions.config).types?.includes(type)) {
      done(null, bytes);
    } else if (type !== 'application/json' || (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')) {
      done(unsupported());
    } else {
      try {
        done(null, parseJsonBody(bytes));
      } catch (error) {
        done(error as Error);
      }
    }
  });
}
