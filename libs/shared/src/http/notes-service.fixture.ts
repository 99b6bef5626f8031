import { Readable } from 'node:stream';
import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Module,
  NotFoundException,
  Param,
  Patch,
  Post,
  Query,
  StreamableFile,
} from '@nestjs/common';
import { ApiCreatedResponse } from '../openapi/index.js';
import mongoose from 'mongoose';
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
  Preparations,
  readConfig,
  RouteBody,
  StreamedType,
  type CommandKey,
  type Problem,
  type ServiceDefinition,
} from './index.js';

/** What a note must look like; its id makes it a component of the OpenAPI document. */
const place = z.strictObject({ beat: z.string(), 'a/b': z.number().optional() }).meta({ id: 'Place' });

const note = z.strictObject({
  title: z.string().min(1).max(20),
  count: z.int().min(0).optional(),
  weight: z.number().gt(0).optional(),
  place: place.optional(),
  tags: z.array(z.string()).max(3).optional(),
});

const stored = z.object({ id: z.uuid(), title: z.string(), kind: z.literal('note') }).meta({ id: 'StoredNote' });

/** A promise that a test keeps open, to hold a request in hand. */
export const held: { begun: () => void; until: Promise<void> } = { begun: () => undefined, until: Promise.resolve() };

/** Created documents, to see that a refused request changed nothing. */
export const created: unknown[] = [];

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
  @Roles('case-manager', 'admin')
  @HiddenFrom('officer', 'supervisor')
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
  @ApiCreatedResponse({ standardSchema: stored, description: 'The note.' })
  create(@Body({ schema: note }) body: z.infer<typeof note>, @IdempotencyKey() command: CommandKey): object {
    created.push(body);
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

  @Post('streams')
  @Roles('officer')
  @HttpCode(200)
  @RouteBody({ streams: ['text/csv', 'application/json'] })
  async read(@Body() body: Readable, @StreamedType() type: string): Promise<object> {
    let bytes = 0;
    for await (const chunk of body) bytes += (chunk as Buffer).length;
    return { bytes, type };
  }

  @Patch(':id')
  @Roles('officer')
  @Header('etag', '"8"')
  change(@IfMatch() version: number): object {
    if (version !== 7) {
      throw new Refusal('precondition-failed', 'version-mismatch', 'Somebody changed it in the meantime.');
    }
    return { version };
  }

  @Get('held')
  @Public()
  async held(): Promise<object> {
    held.begun();
    await held.until;
    return { held: true };
  }

  @Get('stream')
  @Public()
  stream(): StreamableFile {
    const lines = async function* (): AsyncGenerator<string> {
      yield 'begun\n';
      await held.until;
      yield 'ended\n';
    };
    return new StreamableFile(Readable.from(lines(), { objectMode: false }));
  }

  @Get('missing')
  @Public()
  missing(): never {
    throw new NotFoundException('no note of that person');
  }

  @Post('failures')
  @Public()
  async fail(@Query('how') how: string, @Body() body: { name: string }): Promise<object> {
    const { name } = body;
    switch (how) {
      case 'mongoose':
        await mongoose.model('Canary', new mongoose.Schema({ count: Number }), 'canaries').validate({ count: name });
        break;
      case 'zod':
        z.enum(['a'], { error: (issue) => `${String(issue.input)} is not allowed` }).parse(name);
        break;
      case 'database':
        throw Object.assign(new Error(`no server for ${name}`), { name: 'MongoServerSelectionError' });
      case 'duplicate':
        throw Object.assign(new Error(`E11000 duplicate key: { name: "${name}" }`), {
          name: 'MongoServerError',
          code: 11000,
          keyValue: { name },
        });
      case 'forged-stack':
        throw new Error(`first line\n    at ${name} (/app/x.js:1:1)`);
      case 'caused':
        throw new Error('outer', { cause: new Error(name) });
      case 'string':
        throw name;
    }
    throw new Error(`could not handle ${name}`);
  }
}

@Module({ controllers: [NotesController], providers: [Preparations] })
class NotesModule {}

/** A small service of these specifications alone, with neither database nor broker. */
export const NotesService: ServiceDefinition = {
  name: 'notes',
  description: 'Notes of nobody about nothing.',
  config: z.object({}),
  module: () => ({ module: NotesModule }),
};

export interface RunningNotes {
  url: string;
  issuer: TestIssuer;
  request: <Body = Problem>(...args: Parameters<TestService['request']>) => ReturnType<typeof call<Body>>;
  officer: string;
  preparations: Preparations;
  logs: () => string;
  close: () => Promise<void>;
}

const call = <Body>(client: TestService['request'], args: Parameters<TestService['request']>) => client<Body>(...args);

export async function startNotes(env: Record<string, string> = {}): Promise<RunningNotes> {
  const issuer = await testIssuer();
  const lines: string[] = [];
  const config = readConfig(NotesService.config, {
    PORT: '0',
    MONGODB_URL: 'mongodb://127.0.0.1:9/unused',
    AMQP_URL: 'amqp://127.0.0.1:9',
    LOG_LEVEL: 'debug',
    ...issuer.env,
    ...env,
  });
  const service = await createService(NotesService, config, { write: (line) => void lines.push(line) });
  const running = await listen(service, config);
  const client = clientOf(running.url);
  return {
    url: running.url,
    issuer,
    request: <Body = Problem>(...args: Parameters<TestService['request']>) => call<Body>(client, args),
    officer: await issuer.token({ sub: 'persona:officer', roles: ['officer'], agency: 'santa-fe-pd' }),
    preparations: running.app.get(Preparations, { strict: false }),
    logs: () => lines.join(''),
    close: async () => {
      await running.close();
      await issuer.close();
    },
  };
}
