import { Agent, get, type IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { eventually } from '../testing/index.js';
import { BadEnvironment, readConfig, startService } from './index.js';
import { held, NotesService } from './notes-service.fixture.js';

jest.setTimeout(30_000);

const environment = {
  PORT: '0',
  MONGODB_URL: 'mongodb://127.0.0.1:9/notes',
  AMQP_URL: 'amqp://127.0.0.1:9',
  OIDC_ISSUER: 'http://127.0.0.1:9',
};

const problemsOf = (env: Record<string, string>, own: z.ZodType<object> = z.object({})): readonly string[] => {
  try {
    readConfig(own, env);
    return [];
  } catch (error) {
    return error instanceof BadEnvironment ? error.problems : [String(error)];
  }
};

describe('the environment', () => {
  it('is read with defaults, and an empty variable counts as absent', () => {
    expect(
      readConfig(z.object({ SITE: z.string().default('santa-fe') }), { ...environment, SITE: '', HOST: '' }),
    ).toEqual({
      ...environment,
      PORT: 0,
      HOST: '127.0.0.1',
      OIDC_AUDIENCE: 'throughline',
      LOG_LEVEL: 'info',
      SHUTDOWN_GRACE_MS: 10_000,
      RATE_LIMIT_PER_SECOND: 500,
      RELAY_LEASE_MS: 30_000,
      TRUSTED_PROXIES: 0,
      SITE: 'santa-fe',
    });
  });

  it('has no default for an address or a secret', () => {
    expect(problemsOf({}, z.object({ SEALING_KEY: z.string() })).map((line) => line.split(' ')[0])).toEqual([
      'PORT',
      'MONGODB_URL',
      'AMQP_URL',
      'OIDC_ISSUER',
      'SEALING_KEY',
    ]);
  });

  it.each([
    ['PORT', 'http'],
    ['PORT', '70000'],
    ['MONGODB_URL', 'mongodb://user:hunter2@host:27017'],
    ['MONGODB_URL', 'hunter2'],
    ['AMQP_URL', 'http://hunter2@host'],
    ['OIDC_ISSUER', 'issuer'],
    ['LOG_LEVEL', 'loud'],
    ['SHUTDOWN_GRACE_MS', '-1'],
  ])('names %s=%s as wrong in one line, without its value', (name, value) => {
    const problems = problemsOf({ ...environment, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}: [^\\n]+$`));
    expect(problems[0]).not.toContain('hunter2');
  });
});

describe('the process of a service', () => {
  let stderr: string;
  let exits: number[];
  let lines: string[];
  const destination = { write: (line: string) => void lines.push(line) };

  beforeEach(() => {
    stderr = '';
    exits = [];
    lines = [];
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      stderr += String(text);
      return true;
    });
    jest.spyOn(process, 'exit').mockImplementation((code) => {
      exits.push(Number(code));
      return undefined as never;
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    for (const event of ['SIGTERM', 'SIGINT', 'uncaughtException', 'unhandledRejection']) {
      process.removeAllListeners(event);
    }
  });

  const begin = async (url: string): Promise<{ answer: Promise<Response>; release: () => void }> => {
    let release: () => void = () => undefined;
    held.until = new Promise((resolve) => (release = resolve));
    const begun = new Promise<void>((resolve) => (held.begun = resolve));
    const answer = fetch(`${url}/v1/notes/held`);
    await begun;
    return { answer, release };
  };

  it('ends with 78 and a line per problem for a bad environment, and no stack', async () => {
    await startService(NotesService, { ...environment, PORT: 'x', AMQP_URL: undefined });
    expect(exits).toEqual([78]);
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^notes: PORT: /) as string,
      expect.stringMatching(/^notes: AMQP_URL is missing: /) as string,
      '',
    ]);
  });

  it('ends with 1 and a line where its port is taken', async () => {
    const taken: Server = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const port = (taken.address() as AddressInfo).port;
    await startService(NotesService, { ...environment, PORT: String(port) }, destination);
    expect(exits).toEqual([1]);
    expect(stderr).toBe(
      `notes: cannot listen on 127.0.0.1:${port}: another program listens there already; choose another PORT or stop it\n`,
    );
    await new Promise((resolve) => taken.close(resolve));
  });

  it('says when it is ready, answers the requests in hand after SIGTERM, and then ends with 0', async () => {
    const { url } = await startService(NotesService, environment, destination);
    const ready = lines.map((line) => JSON.parse(line) as Record<string, unknown>).find(({ msg }) => msg === 'ready');
    expect(ready).toMatchObject({ service: 'notes', port: Number(new URL(url).port) });
    expect(ready?.['readyInMs']).toBeGreaterThan(0);

    const inHand = await begin(url);
    process.emit('SIGTERM', 'SIGTERM');
    await eventually(() => expect(fetch(`${url}/health/live`)).rejects.toThrow(), {
      describe: 'no new connections',
      deadlineMs: 3000,
    });
    expect(exits).toEqual([]);
    inHand.release();
    const { status, headers } = await inHand.answer;
    expect([status, headers.get('connection')]).toEqual([200, 'close']);
    await eventually(() => expect(exits).toEqual([0]), { describe: 'the process ends' });
  });

  it('lets an answer that has begun to stream come to its end, and does not wait for the idle connection', async () => {
    const { url } = await startService(NotesService, environment, destination);
    let release: () => void = () => undefined;
    held.until = new Promise((resolve) => (release = resolve));
    const agent = new Agent({ keepAlive: true });
    const answer = await new Promise<IncomingMessage>((resolve) => get(`${url}/v1/notes/stream`, { agent }, resolve));
    process.emit('SIGTERM', 'SIGTERM');
    await eventually(() => expect(fetch(`${url}/health/live`)).rejects.toThrow(), { describe: 'no new connections' });
    release();
    expect(Buffer.concat(await answer.toArray()).toString()).toBe('begun\nended\n');
    await eventually(() => expect(exits).toEqual([0]), { describe: 'the process ends', deadlineMs: 4_000 });
  });

  it('cuts a shutdown off that takes longer than its grace', async () => {
    const { url } = await startService(NotesService, { ...environment, SHUTDOWN_GRACE_MS: '50' }, destination);
    const inHand = await begin(url);
    process.emit('SIGINT', 'SIGINT');
    await eventually(() => expect(exits).toEqual([1]), { describe: 'the process is cut off' });
    expect(lines.join('')).toContain('the shutdown took too long and was cut off');
    inHand.release();
    await inHand.answer;
    await eventually(() => expect(exits).toEqual([1, 0]), { describe: 'the rest of the shutdown' });
  });

  it('ends at once at a second signal', async () => {
    const { url } = await startService(NotesService, environment, destination);
    const inHand = await begin(url);
    process.emit('SIGTERM', 'SIGTERM');
    process.emit('SIGINT', 'SIGINT');
    expect(exits).toEqual([1]);
    inHand.release();
    await inHand.answer;
    await eventually(() => expect(exits).toEqual([1, 0]), { describe: 'the rest of the shutdown' });
  });

  it('logs what nobody caught, without its message, and ends with 1', async () => {
    const { close } = await startService(NotesService, environment, destination);
    const events: NodeJS.EventEmitter = process;
    events.emit('uncaughtException', new TypeError('Xanthippe Quillfeather'));
    expect(exits).toEqual([1]);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ level: 'fatal', error: { name: 'TypeError' } });
    expect(lines.join('') + stderr).not.toContain('Quillfeather');
    await close();
  });

  it('ends with 1 and one line where the service cannot be built', async () => {
    const broken = {
      ...NotesService,
      module: () => {
        throw new Error('a key-encryption key has 32 bytes in base64, this one has 5');
      },
    };
    await startService(broken, environment, destination);
    expect([exits, stderr]).toEqual([
      [1],
      'notes: cannot start: a key-encryption key has 32 bytes in base64, this one has 5\n',
    ]);
  });
});
