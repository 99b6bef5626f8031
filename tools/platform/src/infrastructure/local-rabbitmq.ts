import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../problem.js';
import { brokerAnswers, managementAnswers } from './broker-answers.js';
import { until } from './deadline.js';
import { ManagedProcess, endLeftover } from './managed-process.js';
import { freePorts, isFree } from './ports.js';
import { findProgram } from './program.js';
import { remember, remembered } from './remembered.js';
import type { Broker } from './running.js';
import { canEnter, giveTo, runsAsRoot, type SystemUser, systemUser } from './system-user.js';

interface Settings {
  amqp: number;
  management: number;
  distribution: number;
  epmd: number;
  password: string;
}

const ACCOUNT = 'throughline';
const READY_WITHIN_MS = 60_000;

/** The server's start script. Debian's own wrapper on PATH refuses ordinary users, so the script beneath it comes first. */
export const findRabbitmqServer = (): string | undefined =>
  findProgram(
    '/usr/lib/rabbitmq/bin/rabbitmq-server',
    'rabbitmq-server',
    '/opt/homebrew/sbin/rabbitmq-server',
    '/usr/local/sbin/rabbitmq-server',
  );

/**
 * Starts a node of our own from the RabbitMQ that is installed here: own ports, data folder, account and
 * name service (epmd), on the loopback interface alone. A system broker beside it is not touched.
 * The management API is on, because tests make virtual hosts through it.
 */
export async function startLocalRabbitmq(
  program: string,
  dataDir: string,
  say: (line: string) => void,
): Promise<Broker> {
  const epmdProgram = findProgram('epmd', '/usr/bin/epmd', '/usr/lib/erlang/bin/epmd', '/opt/homebrew/bin/epmd');
  if (!epmdProgram) throw new Problem(`${program} is installed but Erlang's epmd is not on PATH. Put it there.`);
  const folder = join(dataDir, 'rabbitmq');
  const runDir = join(dataDir, 'run');
  for (const name of ['mnesia', 'log', 'home', 'conf']) mkdirSync(join(folder, name), { recursive: true });
  for (const name of ['rabbitmq', 'epmd']) {
    const ended = await endLeftover(join(runDir, `${name}.pid`), name);
    if (ended) say(ended);
  }

  const settings = await settingsOf(join(dataDir, 'rabbitmq.json'), say);
  writeConfiguration(folder, settings);
  const user = accountFor(folder, dataDir, say);
  const env = environmentOf(folder, settings);
  // epmd runs in the foreground as a child of ours: left to itself it becomes a daemon that nobody ends.
  const epmd = new ManagedProcess({
    name: 'epmd',
    command: epmdProgram,
    args: ['-port', String(settings.epmd), '-address', '127.0.0.1'],
    env,
    cwd: '/',
    user,
    runDir,
  });
  const node = new ManagedProcess({ name: 'rabbitmq', command: program, args: [], env, cwd: '/', user, runDir });
  const amqpUrl = `amqp://${ACCOUNT}:${settings.password}@127.0.0.1:${settings.amqp}`;
  const managementUrl = `http://${ACCOUNT}:${settings.password}@127.0.0.1:${settings.management}`;

  const start = async () => {
    if (!epmd.running) await epmd.start();
    await node.start();
    const what = `RabbitMQ answers on port ${settings.amqp}`;
    await until(() => brokerAnswers(amqpUrl), { withinMs: READY_WITHIN_MS, what, hopeless: node.whyNot });
    await until(() => managementAnswers(managementUrl), {
      withinMs: READY_WITHIN_MS,
      what: `RabbitMQ's management API answers on port ${settings.management}`,
      hopeless: node.whyNot,
    });
  };
  const stop = async () => {
    await node.stop();
    await epmd.stop(2_000);
  };
  await start().catch(async (thrown: unknown) => {
    await stop();
    throw thrown;
  });
  return {
    source: 'program',
    description: `RabbitMQ from ${program}, a private node on 127.0.0.1:${settings.amqp}${user ? ` as user ${user.name}` : ''}`,
    amqpUrl,
    managementUrl,
    stop,
    kill: () => node.kill(),
    restart: async () => {
      await node.stop();
      await start();
    },
    pause: async () => node.pause(),
    resume: async () => node.resume(),
    ended: node.ended,
  };
}

async function settingsOf(file: string, say: (line: string) => void): Promise<Settings> {
  const make = async (): Promise<Settings> => {
    const [amqp, management, distribution, epmd] = (await freePorts(4)) as [number, number, number, number];
    return { amqp, management, distribution, epmd, password: randomBytes(18).toString('base64url') };
  };
  const settings = await remembered(file, make);
  const { amqp, management, distribution, epmd, password } = settings;
  const free = await Promise.all([amqp, management, distribution, epmd].map(isFree));
  if (free.every(Boolean)) return settings;
  say('a port that RabbitMQ used last time is taken by another program; it gets new ports');
  // The account was made with the data and stays; only the ports may change.
  const moved = { ...(await make()), password };
  remember(file, moved);
  return moved;
}

function writeConfiguration(folder: string, { amqp, management, password }: Settings): void {
  const file = join(folder, 'conf', 'rabbitmq.conf');
  const lines = [
    `listeners.tcp.1 = 127.0.0.1:${amqp}`,
    'management.tcp.ip = 127.0.0.1',
    `management.tcp.port = ${management}`,
    `default_user = ${ACCOUNT}`,
    `default_pass = ${password}`,
    'log.file.level = warning',
    'disk_free_limit.absolute = 50MB',
    // The default write-ahead log grows to 512 MB before it is rolled: too much for a laptop's test run.
    'raft.wal_max_size_bytes = 67108864',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  writeFileSync(join(folder, 'conf', 'enabled_plugins'), '[rabbitmq_management].\n');
}

/** The account of the broker: the package's own user when root starts it, else (undefined) whoever we are. */
function accountFor(folder: string, dataDir: string, say: (line: string) => void): SystemUser | undefined {
  const user = runsAsRoot() ? systemUser('rabbitmq') : undefined;
  if (!user) return undefined;
  giveTo(user, folder);
  if (canEnter(user, folder, dataDir)) return user;
  say(`user rabbitmq cannot enter ${folder}, a folder above it is private: RabbitMQ runs as root`);
  return undefined;
}

function environmentOf(folder: string, { distribution, epmd, amqp }: Settings): NodeJS.ProcessEnv {
  const conf = join(folder, 'conf');
  return {
    PATH: process.env['PATH'],
    LANG: 'C.UTF-8',
    HOME: join(folder, 'home'),
    RABBITMQ_NODENAME: 'throughline@localhost',
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(amqp),
    RABBITMQ_DIST_PORT: String(distribution),
    ERL_EPMD_PORT: String(epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(conf, 'enabled_plugins'),
    RABBITMQ_CONFIG_FILE: join(conf, 'rabbitmq.conf'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(conf, 'generated'),
    RABBITMQ_PID_FILE: join(folder, 'node.pid'),
    // The machine's own settings belong to its system broker.
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    // Makes the start script become the Erlang process instead of waiting for it in a shell:
    // the pid that we hold is then the broker's, which drains on SIGTERM by itself.
    RUNNING_UNDER_SYSTEMD: 'true',
  };
}
