import { mkdirSync } from 'node:fs';
import { messageOf, Problem } from '../problem.js';
import { canInstallRabbitmq, installRabbitmq, WAYS_TO_A_BROKER } from './apt-rabbitmq.js';
import { dockerAnswers, startDockerMongodb, startDockerRabbitmq } from './docker.js';
import { findMongod, startEmbeddedEngine, startLocalMongod } from './local-mongodb.js';
import { findRabbitmqServer, startLocalRabbitmq } from './local-rabbitmq.js';
import { brokerOfEnvironment, databaseOfEnvironment } from './named-by-environment.js';
import type { Broker, Database, InfrastructureOptions } from './running.js';

/**
 * A message broker: the one that AMQP_URL names, else RabbitMQ in Docker, else the RabbitMQ of this machine as a
 * private node, which on Debian and Ubuntu is installed first where it is missing and we are root.
 * Says which it took; where none can be had, throws a Problem with the three ways out.
 */
export async function startBroker(options: InfrastructureOptions): Promise<Broker> {
  const { env = process.env, dataDir, say } = options;
  if (env['AMQP_URL']) return took('broker', say, await brokerOfEnvironment(env));
  mkdirSync(dataDir, { recursive: true });
  const inDocker = await fromDocker(options, startDockerRabbitmq);
  if (inDocker) return took('broker', say, inDocker);
  const program = findRabbitmqServer() ?? (canInstallRabbitmq() ? installRabbitmq(say) : undefined);
  if (!program) throw new Problem(WAYS_TO_A_BROKER);
  return took('broker', say, await startLocalRabbitmq(program, dataDir, say));
}

/**
 * A database: the one that MONGODB_URL names, else MongoDB in Docker, else the mongod of this machine, else the
 * embedded engine of this repository. Says which it took.
 */
export async function startDatabase(options: InfrastructureOptions): Promise<Database> {
  const { env = process.env, dataDir, say } = options;
  if (env['MONGODB_URL']) return took('database', say, await databaseOfEnvironment(env));
  mkdirSync(dataDir, { recursive: true });
  const inDocker = await fromDocker(options, startDockerMongodb);
  if (inDocker) return took('database', say, inDocker);
  const mongod = findMongod();
  return took(
    'database',
    say,
    mongod ? await startLocalMongod(mongod, dataDir, say) : await startEmbeddedEngine(dataDir, say),
  );
}

/** Both at once. When one cannot be had, the other is stopped again. */
export async function startInfrastructure(
  options: InfrastructureOptions,
): Promise<{ broker: Broker; database: Database; stop: () => Promise<void> }> {
  const [broker, database] = await Promise.allSettled([startBroker(options), startDatabase(options)]);
  if (broker.status === 'fulfilled' && database.status === 'fulfilled') {
    const stop = async () => void (await Promise.all([broker.value.stop(), database.value.stop()]));
    return { broker: broker.value, database: database.value, stop };
  }
  const reasons = [];
  for (const outcome of [broker, database]) {
    if (outcome.status === 'fulfilled') await outcome.value.stop();
    else reasons.push(outcome.reason);
  }
  throw new Problem(reasons.map(messageOfLines).join('\n'));
}

async function fromDocker<T>(
  options: InfrastructureOptions,
  start: (options: InfrastructureOptions) => Promise<T>,
): Promise<T | undefined> {
  const { env = process.env, say } = options;
  if (!(await dockerAnswers({ ...process.env, ...env }))) return undefined;
  try {
    return await start(options);
  } catch (thrown) {
    say(`Docker answers, but could not start it (${messageOf(thrown)}); looking on this machine`);
    return undefined;
  }
}

function took<T extends Broker | Database>(piece: string, say: (line: string) => void, running: T): T {
  say(`${piece}: ${running.description}`);
  return running;
}

const messageOfLines = (thrown: unknown): string => (thrown instanceof Problem ? thrown.message : messageOf(thrown));
