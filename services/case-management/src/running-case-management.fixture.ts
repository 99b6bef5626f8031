import { randomBytes, randomUUID } from 'node:crypto';
import {
  CLOUD_EVENT_MEDIA_TYPE,
  readCloudEvent,
  ReferralAccepted,
  ReferralSubmitted,
  routingKeyOf,
  sequenceOf,
  ServicePublished,
  toCloudEvent,
  type CloudEvent,
  type DataOf,
  type EventDefinition,
} from '@throughline/shared/contracts';
import { sealFor, type Role } from '@throughline/shared/auth';
import type { Problem } from '@throughline/shared/http';
import { EVENTS_EXCHANGE } from '@throughline/shared/messaging';
import { eventually, startTestService, testIssuer, type TestResponse } from '@throughline/shared/testing';
import amqp from 'amqplib';
import { exportJWK, generateKeyPair } from 'jose';
import mongoose from 'mongoose';
import { CaseManagementService } from './case-management.module.js';
import { caseIdOf } from './cases/referrals.consumer.js';

export const PERSON = { givenName: 'Marisol', familyName: 'Quintanilla', birthDate: '1991-07-04', aliases: ['Mari'] };
export const ORGANIZATION = 'organization-1';
export const MANAGER = 'persona:case-manager';

export interface ProblemOf extends Problem {
  state?: string;
  allowed?: string[];
  outcomes?: string[];
  caseload?: { count: number; limit: number };
}

/** A problem without what differs between any two: what a reader could tell two refusals apart by. */
export function essence({ status, body }: { status: number; body: object }): object {
  const { instance: _path, correlationId: _trace, ...rest } = body as Record<string, unknown>;
  return { status, ...rest };
}

/** An event of another service, as its relay would publish it. */
export interface ForeignEvent {
  definition: EventDefinition;
  subject: string;
  seq: number;
  data: unknown;
}

const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

/** The service on real infrastructure, the persons who use it, and the services around it as far as it hears of them. */
export async function startCaseManagement() {
  const issuer = await testIssuer();
  const keys = await generateKeyPair('ECDH-ES+A256KW', { crv: 'P-256', extractable: true });
  const publicKey = await exportJWK(keys.publicKey);
  const service = await startTestService(CaseManagementService, {
    env: {
      ...issuer.env,
      SEALING_PRIVATE_KEY: JSON.stringify(await exportJWK(keys.privateKey)),
      FIELD_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    },
  });
  await eventually(
    async () => expect((await service.request('GET', '/health/ready')).body).toMatchObject({ status: 'ready' }),
    { describe: 'the service is ready' },
  );

  const broker = await amqp.connect(service.amqpUrl);
  for (const queue of ['case-management.referrals', 'case-management.services'])
    await eventually(
      async () => {
        const probe = await broker.createChannel();
        probe.on('error', () => undefined); // an unknown queue closes the channel
        expect((await probe.checkQueue(queue)).consumerCount).toBe(1);
        await probe.close();
      },
      { describe: `${queue} is consumed` },
    );
  const channel = await broker.createConfirmChannel();
  const events: CloudEvent[] = [];
  const { queue } = await channel.assertQueue('', { exclusive: true });
  for (const noun of ['case', 'linkage', 'consent']) await channel.bindQueue(queue, EVENTS_EXCHANGE, `${noun}.#`);
  await channel.consume(queue, (message) => message && events.push(readCloudEvent(message.content)), { noAck: true });
  const database = await mongoose.createConnection(service.mongodbUrl).asPromise();

  const token = (role: Role, sub = `persona:${role}`, claims: Record<string, unknown> = {}): Promise<string> =>
    issuer.token({ sub, roles: [role], ...claims });
  const tokens = {
    officer: await token('officer', undefined, { agency: 'santa-fe-pd' }),
    supervisor: await token('supervisor', undefined, { agency: 'santa-fe-pd' }),
    coordinator: await token('coordinator'),
    manager: await token('case-manager', MANAGER),
    manager2: await token('case-manager', 'persona:case-manager-2'),
    provider: await token('provider', undefined, { organization: ORGANIZATION }),
    provider2: await token('provider', 'persona:provider-2', { organization: 'organization-2' }),
    stray: await token('provider', 'persona:provider-3'),
    admin: await token('admin'),
  };

  const get = <Body = ProblemOf>(path: string, as: string) => service.request<Body>('GET', path, { token: as });
  /** A POST under a new idempotency key, unless one is given in the headers. */
  const post = <Body = ProblemOf>(
    path: string,
    as: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<TestResponse<Body>> =>
    service.request<Body>('POST', path, { token: as, body, headers: { 'idempotency-key': randomUUID(), ...headers } });
  const created = async (path: string, as: string, body: unknown): Promise<string> => {
    const answer = await post<{ id: string }>(path, as, body);
    expect({ status: answer.status, body: answer.body }).toMatchObject({ status: 201 });
    return answer.body.id;
  };

  const publish = ({ definition, subject, seq, data }: ForeignEvent): Promise<void> => {
    const recorded = { seq, id: randomUUID(), type: definition.routingKey, time: new Date(), data };
    const event = toCloudEvent(`/${definition.name.split('.')[0]}`, subject, recorded);
    return new Promise((resolve, reject) =>
      channel.publish(
        EVENTS_EXCHANGE,
        definition.routingKey,
        Buffer.from(JSON.stringify(event)),
        { persistent: true, contentType: CLOUD_EVENT_MEDIA_TYPE },
        (error: unknown) => (error ? reject(error as Error) : resolve()),
      ),
    );
  };
  const submitted = (referralId: string): ForeignEvent => ({
    definition: ReferralSubmitted,
    subject: referralId,
    seq: 1,
    data: { ...(ReferralSubmitted.samples[0] as object), referralId },
  });
  const accepted = async (
    referralId: string,
    changes: Partial<DataOf<typeof ReferralAccepted>> = {},
    person: object = PERSON,
  ): Promise<ForeignEvent> => ({
    definition: ReferralAccepted,
    subject: referralId,
    seq: 2,
    data: {
      referralId,
      pathway: 'arrest-diversion',
      agencyId: 'santa-fe-pd',
      district: 'downtown',
      occurredAt: minutesAgo(60 * 24 * 3),
      decidedAt: minutesAgo(60),
      chargeHoldDueAt: minutesAgo(-60 * 24 * 27),
      sealed: await sealFor(publicKey, person, { context: referralId }),
      ...changes,
    },
  });
  const deadLetters = async (name: string): Promise<number> => {
    const { body } = await get<{ items: { queue: string; deadLetters: number }[] }>(
      '/v1/operations/dead-letters',
      tokens.admin,
    );
    return body.items.find((item) => item.queue === name)?.deadLetters ?? -1;
  };
  /** A case of a referral that has just been accepted; answers the ids of both. */
  const openCase = async (): Promise<{ referralId: string; caseId: string }> => {
    const referralId = randomUUID();
    const caseId = caseIdOf(referralId);
    await publish(submitted(referralId));
    await publish(await accepted(referralId));
    await eventually(async () => expect((await get(`/v1/cases/${caseId}`, tokens.coordinator)).status).toBe(200), {
      describe: 'the case is open',
    });
    return { referralId, caseId };
  };
  const etagOf = async (path: string, as: string): Promise<string> => (await get(path, as)).headers.get('etag') ?? '';
  const assign = async (caseId: string, caseManagerId: string) =>
    post(
      `/v1/cases/${caseId}/assignment`,
      tokens.coordinator,
      { caseManagerId },
      { 'if-match': await etagOf(`/v1/cases/${caseId}`, tokens.coordinator) },
    );

  return {
    ...service,
    issuer,
    token,
    tokens,
    get,
    post,
    created,
    database,
    publish,
    submitted,
    accepted,
    publicKey,
    deadLetters,
    openCase,
    etagOf,
    assign,
    /** A case that the first case manager has. */
    assignedCase: async (): Promise<string> => {
      const { caseId } = await openCase();
      expect((await assign(caseId, MANAGER)).status).toBe(200);
      return caseId;
    },
    /** A service of an organization, as the directory announces it, once it can be found. */
    publishService: async (changes: Partial<DataOf<typeof ServicePublished>> = {}): Promise<string> => {
      const serviceId = randomUUID();
      const data = {
        ...(ServicePublished.samples[0] as DataOf<typeof ServicePublished>),
        organizationId: ORGANIZATION,
        ...changes,
        serviceId,
      };
      await publish({ definition: ServicePublished, subject: serviceId, seq: 1, data });
      await eventually(
        async () =>
          expect(await database.collection('known_services').countDocuments({ _id: serviceId as never })).toBe(1),
        { describe: 'the service is known' },
      );
      return serviceId;
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
    close: async () => {
      await channel.close();
      await broker.close();
      await database.close();
      await service.close();
      await issuer.close();
    },
  };
}

export type RunningCaseManagement = Awaited<ReturnType<typeof startCaseManagement>>;
