import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { GenericContainer, StartedTestContainer } from 'testcontainers';
import { parse } from 'yaml';
import { Problem } from '../problem.js';
import { brokerAnswers, managementAnswers } from './broker-answers.js';
import { databaseAnswers } from './database-answers.js';
import { until } from './deadline.js';
import { freePorts } from './ports.js';
import { remembered } from './remembered.js';
import { repositoryRoot } from './repository.js';
import type { Broker, Database, InfrastructureOptions, Running } from './running.js';

const READY_WITHIN_MS = 120_000;
type DockerOptions = Pick<InfrastructureOptions, 'dataDir' | 'keepDockerVolumes'>;

/**
 * Whether a Docker engine answers, found out silently and within half a second. Asked before Testcontainers is
 * loaded: that takes a second, and its own search is slow and loud where there is no engine.
 */
export async function dockerAnswers(env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const host = env['DOCKER_HOST'];
  const sockets = [
    '/var/run/docker.sock',
    join(homedir(), '.docker/run/docker.sock'),
    ...(env['XDG_RUNTIME_DIR'] ? [join(env['XDG_RUNTIME_DIR'], 'docker.sock')] : []),
  ];
  if (!host)
    return (await Promise.all(sockets.filter(existsSync).map((path) => pings({ socketPath: path })))).includes(true);
  if (host.startsWith('unix://')) return pings({ socketPath: host.slice('unix://'.length) });
  const { hostname, port } = new URL(host);
  return pings({ host: hostname, port });
}

function pings(address: { socketPath: string } | { host: string; port: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const attempt = request({ ...address, path: '/_ping', timeout: 500 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    attempt.on('timeout', () => attempt.destroy());
    attempt.on('error', () => resolve(false));
    attempt.end();
  });
}

/** The image that docker-compose.yml names for one of its services: both ways of starting run the same software. */
export function composeImage(service: string): string {
  const compose = parse(readFileSync(join(repositoryRoot, 'docker-compose.yml'), 'utf8')) as {
    services: Record<string, { image?: string }>;
  };
  const image = compose.services[service]?.image;
  if (!image) throw new Problem(`docker-compose.yml names no image for ${service}.`);
  return image;
}

export async function startDockerRabbitmq(options: DockerOptions): Promise<Broker> {
  const image = composeImage('rabbitmq');
  const { amqp, management, password, volume } = await remembered(
    join(options.dataDir, 'docker-rabbitmq.json'),
    async () => {
      const [amqp, management] = await freePorts(2);
      return {
        amqp: amqp!,
        management: management!,
        password: randomBytes(18).toString('base64url'),
        volume: volumeName(),
      };
    },
  );
  const amqpUrl = `amqp://throughline:${password}@127.0.0.1:${amqp}`;
  const managementUrl = `http://throughline:${password}@127.0.0.1:${management}`;
  const running = await start(
    options,
    image,
    (container) =>
      container
        // The node's name, and with it the folder of its data, derives from the host's name.
        .withHostname('throughline')
        .withEnvironment({ RABBITMQ_DEFAULT_USER: 'throughline', RABBITMQ_DEFAULT_PASS: password })
        .withExposedPorts({ container: 5672, host: amqp }, { container: 15672, host: management }),
    { name: volume, target: '/var/lib/rabbitmq' },
    async () => {
      await brokerAnswers(amqpUrl);
      await managementAnswers(managementUrl);
    },
  );
  return { ...running, description: `RabbitMQ in Docker (${image}) on 127.0.0.1:${amqp}`, amqpUrl, managementUrl };
}

export async function startDockerMongodb(options: DockerOptions): Promise<Database> {
  const image = composeImage('mongodb');
  const { port, volume } = await remembered(join(options.dataDir, 'docker-mongodb.json'), async () => {
    const [port] = await freePorts(1);
    return { port: port!, volume: volumeName() };
  });
  // Without directConnection a driver would follow addresses that only exist inside Docker.
  const mongodbUrl = `mongodb://127.0.0.1:${port}/?directConnection=true`;
  const running = await start(
    options,
    image,
    (container) => container.withExposedPorts({ container: 27017, host: port }),
    { name: volume, target: '/data/db' },
    () => databaseAnswers(mongodbUrl),
  );
  return { ...running, description: `MongoDB in Docker (${image}) on 127.0.0.1:${port}`, mongodbUrl };
}

const volumeName = (): string => `throughline-${randomBytes(6).toString('hex')}`;

async function start(
  { keepDockerVolumes = false }: DockerOptions,
  image: string,
  configure: (container: GenericContainer) => GenericContainer,
  volume: { name: string; target: string },
  answers: () => Promise<void>,
): Promise<Omit<Running, 'description'>> {
  const { GenericContainer, getContainerRuntimeClient, Wait } = await import('testcontainers');
  const ready = () => until(answers, { withinMs: READY_WITHIN_MS, what: `${image} answers` });
  const boot = async (): Promise<StartedTestContainer> => {
    const container = configure(new GenericContainer(image))
      .withBindMounts([{ source: volume.name, target: volume.target }])
      .withWaitStrategy(Wait.forListeningPorts())
      .withStartupTimeout(READY_WITHIN_MS);
    const started = await container.start();
    await ready();
    return started;
  };
  let container: StartedTestContainer | undefined = await boot();
  const { dockerode } = (await getContainerRuntimeClient()).container;
  const handle = () => {
    if (!container) throw new Problem(`${image} was stopped.`);
    return dockerode.getContainer(container.getId());
  };
  return {
    source: 'docker',
    stop: async () => {
      await container?.stop({ timeout: 30_000 });
      container = undefined;
      if (!keepDockerVolumes) await dockerode.getVolume(volume.name).remove();
    },
    kill: async () => handle().kill({ signal: 'SIGKILL' }),
    restart: async () => {
      if (container) await handle().restart({ t: 30 });
      else container = await boot();
      await ready();
    },
    pause: async () => handle().pause(),
    resume: async () => handle().unpause(),
    ended: () => new Promise(() => undefined),
  };
}
