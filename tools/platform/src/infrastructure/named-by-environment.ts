import { messageOf, Problem } from '../problem.js';
import { brokerAnswers } from './broker-answers.js';
import { databaseAnswers } from './database-answers.js';
import { until } from './deadline.js';
import type { Broker, Database, Running } from './running.js';

const ANSWERS_WITHIN_MS = 4_000;

/** The broker that AMQP_URL names. It is somebody else's: it is used, and never stopped, killed or frozen. */
export async function brokerOfEnvironment(env: NodeJS.ProcessEnv): Promise<Broker> {
  const amqpUrl = parsed('AMQP_URL', env['AMQP_URL']!, ['amqp:', 'amqps:']);
  await reached('AMQP_URL', amqpUrl, () => brokerAnswers(amqpUrl.href));
  const managementUrl = env['AMQP_MANAGEMENT_URL']
    ? parsed('AMQP_MANAGEMENT_URL', env['AMQP_MANAGEMENT_URL'], ['http:', 'https:']).href
    : `http://${amqpUrl.username || 'guest'}:${amqpUrl.password || 'guest'}@${amqpUrl.hostname}:15672`;
  return {
    ...foreign('broker', 'AMQP_URL'),
    description: `RabbitMQ at ${amqpUrl.host} (AMQP_URL)`,
    amqpUrl: amqpUrl.href,
    managementUrl,
  };
}

/** The database that MONGODB_URL names. It is somebody else's: it is used, and never stopped, killed or frozen. */
export async function databaseOfEnvironment(env: NodeJS.ProcessEnv): Promise<Database> {
  const mongodbUrl = env['MONGODB_URL']!;
  if (!/^mongodb(\+srv)?:\/\//.test(mongodbUrl)) {
    throw new Problem('MONGODB_URL must start with mongodb:// or mongodb+srv://. Correct it, or leave it unset.');
  }
  const hosts = /^mongodb(?:\+srv)?:\/\/(?:[^@/]*@)?([^/?]+)/.exec(mongodbUrl)?.[1] ?? 'an unnamed host';
  await reached('MONGODB_URL', { host: hosts }, () => databaseAnswers(mongodbUrl));
  return { ...foreign('database', 'MONGODB_URL'), description: `MongoDB at ${hosts} (MONGODB_URL)`, mongodbUrl };
}

function parsed(variable: string, value: string, protocols: string[]): URL {
  if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol)) {
    throw new Problem(
      `${variable} is not an address that starts with ${protocols.join('// or ')}//. Correct it, or leave it unset.`,
    );
  }
  return new URL(value);
}

async function reached(variable: string, { host }: { host: string }, answers: () => Promise<void>): Promise<void> {
  try {
    await until(answers, { withinMs: ANSWERS_WITHIN_MS, what: `${host} answers` });
  } catch (thrown) {
    throw new Problem(
      `${variable} names ${host}, which does not answer. Start it or correct ${variable}; unset, the platform starts one itself. ${messageOf(thrown)}`,
    );
  }
}

function foreign(piece: string, variable: string): Omit<Running, 'description'> {
  const refuse = async () => {
    throw new Problem(`The ${piece} comes from ${variable} and belongs to somebody else: it is not stopped from here.`);
  };
  return {
    source: 'environment',
    stop: async () => undefined,
    kill: refuse,
    restart: refuse,
    pause: refuse,
    resume: refuse,
    ended: () => new Promise(() => undefined),
  };
}
