import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DestinationStream } from 'pino';
import { BadEnvironment, readConfig, type CommonConfig } from './common-config.js';
import { createService, type ServiceApp } from './create-service.js';
import type { ServiceDefinition } from './service-definition.js';

export interface RunningService {
  /** Where it listens, as in `http://127.0.0.1:3001`. */
  url: string;
  app: NestFastifyApplication;
  /** Drains and stops; resolves when everything is closed. */
  close: () => Promise<void>;
}

/** sysexits.h EX_CONFIG: the environment has to be changed; starting again does not help. */
const EXIT_CONFIG = 78;
const EXIT_FAILURE = 1;

/** Starts consuming events and opens the port of a service that was built; `startService` without the process around it. */
export async function listen(service: ServiceApp, config: CommonConfig): Promise<RunningService> {
  await service.app.startAllMicroservices();
  await service.app.listen(config.PORT, config.HOST);
  const address = service.app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : config.PORT;
  const host = config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST;
  return { url: `http://${host}:${port}`, app: service.app, close: service.close };
}

const LISTEN_PROBLEMS: Record<string, string> = {
  EADDRINUSE: 'another program listens there already; choose another PORT or stop it',
  EADDRNOTAVAIL: 'this machine has no such address; see HOST',
  EACCES: 'not permitted; choose a PORT above 1023',
};

/** Shuts down at the first SIGTERM or SIGINT; a second one, or a shutdown that takes too long, ends the process. */
function stopOnSignals(service: ServiceApp, graceMs: number): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) {
      service.log.warn('stopped at once by a second signal', { signal });
      return process.exit(EXIT_FAILURE);
    }
    stopping = true;
    service.log.info('stopping', { signal });
    const cutOff = setTimeout(() => {
      service.log.error('the shutdown took too long and was cut off', { durationMs: graceMs });
      process.exit(EXIT_FAILURE);
    }, graceMs);
    service
      .close()
      .finally(() => clearTimeout(cutOff))
      .then(
        () => {
          service.log.info('stopped', { signal });
          process.exit(0);
        },
        (error: unknown) => {
          service.log.error('the shutdown failed', { error });
          process.exit(EXIT_FAILURE);
        },
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** Node would print what was thrown with its message, which may hold personal data; and the state is unknown by now. */
function dieOfTheUnexpected(service: ServiceApp): void {
  const die = (error: unknown): void => {
    service.log.fatal('ended by an unexpected failure', { error });
    process.exit(EXIT_FAILURE);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
}

/**
 * The whole `main.ts` of a service: reads the environment, builds, listens, logs `ready`, drains at SIGTERM or SIGINT.
 *
 * It comes up with the broker and the database down, and recovers by itself. Ends the process with exit code 78 and one
 * line per problem on standard error for a bad environment, with 1 where the service cannot be built or cannot listen.
 *
 * @param destination where log lines go instead of standard output
 */
export async function startService<Config extends object>(
  definition: ServiceDefinition<Config>,
  env: Readonly<Record<string, string | undefined>> = process.env,
  destination?: DestinationStream,
): Promise<RunningService> {
  let config: Config & CommonConfig;
  try {
    config = readConfig(definition.config, env);
  } catch (error) {
    if (!(error instanceof BadEnvironment)) {
      throw error;
    }
    for (const problem of error.problems) {
      process.stderr.write(`${definition.name}: ${problem}\n`);
    }
    return process.exit(EXIT_CONFIG);
  }
  try {
    const service = await createService(definition, config, destination);
    const running = await listen(service, config);
    stopOnSignals(service, config.SHUTDOWN_GRACE_MS);
    dieOfTheUnexpected(service);
    service.log.info('ready', {
      port: Number(new URL(running.url).port),
      readyInMs: Math.round(performance.now()),
    });
    return running;
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    const why = typeof code === 'string' ? LISTEN_PROBLEMS[code] : undefined;
    process.stderr.write(
      why === undefined
        ? `${definition.name}: cannot start: ${error instanceof Error ? error.message : 'unknown failure'}\n`
        : `${definition.name}: cannot listen on ${config.HOST}:${config.PORT}: ${why}\n`,
    );
    return process.exit(EXIT_FAILURE);
  }
}
