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
}

const CONFIG_KEY = 'throughlineBody';

/** A larger body, or one that is no JSON, for one route. */
export const RouteBody = (options: RouteBodyOptions): MethodDecorator => RouteConfig({ [CONFIG_KEY]: options });

const optionsOf = (config: unknown): RouteBodyOptions =>
  ((config ?? {}) as Record<string, RouteBodyOptions | undefined>)[CONFIG_KEY] ?? {};

const unsupported = (): Refusal =>
  new Refusal('unsupported-media-type', 'unsupported-media-type', 'This route does not take that content type.');

const mediaTypeOf = (request: FastifyRequest): { type: string; charset: string | undefined } => {
  const header = request.headers['content-type'] ?? '';
  return {
    type: (header.split(';', 1)[0] ?? '').trim().toLowerCase(),
    charset: /;\s*charset="?([^";\s]+)/i.exec(header)?.[1]?.toLowerCase(),
  };
};

/** Replaces the body parsers of Fastify by ours: strict JSON in UTF-8, and raw bytes where a route asks for them. */
export function parseBodies(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    route.bodyLimit = optionsOf(route.config).maxBytes ?? DEFAULT_BODY_LIMIT;
  });
  fastify.removeAllContentTypeParsers();
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
