import { Module, type DynamicModule, type INestApplication } from '@nestjs/common';
import type { CustomStrategy } from '@nestjs/microservices';
import { APP_GUARD, APP_FILTER, APP_PIPE, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify';
import type { DestinationStream } from 'pino';
import { AuthGuard, TokenVerifier } from '../auth/index.js';
import { EventsTransport } from '../messaging/index.js';
import { Log, Metrics, NestLog, ObservabilityModule } from '../observability/index.js';
import type { CommonConfig } from './common-config.js';
import { documentOf } from './openapi.js';
import { addOperationsRoutes } from './operations-routes.js';
import { Preparations } from './preparations.js';
import { ProblemFilter } from './problem.filter.js';
import { RateLimit } from './rate-limit.js';
import { observeRequests } from './request-hooks.js';
import { parseBodies } from './route-body.js';
import { methodsByAddress, routesOf } from './routes.js';
import type { ServiceDefinition } from './service-definition.js';
import { dependenciesOf, findProvider } from './dependencies.js';
import { ValidationPipe } from './validation.pipe.js';

/** The root of a service: its own module between the parts that all services share. */
@Module({})
class ServiceRoot {}

export interface ServiceApp {
  app: NestFastifyApplication;
  log: Log;
  /** Closes in the order that loses nothing: no new requests, those in hand, consumers, relays, connections. */
  close: () => Promise<void>;
}

/** Longest path parameter; ids are shorter by far. */
const MAX_PARAM_LENGTH = 200;

const IDLE_CHECK_MS = 100;

/**
 * Builds a service without listening: routes, guard, filter, pipe, hooks, operations routes.
 *
 * @param destination where log lines go instead of standard output
 * @throws Error where a route does not say who may call it, or the module cannot be wired
 */
export async function createService<Config extends object>(
  definition: ServiceDefinition<Config>,
  config: Config & CommonConfig,
  destination?: DestinationStream,
): Promise<ServiceApp> {
  const log = new Log({ service: definition.name, level: config.LOG_LEVEL, ...(destination && { destination }) });
  const metrics = new Metrics();
  const limit = new RateLimit(config.RATE_LIMIT_PER_SECOND);
  const verifier = new TokenVerifier({
    issuer: config.OIDC_ISSUER,
    audience: config.OIDC_AUDIENCE,
    jwksUri: config.JWKS_URI,
  });
  const options: FastifyServerOptions = {
    trustProxy: (_address, hop) => hop < config.TRUSTED_PROXIES,
    // a request that arrives while we close, on a connection that is open already, is answered like any other
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: (error, request, reply) => filter.answer(error, request as FastifyRequest, reply as FastifyReply),
  };
  const adapter = new FastifyAdapter(options);
  const fastify = adapter.getInstance();
  const filter = new ProblemFilter(log, methodsByAddress(fastify));
  parseBodies(fastify);
  observeRequests(fastify, log, metrics);

  const guard = new AuthGuard(verifier, log, (caller) => limit.admit(caller));
  const closedRoutes = new Set<string>();
  fastify.addHook('onRequest', async (request) => {
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    if (closedRoutes.has(`${method} ${request.routeOptions.url}`)) {
      await guard.authenticate(request);
    }
  });

  const root: DynamicModule = {
    module: ServiceRoot,
    imports: [ObservabilityModule.with(log, metrics), definition.module(config)],
    providers: [
      { provide: APP_GUARD, useValue: guard },
      { provide: APP_FILTER, useValue: filter },
      { provide: APP_PIPE, useValue: new ValidationPipe() },
    ],
  };
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger: new NestLog(log),
    bodyParser: false,
    abortOnError: false,
  });
  for (const { method, path, access } of routesOf(app)) {
    if (!access.public) {
      closedRoutes.add(`${method} ${path}`);
    }
  }

  let accepting = true;
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (!accepting) {
      reply.header('connection', 'close');
    }
    done(null, payload);
  });
  let document: Promise<OpenAPIObject> | undefined;
  addOperationsRoutes(fastify, {
    metrics,
    dependencies: () => dependenciesOf(app),
    preparing: () => findProvider(app, Preparations)?.pending ?? [],
    accepting: () => accepting,
    openApi: () => (document ??= documentOf(app, definition)),
  });
  const strategy = findProvider(app, EventsTransport);
  if (strategy !== undefined) {
    // guard, filter and pipe are for HTTP: an event was admitted by the broker, and its contract validates it
    app.connectMicroservice<CustomStrategy>({ strategy }, { inheritAppConfig: false });
  }
  await app.init();
  return {
    app,
    log,
    close: async () => {
      accepting = false;
      // a connection whose answer had begun before we closed stays open for its keep-alive time, so look again
      const idle = setInterval(() => fastify.server.closeIdleConnections(), IDLE_CHECK_MS);
      await app.close().finally(() => clearInterval(idle));
    },
  };
}

/**
 * The OpenAPI 3.1 document of a service, from its decorators and schemas alone: nothing is instantiated, no address
 * is contacted, no port opened.
 */
export async function openApiOf<Config extends object>(definition: ServiceDefinition<Config>): Promise<OpenAPIObject> {
  const app: INestApplication = await NestFactory.create(
    { module: ServiceRoot, imports: [definition.module({} as Config & CommonConfig)] },
    new FastifyAdapter(),
    { preview: true, logger: false, abortOnError: false },
  );
  return documentOf(app, definition);
}
