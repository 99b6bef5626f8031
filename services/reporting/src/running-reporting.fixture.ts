import { randomUUID } from 'node:crypto';
import amqp, { type ConfirmChannel } from 'amqplib';
import mongoose from 'mongoose';
import type { Role } from '@throughline/shared/auth';
import {
  CLOUD_EVENT_MEDIA_TYPE,
  readCloudEvent,
  ReplayRequested,
  routingKeyOf,
  sequenceOf,
  toCloudEvent,
  type CloudEvent,
  type EventDefinition,
} from '@throughline/shared/contracts';
import { EVENTS_EXCHANGE } from '@throughline/shared/messaging';
import {
  eventually,
  startTestService,
  testInfrastructure,
  testIssuer,
  type TestService,
} from '@throughline/shared/testing';
import { ReportingService } from './reporting.module.js';

const COLLECTIONS = ['journeys', 'agencies', 'cases', 'linkages', 'services'] as const;

/** The services that own the streams, as far as reporting can tell: what they published, and what they send again. */
async function startSources(amqpUrl: string) {
  const broker = await amqp.connect(amqpUrl);
  const channel: ConfirmChannel = await broker.createConfirmChannel();
  const log: CloudEvent[] = [];
  const requests: string[] = [];
  let silent = false;

  const send = (exchange: string, routingKey: string, content: Buffer): Promise<void> =>
    new Promise((resolve, reject) =>
      channel.publish(
        exchange,
        routingKey,
        content,
        { persistent: true, contentType: CLOUD_EVENT_MEDIA_TYPE },
        (error: unknown) => (error ? reject(error as Error) : resolve()),
      ),
    );
  const bytes = (event: CloudEvent): Buffer => Buffer.from(JSON.stringify(event));

  const serve = async (content: Buffer): Promise<void> => {
    const event = readCloudEvent(content);
    const { source, queue, subject, fromSequence } = ReplayRequested.read(event.data);
    if (subject === undefined) requests.push(source);
    if (silent) return;
    const streams = log
      .filter((entry) => entry.source === source && (subject === undefined || entry.subject === subject))
      .filter((entry) => sequenceOf(entry) >= fromSequence)
      .sort((a, b) => (a.subject < b.subject ? -1 : 1));
    await Promise.all(streams.map((entry) => send('', queue, bytes(entry))));
  };
  const serving = new Set<Promise<void>>();
  await channel.assertExchange(EVENTS_EXCHANGE, 'topic', { durable: true });
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, EVENTS_EXCHANGE, 'replay.#');
  await channel.consume(
    queue,
    (message) => {
      if (!message) return;
      const served = serve(message.content).finally(() => serving.delete(served));
      serving.add(served);
    },
    { noAck: true },
  );

  return {
    /** Queues are declared one after the other, that of the replays last: once it has its consumers, all are bound. */
    consumersOf: async (subscriber: string): Promise<number> => {
      const probe = await broker.createChannel();
      probe.on('error', () => undefined); // there is no such queue yet
      const { consumerCount } = await probe.checkQueue(subscriber);
      await probe.close();
      return consumerCount;
    },
    /** The sources that were asked for all of their events, in that order; a repair of one stream is not among them. */
    requests,
    log,
    /** From now on no request for replay is served. */
    keepSilent: (value: boolean) => {
      silent = value;
    },
    /** Records an event as the next of its stream; it is in the log of its source from now on. */
    record: (source: string, subject: string, type: string, data: unknown): CloudEvent => {
      const seq = log.filter((entry) => entry.source === source && entry.subject === subject).length + 1;
      const event = toCloudEvent(source, subject, { seq, id: randomUUID(), type, time: new Date(), data });
      log.push(event);
      return event;
    },
    publish: (event: CloudEvent): Promise<void> => send(EVENTS_EXCHANGE, routingKeyOf(event) ?? '', bytes(event)),
    publishRaw: (routingKey: string, content: string): Promise<void> =>
      send(EVENTS_EXCHANGE, routingKey, Buffer.from(content)),
    close: async () => {
      await Promise.all(serving);
      await channel.close();
      await broker.close();
    },
  };
}

/** The service on real infrastructure, as many replicas as asked for, with the sources of its events. */
export async function startReporting({ replicas = 1, env = {} }: { replicas?: number; env?: object } = {}) {
  const infrastructure = await testInfrastructure();
  const names = {
    database: new URL(infrastructure.mongodbUrl).pathname.slice(1),
    vhost: decodeURIComponent(new URL(infrastructure.amqpUrl).pathname.slice(1)),
  };
  const issuer = await testIssuer();
  const services: TestService[] = [];
  for (let replica = 0; replica < replicas; replica += 1)
    services.push(
      await startTestService(ReportingService, {
        ...names,
        env: { ...issuer.env, RETRY_RUNGS_MS: '200,500,1000', REBUILD_SETTLE_MS: '300', ...env },
      }),
    );
  const [service] = services as [TestService];
  const sources = await startSources(infrastructure.amqpUrl);
  const database = await mongoose.createConnection(infrastructure.mongodbUrl).asPromise();
  const token = (role: Role): Promise<string> => issuer.token({ sub: `persona:${role}`, roles: [role] });
  const tokens = { admin: await token('admin'), analyst: await token('analyst') };
  await eventually(
    async () => {
      for (const { request } of services) expect((await request('GET', '/health/ready')).status).toBe(200);
      expect(await sources.consumersOf('reporting.replays')).toBe(replicas);
    },
    { describe: 'reporting is ready', deadlineMs: 20_000 },
  );

  /** The records of the generation in use by collection and id, without what distinguishes two generations. */
  const projections = async (): Promise<Record<string, Record<string, unknown>>> => {
    const generations = (await database.collection('generations').findOne({})) as { state: { active: number } } | null;
    const active = generations?.state.active ?? 1;
    const all: Record<string, Record<string, unknown>> = {};
    for (const name of COLLECTIONS) {
      const found = await database.collection(name).find({ 'state.generation': active }).toArray();
      all[name] = Object.fromEntries(
        found.map(({ _id, version, applied, state: { generation: _generation, ...state } }) => [
          String(_id).slice(String(_id).indexOf(':') + 1),
          { version: version as number, applied: applied as object, state: state as object },
        ]),
      );
    }
    return all;
  };

  /** Waits until every stream has been applied to its end. */
  const caughtUp = async (describe: string): Promise<void> => {
    const ends = new Map(sources.log.map(({ subject, sequence }) => [subject, Number(sequence)]));
    await eventually(
      async () => {
        const records = Object.values(await projections()).flatMap((one) => Object.entries(one));
        const versions = records.map(([subject, record]) => [subject, (record as { version: number }).version]);
        expect(Object.fromEntries(versions)).toEqual(Object.fromEntries(ends));
      },
      { describe, deadlineMs: 20_000 },
    );
  };

  return {
    services,
    request: service.request,
    token,
    tokens,
    sources,
    database,
    projections,
    caughtUp,
    collections: COLLECTIONS,
    /** Records an event and publishes it, as the relay of its source would. */
    happen: async <Data>(source: string, subject: string, { routingKey }: EventDefinition<Data>, data: Data) => {
      const event = sources.record(source, subject, routingKey, data);
      await sources.publish(event);
      return event;
    },
    beginRebuild: (key: string = randomUUID(), as = tokens.admin) =>
      service.request<{ id: string; state: string }>('POST', '/v1/rebuilds', {
        token: as,
        headers: { 'idempotency-key': key },
      }),
    rebuild: async (id: string) =>
      (
        await service.request<{
          state: string;
          progress: { name: string; before: { records: number }; rebuilt: { records: number } }[];
        }>('GET', `/v1/rebuilds/${id}`, { token: tokens.admin })
      ).body,
    close: async () => {
      await sources.close();
      await database.close();
      await Promise.all(services.map((one) => one.close()));
      await issuer.close();
      await infrastructure.remove();
    },
  };
}

export type RunningReporting = Awaited<ReturnType<typeof startReporting>>;
