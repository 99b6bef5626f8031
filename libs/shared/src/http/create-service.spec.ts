import { Body, Controller, Get, Header, HttpCode, Module, Param, Patch, Post, Query } from '@nestjs/common';
import { z } from 'zod';
import { CurrentPrincipal, HiddenFrom, Public, Roles, type Principal } from '../auth/index.js';
import { Refusal } from '../domain/index.js';
import { clientOf, testIssuer, type TestIssuer, type TestService } from '../testing/index.js';
import {
  createService,
  IdempotencyKey,
  IfMatch,
  listen,
  pageQuery,
  readConfig,
  RouteBody,
  type CommandKey,
  type RunningService,
  type ServiceDefinition,
} from './index.js';

const note = z.strictObject({
  title: z.string().min(1).max(20),
  count: z.int().min(0).optional(),
  place: z.strictObject({ beat: z.string(), 'a/b': z.number().optional() }).optional(),
  tags: z.array(z.string()).max(3).optional(),
});

@Controller('v1/notes')
class NotesController {
  @Get('open')
  @Public()
  open(): object {
    return { open: true };
  }

  @Get('whoami')
  @Roles('officer', 'case-manager')
  whoami(@CurrentPrincipal() principal: Principal): Principal {
    return principal;
  }

  @Get('cases/:id')
  @Roles('case-manager')
  @HiddenFrom('officer')
  hidden(@Param('id', { schema: z.uuid() }) id: string): object {
    return { id };
  }

  @Get()
  @Roles('officer')
  list(@Query({ schema: pageQuery }) query: z.infer<typeof pageQuery>): object {
    return query;
  }

  @Post()
  @Roles('officer')
  create(@Body({ schema: note }) body: z.infer<typeof note>, @IdempotencyKey() command: CommandKey): object {
    return { body, command };
  }

  @Post('actions')
  @Roles('officer')
  @HttpCode(200)
  act(@Body({ schema: z.strictObject({ reason: z.string().optional() }).optional() }) body?: object): object {
    return { body: body ?? null };
  }

  @Post('files')
  @Roles('officer')
  @HttpCode(200)
  @RouteBody({ maxBytes: 200_000, types: ['text/csv'] })
  upload(@Body() body: Buffer): object {
    return { bytes: body.length };
  }

  @Patch(':id')
  @Roles('officer')
  @Header('etag', '"8"')
  change(@IfMatch() version: number): object {
    if (version !== 7) {
      throw new Refusal('precondition-failed', 'version-mismatch', 'Somebody changed it.');
    }
    return { version };
  }

  @Get('fail')
  @Public()
  fail(): never {
    throw new Error('Jane Doe was here');
  }

  @Get('database')
  @Public()
  database(): never {
    throw Object.assign(new Error('connect ECONNREFUSED'), { name: 'MongoServerSelectionError' });
  }
}

@Module({ controllers: [NotesController] })
class NotesModule {}

const NotesService: ServiceDefinition = {
  name: 'notes',
  description: 'A service of this specification alone.',
  config: z.object({}),
  module: () => ({ module: NotesModule }),
};

interface ProblemBody {
  type: string;
  status: number;
  detail: string;
  instance: string;
  correlationId: string;
  errors?: { pointer: string; detail: string }[];
}

describe('a service over HTTP', () => {
  let issuer: TestIssuer;
  let running: RunningService;
  let request: TestService['request'];
  let officer: string;
  const lines: string[] = [];

  beforeAll(async () => {
    issuer = await testIssuer();
    const config = readConfig(NotesService.config, {
      PORT: '0',
      MONGODB_URL: 'mongodb://127.0.0.1:9/unused',
      AMQP_URL: 'amqp://127.0.0.1:9',
      ...issuer.env,
    });
    const service = await createService(NotesService, config, { write: (line) => void lines.push(line) });
    running = await listen(service, config);
    request = clientOf(running.url);
    officer = await issuer.token({ sub: 'persona:officer', roles: ['officer'], agency: 'santa-fe-pd' });
  });

  afterAll(async () => {
    await running.close();
    await issuer.close();
  });

  it('answers a public route without a token', async () => {
    expect(await request('GET', '/v1/notes/open')).toMatchObject({ status: 200, body: { open: true } });
  });

  it('knows the caller by the token', async () => {
    expect((await request('GET', '/v1/notes/whoami', { token: officer })).body).toEqual({
      id: 'persona:officer',
      roles: ['officer'],
      agency: 'santa-fe-pd',
    });
  });
  it('debug dump', async () => {
    for (const [m, p, o] of [
      ['GET', '/v1/notes/whoami', {}],
      ['GET', '/v1/notes/cases/1', { token: officer }],
      ['GET', '/v1/notes', { token: officer }],
      ['GET', '/v1/notes?limit=1000&x=1', { token: officer }],
      ['POST', '/v1/notes', { token: officer, body: { title: 'x' }, headers: { 'idempotency-key': 'k' } }],
      ['POST', '/v1/notes', { token: officer, body: { title: 'x' } }],
      [
        'POST',
        '/v1/notes',
        { token: officer, body: { title: { $gt: '' }, tags: [1], zz: 1 }, headers: { 'idempotency-key': 'k' } },
      ],
      ['POST', '/v1/notes', { token: officer, body: '{', headers: { 'idempotency-key': 'k' } }],
      [
        'POST',
        '/v1/notes',
        { token: officer, body: JSON.stringify({ title: 'x'.repeat(70000) }), headers: { 'idempotency-key': 'k' } },
      ],
      ['POST', '/v1/notes', { token: officer }],
      ['POST', '/v1/notes', { token: officer, body: 'a', headers: { 'content-type': 'text/plain' } }],
      ['POST', '/v1/notes/actions', { token: officer }],
      ['POST', '/v1/notes/files', { token: officer, body: 'a,b', headers: { 'content-type': 'text/csv' } }],
      ['PATCH', '/v1/notes/1', { token: officer, body: {} }],
      ['PATCH', '/v1/notes/1', { token: officer, body: {}, headers: { 'if-match': '"7"' } }],
      ['GET', '/v1/notes/fail', {}],
      ['GET', '/v1/notes/database', {}],
      ['DELETE', '/v1/notes', {}],
      ['GET', '/nothing', {}],
      ['GET', '/v1/notes/%00', {}],
      ['GET', '/v1/notes/%E0%A4%A', {}],
      ['GET', '/health/live', {}],
      ['GET', '/health/ready', {}],
      ['GET', '/docs', {}],
      ['GET', '/docs/swagger-ui.css', {}],
      ['GET', '/docs/__proto__', {}],
      ['GET', '/openapi.json', {}],
      ['GET', '/metrics', {}],
    ] as const) {
      const r = await request(m, p, o);
      console.log(
        m,
        p,
        r.status,
        r.headers.get('content-type'),
        r.headers.get('x-correlation-id'),
        r.text.slice(0, p.includes('openapi') ? 6000 : 400),
      );
    }
    console.log(lines.join(''));
  });
});
