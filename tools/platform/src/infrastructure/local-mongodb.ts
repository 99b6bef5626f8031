import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../problem.js';
import { databaseAnswers } from './database-answers.js';
import { until } from './deadline.js';
import { endLeftover, ManagedProcess } from './managed-process.js';
import { freePorts, isFree } from './ports.js';
import { findProgram } from './program.js';
import { remember, remembered } from './remembered.js';
import { repositoryRoot } from './repository.js';
import type { Database } from './running.js';
import { canEnter, giveTo, runsAsRoot, systemUser } from './system-user.js';

const READY_WITHIN_MS = 30_000;

export const findMongod = (): string | undefined =>
  findProgram('mongod', '/opt/homebrew/bin/mongod', '/usr/local/bin/mongod');

/** Starts a mongod of our own from the MongoDB that is installed here: own port and data folder, loopback alone. */
export async function startLocalMongod(
  program: string,
  dataDir: string,
  say: (line: string) => void,
): Promise<Database> {
  const folder = join(dataDir, 'mongodb');
  mkdirSync(folder, { recursive: true });
  const account = runsAsRoot() ? systemUser('mongodb') : undefined;
  if (account) giveTo(account, folder);
  const user = account && canEnter(account, folder, dataDir) ? account : undefined;
  if (account && !user) say(`user mongodb cannot enter ${folder}, a folder above it is private: mongod runs as root`);
  return startServer(dataDir, say, 'mongodb', (port) => ({
    source: 'program',
    title: `MongoDB from ${program}`,
    command: program,
    args: ['--dbpath', folder, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'],
    user,
  }));
}

/**
 * What it holds lives long and grows slowly. With V8's defaults a heap of some 20 MB beside a young generation of 16 MB is
 * marked without end under writes, a third of all its CPU.
 */
const ENGINE_HEAP = ['--max-semi-space-size=4', '--initial-old-space-size=128'];

/** Starts the embedded engine of this repository, for development and tests only. It must have been built. */
export async function startEmbeddedEngine(dataDir: string, say: (line: string) => void): Promise<Database> {
  const program = join(repositoryRoot, 'tools/embedded-mongo/dist/main.js');
  if (!existsSync(program)) {
    throw new Problem(
      `The embedded engine is not built (${program} is missing). Run "npx tsc -b tools/embedded-mongo".`,
    );
  }
  const folder = join(dataDir, 'embedded-engine');
  mkdirSync(folder, { recursive: true });
  return startServer(dataDir, say, 'embedded-engine', (port) => ({
    source: 'embedded engine',
    title: 'Throughline embedded engine (development and tests only)',
    command: process.execPath,
    args: [...ENGINE_HEAP, '--enable-source-maps', program, '--port', String(port), '--data', folder],
  }));
}

type Server = Pick<ConstructorParameters<typeof ManagedProcess>[0], 'command' | 'args' | 'user'> & {
  source: 'program' | 'embedded engine';
  title: string;
};

async function startServer(
  dataDir: string,
  say: (line: string) => void,
  name: string,
  serverOn: (port: number) => Server,
): Promise<Database> {
  const runDir = join(dataDir, 'run');
  const ended = await endLeftover(join(runDir, `${name}.pid`), name);
  if (ended) say(ended);
  const port = await portOf(join(dataDir, `${name}.json`), name, say);
  const { source, title, ...program } = serverOn(port);
  const server = new ManagedProcess({ name, ...program, env: process.env, runDir });
  const mongodbUrl = `mongodb://127.0.0.1:${port}`;
  const start = async () => {
    await server.start();
    const what = `${name} answers on port ${port}`;
    await until(() => databaseAnswers(mongodbUrl), { withinMs: READY_WITHIN_MS, what, hopeless: server.whyNot });
  };
  await start().catch(async (thrown: unknown) => {
    await server.stop();
    throw thrown;
  });
  return {
    source,
    description: `${title} on 127.0.0.1:${port}${program.user ? ` as user ${program.user.name}` : ''}`,
    mongodbUrl,
    stop: async () => void (await server.stop()),
    kill: () => server.kill(),
    restart: async () => {
      await server.stop();
      await start();
    },
    pause: async () => server.pause(),
    resume: async () => server.resume(),
    ended: server.ended,
  };
}

async function portOf(file: string, name: string, say: (line: string) => void): Promise<number> {
  const { port } = await remembered(file, async () => ({ port: (await freePorts(1))[0]! }));
  if (await isFree(port)) return port;
  say(`port ${port}, which ${name} used last time, is taken by another program; it gets a new one`);
  const [next] = await freePorts(1);
  remember(file, { port: next });
  return next!;
}
