import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../domain/index.js';
import type { Metrics } from '../observability/index.js';

export interface Operations {
  metrics: Metrics;
  /** The state of each dependency: true where it can be used. The database decides about readiness. */
  dependencies: () => Promise<{ database?: boolean; broker?: boolean }>;
  /** Codes of what the service still has to do before it is ready. */
  preparing: () => string[];
  /** False from the moment a shutdown begins. */
  accepting: () => boolean;
  openApi: () => Promise<object>;
}

const SWAGGER_FILES: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

const DOCS_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>API reference</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
  </head>
  <body>
    <main id="reference"></main>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

const DOCS_START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#reference', deepLinking: true, validatorUrl: null });\n`;

/** The page needs its own scripts and style, and Swagger UI sets styles on elements. */
const DOCS_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/** Nothing of Swagger UI (12 MB on disk) is read before somebody asks for it. */
const swaggerFile = (name: string): Promise<Buffer> => {
  const fromSwagger = createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger'));
  return readFile(join(dirname(fromSwagger.resolve('swagger-ui-dist/package.json')), name));
};

const upOrDown = (usable: boolean): 'up' | 'down' => (usable ? 'up' : 'down');

/**
 * What machines and operators ask: `/health/live`, `/health/ready`, `/metrics`, `/openapi.json`, `/docs`. None needs a
 * token; none tells anything about a person.
 */
export function addOperationsRoutes(fastify: FastifyInstance, operations: Operations): void {
  fastify.get('/health/live', (_request, reply) => reply.send({ status: 'live' }));

  fastify.get('/health/ready', async (_request, reply) => {
    const { database, broker } = await operations.dependencies();
    const preparing = operations.preparing();
    const ready = operations.accepting() && database !== false && preparing.length === 0;
    return reply.code(ready ? 200 : 503).send({
      status: ready ? 'ready' : 'not-ready',
      ...(preparing.length > 0 && { preparing }),
      ...(database !== undefined && { database: upOrDown(database) }),
      ...(broker !== undefined && { broker: upOrDown(broker) }),
    });
  });

  fastify.get('/metrics', async (_request, reply) => {
    const { contentType, body } = await operations.metrics.text();
    return reply.type(contentType).send(body);
  });

  fastify.get('/openapi.json', async (_request, reply) => reply.send(await operations.openApi()));

  const docs = (_request: FastifyRequest, reply: FastifyReply): FastifyReply =>
    reply.type('text/html; charset=utf-8').header('content-security-policy', DOCS_POLICY).send(DOCS_PAGE);
  fastify.get('/docs', docs);
  fastify.get('/docs/', docs);
  fastify.get('/docs/start.js', (_request, reply) => reply.type('text/javascript; charset=utf-8').send(DOCS_START));
  fastify.get<{ Params: { file: string } }>('/docs/:file', async (request, reply) => {
    const type = Object.hasOwn(SWAGGER_FILES, request.params.file) ? SWAGGER_FILES[request.params.file] : undefined;
    if (type === undefined) {
      throw new Refusal('not-found', 'not-found', 'There is nothing at this address.');
    }
    return reply
      .type(type)
      .header('cache-control', 'max-age=86400')
      .send(await swaggerFile(request.params.file));
  });
}
