import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { tokenFor } from '../identity-provider/token.js';
import { until } from '../infrastructure/deadline.js';
import { startInfrastructure } from '../infrastructure/launcher.js';
import { endLeftover, ManagedProcess } from '../infrastructure/managed-process.js';
import { isFree } from '../infrastructure/ports.js';
import { repositoryRoot } from '../infrastructure/repository.js';
import type { Broker, Database } from '../infrastructure/running.js';
import { messageOf, Problem } from '../problem.js';
import { heapFlagsOf } from './heap-flags.js';
import { databaseUrl, loadKeys, secretsFor, type ServiceName, serviceNames } from './services.js';

const READY_WITHIN_MS = 60_000;
/** A service finishes its requests and events within this time; it is killed a little later. */
const SHUTDOWN_GRACE_MS = 15_000;

export interface PlatformOptions {
  /** Port of the identity provider; the four services take the ports after it. */
  portBase: number;
  dataDir: string;
  say: (line: string) => void;
  /** Environment to look in for AMQP_URL and MONGODB_URL; `{}` makes sure that private ones are started. */
  env?: NodeJS.ProcessEnv;
  /** Further environment of the services, for fault hooks and log levels. */
  serviceEnv?: Record<string, string>;
  /** Gives the start up, in order: what is running by then is stopped. */
  signal?: AbortSignal;
}

export type ProcessName = 'identity-provider' | ServiceName;

/** A running platform: infrastructure, the local identity provider and the four services, each a process. */
export interface Platform {
  readonly broker: Broker;
  readonly database: Database;
  readonly processes: Record<ProcessName, ManagedProcess>;
  /** Base address of each process, without a slash at its end. */
  readonly urls: Record<ProcessName, string>;
  /** Starts a process again, after stopping it if it still runs, and resolves when it is ready. `moreEnv` is for this start alone. */
  restart: (name: ProcessName, moreEnv?: Record<string, string>) => Promise<void>;
  /** A token of one persona. */
  token: (persona: string) => Promise<string>;
  /** Drains and stops everything that was started, services first. */
  stop: () => Promise<void>;
}

/** Starts the platform on compiled code and resolves when every service is ready. What fails is a Problem, and nothing is left running. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { portBase, dataDir, say } = options;
  const names: ProcessName[] = ['identity-provider', ...serviceNames];
  const runDir = join(dataDir, 'run');
  for (const name of names) {
    const ended = await endLeftover(join(runDir, `${name}.pid`), name);
    if (ended) say(ended);
    rmSync(join(runDir, `${name}.log`), { force: true });
  }
  await checkPorts(portBase, names);

  const {
    broker,
    database,
    stop: stopInfrastructure,
  } = await startInfrastructure({
    dataDir,
    say,
    keepDockerVolumes: true,
    ...(options.env && { env: options.env }),
  });
  const urls = Object.fromEntries(
    names.map((name, index) => [name, `http://127.0.0.1:${portBase + index}`]),
  ) as Platform['urls'];
  const keys = await loadKeys(dataDir);
  const envOf = (name: ProcessName): Record<string, string> =>
    name === 'identity-provider'
      ? { DATA_DIR: dataDir, ISSUER: urls[name] }
      : {
          MONGODB_URL: databaseUrl(database.mongodbUrl, name),
          AMQP_URL: broker.amqpUrl,
          OIDC_ISSUER: urls['identity-provider'],
          SHUTDOWN_GRACE_MS: String(SHUTDOWN_GRACE_MS),
          ...secretsFor(name, keys),
          ...options.serviceEnv,
        };
  const processes = Object.fromEntries(
    names.map((name) => [name, programOf(name, { ...envOf(name), PORT: new URL(urls[name]).port }, runDir)]),
  ) as Platform['processes'];

  const start = async (name: ProcessName, moreEnv?: Record<string, string>) => {
    const process = processes[name];
    const began = Date.now();
    await process.start(moreEnv);
    const path = name === 'identity-provider' ? '/.well-known/openid-configuration' : '/health/ready';
    await until(() => answersOk(`${urls[name]}${path}`), {
      withinMs: READY_WITHIN_MS,
      what: `${name} is ready at ${urls[name]}`,
      hopeless: process.whyNot,
      ...(options.signal && { signal: options.signal }),
    });
    say(`${name}: ready in ${((Date.now() - began) / 1000).toFixed(1)} s at ${urls[name]} (pid ${process.pid})`);
  };
  const stop = async () => {
    await Promise.all(
      serviceNames.map(async (name) => {
        const drained = await processes[name].stop(SHUTDOWN_GRACE_MS + 5_000);
        if (!drained) say(`${name} did not drain within ${SHUTDOWN_GRACE_MS / 1000 + 5} s and was killed`);
      }),
    );
    await processes['identity-provider'].stop(5_000);
    await stopInfrastructure();
  };

  const starts = await Promise.allSettled(options.signal?.aborted ? [] : names.map((name) => start(name)));
  const failures = starts.flatMap((outcome) => (outcome.status === 'rejected' ? [messageOf(outcome.reason)] : []));
  if (options.signal?.aborted || failures.length > 0) {
    await stop();
    throw new Problem(options.signal?.aborted ? 'Stopped before it was ready.' : failures.join('\n'));
  }
  return {
    broker,
    database,
    processes,
    urls,
    restart: async (name, moreEnv) => {
      await processes[name].stop(SHUTDOWN_GRACE_MS + 5_000);
      await start(name, moreEnv);
    },
    token: (persona) => tokenFor(persona, urls['identity-provider']),
    stop,
  };
}

async function checkPorts(portBase: number, names: ProcessName[]): Promise<void> {
  const free = await Promise.all(names.map((_, index) => isFree(portBase + index)));
  const busy = names.flatMap((name, index) => (free[index] ? [] : [`${portBase + index} (${name})`]));
  if (busy.length === 0) return;
  throw new Problem(
    `${busy.length === 1 ? 'Port' : 'Ports'} ${busy.join(', ')} ${busy.length === 1 ? 'is' : 'are'} taken by another program. Stop it, or choose other ports with --port-base.`,
  );
}

function programOf(name: ProcessName, env: Record<string, string>, runDir: string): ManagedProcess {
  const program =
    name === 'identity-provider' ? 'tools/platform/dist/identity-provider/main.js' : `services/${name}/dist/main.js`;
  // The services get what they are given here, not what happens to be set in the terminal.
  const inherited = ['PATH', 'HOME', 'LANG', 'LOG_LEVEL'].flatMap((key) => {
    const value = process.env[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return new ManagedProcess({
    name,
    command: process.execPath,
    args: ['--enable-source-maps', ...heapFlagsOf(name), join(repositoryRoot, program)],
    env: { ...Object.fromEntries(inherited), ...env },
    cwd: repositoryRoot,
    runDir,
  });
}

async function answersOk(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.arrayBuffer();
  if (!response.ok) throw new Problem(`it answered ${response.status}`);
}
