import { connect } from 'amqplib';
import { readCloudEvent, type CloudEvent } from '@throughline/shared/contracts';
import {
  eventually,
  startTestService,
  testIssuer,
  type TestClaims,
  type TestService,
} from '@throughline/shared/testing';
import type { DatasetName } from './imports/datasets.js';
import type { ImportResponse } from './imports/imports.schemas.js';
import { servicesDirectory } from './services-directory.module.js';

/** A directory of its own for one test file, with a token of a coordinator. */
export interface TestDirectory extends TestService {
  tokenFor: (...roles: Parameters<typeof rolesOf>) => Promise<string>;
  /** A token of anybody, for example of a provider of one organization. */
  token: (claims: TestClaims) => Promise<string>;
  /** Imports a dataset under an idempotency key and answers the response. */
  import: (dataset: DatasetName, key: string, dryRun?: boolean) => Promise<{ status: number; body: ImportResponse }>;
}

const rolesOf = (...roles: ('admin' | 'coordinator' | 'officer' | 'provider' | 'case-manager')[]) => roles;

export async function startDirectory(): Promise<TestDirectory> {
  const issuer = await testIssuer();
  const service = await startTestService(servicesDirectory, { env: issuer.env });
  await eventually(
    async () => {
      const { status, text } = await service.request('GET', '/health/ready');
      if (status !== 200) throw new Error(text);
    },
    { describe: 'the directory is ready', deadlineMs: 20_000 },
  );
  const tokenFor: TestDirectory['tokenFor'] = (...roles) => issuer.token({ roles });
  return {
    ...service,
    tokenFor,
    token: issuer.token,
    import: async (dataset, key, dryRun) =>
      service.request<ImportResponse>('POST', '/v1/imports', {
        token: await tokenFor('coordinator'),
        headers: { 'idempotency-key': key },
        body: { dataset, ...(dryRun === undefined ? {} : { dryRun }) },
      }),
    close: async () => {
      await service.close();
      await issuer.close();
    },
  };
}

export interface CollectedEvents {
  /** In the order of their arrival. */
  events: CloudEvent[];
  close: () => Promise<void>;
}

/** Takes every event of a noun from now on, as any subscriber of the exchange would. */
export async function collectServiceEvents(amqpUrl: string, noun = 'service'): Promise<CollectedEvents> {
  const events: CloudEvent[] = [];
  const broker = await connect(amqpUrl);
  const channel = await broker.createChannel();
  await channel.assertExchange('throughline.events', 'topic', { durable: true });
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, 'throughline.events', `${noun}.#`);
  await channel.consume(queue, (message) => message && events.push(readCloudEvent(message.content)), { noAck: true });
  return {
    events,
    close: async () => {
      await channel.close();
      await broker.close();
    },
  };
}
