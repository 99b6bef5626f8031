import { jest } from '@jest/globals';
import { Body, Controller, Module, Post } from '@nestjs/common';
import mongoose, { Schema, type Model } from 'mongoose';
import { z } from 'zod';
import { Roles } from '../auth/index.js';
import type { ServiceDefinition } from '../http/index.js';
import { MessagingModule } from '../messaging/index.js';
import { Database, PersistenceModule } from '../persistence/index.js';
import { eventually, startTestService, testInfrastructure, testIssuer, type TestIssuer } from './index.js';

interface Entry {
  title: string;
}

@Controller('v1/entries')
class EntriesController {
  private readonly entries: Model<Entry>;

  constructor(database: Database) {
    this.entries = database.model('Entry', new Schema<Entry>({ title: String }), 'entries');
  }

  @Post()
  @Roles('officer')
  async add(@Body({ schema: z.strictObject({ title: z.string() }) }) body: Entry): Promise<object> {
    await this.entries.create(body);
    return { count: (await this.entries.find({}).lean()).length };
  }
}

@Module({ controllers: [EntriesController] })
class EntriesModule {}

const EntriesService: ServiceDefinition = {
  name: 'entries',
  description: 'Entries of this specification alone.',
  config: z.object({}),
  module: (config) => ({
    module: EntriesModule,
    imports: [
      PersistenceModule.forRoot({ uri: config.MONGODB_URL, service: 'entries' }),
      MessagingModule.forRoot('entries', config),
    ],
  }),
};

/** The broker may be slow to make a virtual host on a busy machine; each wait has a deadline of its own. */
jest.setTimeout(60_000);

const databasesOf = async (url: string): Promise<string[]> => {
  const connection = await mongoose.createConnection(url).asPromise();
  const { databases } = await connection.listDatabases();
  await connection.close();
  return databases.map(({ name }) => name);
};

const vhosts = async (): Promise<string[]> => {
  const url = new URL('/api/vhosts', process.env['AMQP_MANAGEMENT_URL']);
  const { username, password } = new URL(process.env['AMQP_URL'] ?? '');
  const authorization = `Basic ${Buffer.from(`${url.username || username}:${url.password || password}`).toString('base64')}`;
  url.username = '';
  url.password = '';
  const response = await fetch(url, { headers: { authorization } });
  return ((await response.json()) as { name: string }[]).map(({ name }) => name);
};

describe('a service in a test', () => {
  let issuer: TestIssuer;

  beforeAll(async () => {
    issuer = await testIssuer();
  });
  afterAll(() => issuer.close());

  it('runs on a database and a virtual host of its own, and removes both', async () => {
    const service = await startTestService(EntriesService, { env: issuer.env });
    const token = await issuer.token({ roles: ['officer'] });
    try {
      await eventually(
        async () =>
          expect((await service.request('GET', '/health/ready')).body).toEqual({
            status: 'ready',
            database: 'up',
            broker: 'up',
          }),
        { describe: 'the service is ready', deadlineMs: 20_000 },
      );
      const added = await service.request<{ count: number }>('POST', '/v1/entries', { token, body: { title: 'a' } });
      expect([added.status, added.body]).toEqual([201, { count: 1 }]);
      expect(await databasesOf(service.mongodbUrl)).toContain(new URL(service.mongodbUrl).pathname.slice(1));
      expect(await vhosts()).toContain(new URL(service.amqpUrl).pathname.slice(1));
      expect(service.logs().join('')).toContain('broker-connected');
    } finally {
      await service.close();
    }
    expect(await vhosts()).not.toContain(new URL(service.amqpUrl).pathname.slice(1));
    expect(await databasesOf(service.mongodbUrl)).not.toContain(new URL(service.mongodbUrl).pathname.slice(1));
  });

  it('comes up without broker and database, says so, and answers 503 with Retry-After', async () => {
    const nowhere = { MONGODB_URL: 'mongodb://127.0.0.1:9/nowhere', AMQP_URL: 'amqp://127.0.0.1:9' };
    const service = await startTestService(EntriesService, { env: { ...issuer.env, ...nowhere } });
    try {
      expect(await service.request('GET', '/health/live')).toMatchObject({ status: 200 });
      expect(await service.request('GET', '/health/ready')).toMatchObject({
        status: 503,
        body: { status: 'not-ready', database: 'down', broker: 'down' },
      });
      const token = await issuer.token({ roles: ['officer'] });
      const refused = await service.request('POST', '/v1/entries', { token, body: { title: 'a' } });
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    } finally {
      await service.close();
    }
  });

  it('says what to do where the infrastructure is not there', async () => {
    const url = process.env['AMQP_URL'];
    delete process.env['AMQP_URL'];
    try {
      await expect(testInfrastructure()).rejects.toThrow(
        'AMQP_URL is not set. Run npm test, which starts the infrastructure and sets it.',
      );
    } finally {
      process.env['AMQP_URL'] = url;
    }
  });
});
