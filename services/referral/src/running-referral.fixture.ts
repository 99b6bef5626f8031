import { randomBytes, randomUUID } from 'node:crypto';
import amqp, { type ChannelModel } from 'amqplib';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import mongoose, { type Connection } from 'mongoose';
import type { Role } from '@throughline/shared/auth';
import {
  CLOUD_EVENT_MEDIA_TYPE,
  readCloudEvent,
  routingKeyOf,
  sequenceOf,
  toCloudEvent,
  type CloudEvent,
  type EventDefinition,
} from '@throughline/shared/contracts';
import type { Problem } from '@throughline/shared/http';
import { EVENTS_EXCHANGE } from '@throughline/shared/messaging';
import {
  eventually,
  startTestService,
  testIssuer,
  type RequestOptions,
  type TestResponse,
  type TestService,
} from '@throughline/shared/testing';
import { referralService } from './referral.module.js';

export const AGENCY = 'santa-fe-pd';
const ZONE = 'America/Denver';

/** A referral that meets every criterion; change what the test is about. */
export const referralBody = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  source: 'law-enforcement',
  pathway: 'arrest-diversion',
  incidentNumber: '26-000417',
  occurredAt: new Date(Date.now() - 3_600_000).toISOString(),
  district: 'downtown',
  place: 'Cerrillos Road, by the bus stop',
  person: { givenName: 'Marisol', familyName: 'Quintanilla', birthDate: '1991-07-04', aliases: ['Mari'] },
  offenses: [{ nibrs: '35A', statute: '30-31-23' }],
  substances: [{ kind: 'heroin', grams: 0.4 }],
  basisOfBelief: 'direct-observation',
  personAgrees: true,
  facts: {
    dealingBeyondSubsistence: false,
    exploitsMinors: false,
    promotesProstitution: false,
    disqualifyingHistory: false,
  },
  ...changes,
});

export interface ProblemOf extends Problem {
  state?: string;
  allowed?: string[];
  overridable?: string[];
  required?: string[];
}

/** The service on real infrastructure, with one agency, its officers, and an ear on the exchange. */
export async function startReferral() {
  const issuer = await testIssuer();
  const { privateKey, publicKey } = await generateKeyPair('ECDH-ES+A256KW', { crv: 'P-256', extractable: true });
  const keyEncryptionKey = randomBytes(32).toString('base64');
  const env: Record<string, string> = {
    ...issuer.env,
    CASE_MANAGEMENT_PUBLIC_KEY: JSON.stringify(await exportJWK(publicKey)),
    FIELD_ENCRYPTION_KEY: keyEncryptionKey,
    BLIND_INDEX_KEY: randomBytes(32).toString('base64'),
  };
  const service = await startTestService(referralService, { env });
  const whenReady = async (started: TestService): Promise<TestService> => {
    const ready = async () => (await started.request('GET', '/health/ready')).body;
    await eventually(async () => expect(await ready()).toMatchObject({ status: 'ready' }), {
      describe: 'the service is ready',
    });
    return started;
  };
  await whenReady(service);

  const broker: ChannelModel = await amqp.connect(service.amqpUrl);
  const channel = await broker.createConfirmChannel();
  const events: CloudEvent[] = [];
  await eventually(() => channel.checkExchange(EVENTS_EXCHANGE), { describe: 'the exchange is declared' });
  const { queue } = await channel.assertQueue('', { exclusive: true });
  for (const noun of ['referral', 'agency', 'officer', 'ruleset'])
    await channel.bindQueue(queue, EVENTS_EXCHANGE, `${noun}.#`);
  await channel.consume(queue, (message) => message && events.push(readCloudEvent(message.content)), { noAck: true });
  const database: Connection = await mongoose.createConnection(service.mongodbUrl).asPromise();

  const token = (role: Role, claims: Record<string, unknown> = {}): Promise<string> =>
    issuer.token({ sub: `persona:${role}`, roles: [role], agency: AGENCY, ...claims });
  const tokens = {
    admin: await token('admin', { agency: undefined }),
    supervisor: await token('supervisor'),
    officer: await token('officer'),
    officer2: await token('officer', { sub: 'persona:officer-2' }),
    prosecutor: await token('prosecutor', { agency: undefined }),
    coordinator: await token('coordinator', { agency: undefined }),
    analyst: await token('analyst', { agency: undefined }),
  };

  /** A POST under a new idempotency key, unless one is given in the headers. */
  const post = <Body = ProblemOf>(
    path: string,
    as: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<TestResponse<Body>> =>
    service.request<Body>('POST', path, { token: as, body, headers: { 'idempotency-key': randomUUID(), ...headers } });
  const get = <Body = ProblemOf>(path: string, as: string, options: RequestOptions = {}) =>
    service.request<Body>('GET', path, { ...options, token: as });

  expect((await post('/v1/agencies', tokens.admin, { id: AGENCY, name: 'Santa Fe PD', timeZone: ZONE })).status).toBe(
    201,
  );
  for (const officerId of ['persona:officer', 'persona:officer-2']) {
    const enrolment = { officerId, activeFrom: '2020-01-01T00:00:00Z' };
    expect((await post(`/v1/agencies/${AGENCY}/officers`, tokens.admin, enrolment)).status).toBe(201);
  }

  return {
    ...service,
    issuer,
    env,
    token,
    tokens,
    post,
    get,
    database,
    channel,
    privateKey: (await exportJWK(privateKey)) as JWK,
    keyEncryptionKey,
    /** Another replica, on the same database and broker; to be closed by whoever starts it. */
    startReplica: async (changes: Record<string, string> = {}): Promise<TestService> =>
      whenReady(
        await startTestService(referralService, {
          env: { ...env, ...changes },
          database: new URL(service.mongodbUrl).pathname.slice(1),
          vhost: decodeURIComponent(new URL(service.amqpUrl).pathname.slice(1)),
        }),
      ),
    /** Enters a referral as the first officer and answers its id. */
    submit: async (changes: Record<string, unknown> = {}): Promise<string> => {
      const { status, body } = await post<{ id: string }>('/v1/referrals', tokens.officer, referralBody(changes));
      expect({ status, body }).toMatchObject({ status: 201 });
      return body.id;
    },
    /** Decides as the prosecutor on the version that is there. */
    decide: async (id: string, decision: Record<string, unknown>, headers: Record<string, string> = {}) => {
      const read = await get(`/v1/referrals/${id}`, tokens.prosecutor);
      expect({ status: read.status, text: read.text }).toMatchObject({ status: 200 });
      return post(`/v1/referrals/${id}/decision`, tokens.prosecutor, decision, {
        'if-match': read.headers.get('etag') ?? '',
        ...headers,
      });
    },
    /** The events of a stream so far, in its order, as the broker delivered them. */
    eventsOf: (subject: string): { type: string; seq: number; data: Record<string, unknown> }[] =>
      events
        .filter((event) => event.subject === subject)
        .map((event) => ({
          type: routingKeyOf(event) ?? '',
          seq: sequenceOf(event),
          data: event.data as Record<string, unknown>,
        }))
        .sort((a, b) => a.seq - b.seq),
    allEvents: () => events,
    /** What a further replica of this service needs, besides a port. */
    environment: { ...env, MONGODB_URL: service.mongodbUrl, AMQP_URL: service.amqpUrl },
    /** Publishes an event of case management, as its relay would. */
    publishCaseEvent: async <Data>(definition: EventDefinition<Data>, caseId: string, seq: number, data: Data) => {
      const recorded = { seq, id: randomUUID(), type: definition.routingKey, time: new Date(), data };
      const event = toCloudEvent('/case-management', caseId, recorded);
      await new Promise<void>((resolve, reject) =>
        channel.publish(
          EVENTS_EXCHANGE,
          definition.routingKey,
          Buffer.from(JSON.stringify(event)),
          { persistent: true, contentType: CLOUD_EVENT_MEDIA_TYPE },
          (error: unknown) => (error ? reject(error as Error) : resolve()),
        ),
      );
    },
    close: async () => {
      await channel.close();
      await broker.close();
      await database.close();
      await service.close();
      await issuer.close();
    },
  };
}

export type RunningReferral = Awaited<ReturnType<typeof startReferral>>;
