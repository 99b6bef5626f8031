import { connect } from 'node:net';
import { created, startNotes, type RunningNotes } from './notes-service.fixture.js';
import type { Problem } from './problem.js';

const slugOf = (problem: Problem): string => problem.type.split('/').at(-1) ?? '';

describe('bad input', () => {
  let notes: RunningNotes;

  beforeAll(async () => {
    notes = await startNotes();
  });
  afterAll(() => notes.close());

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    notes.request('POST', '/v1/notes', {
      token: notes.officer,
      body,
      headers: { 'idempotency-key': 'key-1', ...headers },
    });

  /** Sends bytes that fetch would not, and answers the status line and the problem. */
  const raw = (lines: string[], body: Buffer = Buffer.alloc(0)): Promise<{ status: number; problem: Problem }> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(notes.url);
      const socket = connect(Number(port), hostname, () => {
        const head = [...lines, 'Host: x', `Content-Length: ${body.length}`, 'Connection: close', '', ''];
        socket.write(Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), body]));
      });
      let text = '';
      socket.setTimeout(5_000, () => socket.destroy(new Error(`no answer in time, only: ${text}`)));
      socket.setEncoding('utf8').on('data', (chunk) => (text += String(chunk)));
      socket.on('error', reject);
      socket.on('close', () => {
        const [head = '', ...rest] = text.split('\r\n\r\n');
        resolve({ status: Number(head.split(' ')[1]), problem: JSON.parse(rest.join('') || '{}') as Problem });
      });
    });

  const jsonHeaders = () => [
    'POST /v1/notes HTTP/1.1',
    'Content-Type: application/json',
    'Idempotency-Key: k',
    `Authorization: Bearer ${notes.officer}`,
  ];

  it('takes what is right', async () => {
    const { status } = await post({ title: 'right', count: 3, place: { beat: 'b2', 'a/b': 1 }, tags: ['x'] });
    expect(status).toBe(201);
    expect(created).toEqual([{ title: 'right', count: 3, place: { beat: 'b2', 'a/b': 1 }, tags: ['x'] }]);
    created.length = 0;
  });

  it.each([
    ['no JSON', '{"title": '],
    ['two documents', '{"title":"a"}{"title":"b"}'],
    ['a NUL character', '{"title":"a\\u0000b"}'],
    ['a raw NUL character', '{"title":"a\0b"}'],
    ['half of a surrogate pair', '{"title":"\\ud83d"}'],
    ['NUL in a key', '{"ti\\u0000tle":"a"}'],
    ['the prototype', '{"title":"a","__proto__":{"admin":true}}'],
    ['the prototype, escaped', '{"title":"a","__pr\\u006fto__":{"admin":true}}'],
    ['the prototype of the constructor', '{"title":"a","constructor":{"prototype":{"admin":true}}}'],
    ['a member that is there twice', '{"title":"a","title":"b"}'],
    ['a member that is there twice further in', '{"title":"a","place":{"beat":"a:b","be\\u0061t":"c"}}'],
    ['deep nesting', `${'['.repeat(33)}${']'.repeat(33)}`],
    ['very deep nesting', '{"a":'.repeat(10_000)],
  ])('refuses %s as malformed JSON', async (_, body) => {
    const { status, body: problem, headers } = await post(body);
    expect([status, slugOf(problem)]).toEqual([400, 'malformed-json']);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('says in words that a field is missing', async () => {
    const { status, body: problem } = await post({});
    expect(status).toBe(422);
    expect(problem.errors).toContainEqual({ pointer: '#/title', detail: 'This field is required.' });
  });

  it('refuses what is no UTF-8', async () => {
    const { status, problem } = await raw(jsonHeaders(), Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]));
    expect([status, slugOf(problem)]).toEqual([400, 'malformed-json']);
  });

  it('takes brackets, escapes and emoji inside of strings for what they are', async () => {
    expect((await post('{"title":"[[{{\\\\\\"\\ud83d\\ude00"}')).status).toBe(201);
    expect(created.pop()).toEqual({ title: '[[{{\\"😀' });
  });

  it.each([
    ['an operator', { title: { $gt: '' } }, ['#/title']],
    ['an operator as a field', { title: 'a', $where: 'sleep(1)' }, ['#/$where']],
    ['unknown fields, each by name', { title: 'a', x: 1, 'y/z~': 2, 'ä ': 3 }, ['#/x', '#/y~1z~0', '#/%C3%A4%20']],
    ['unknown fields within', { title: 'a', place: { beat: 'b', zone: 1 } }, ['#/place/zone']],
    [
      'wrong types, each by its place',
      { title: 7, tags: ['a', 2], place: { 'a/b': 'c' } },
      ['#/title', '#/place/beat', '#/place/a~1b', '#/tags/1'],
    ],
    ['a huge number', '{"title":"a","weight":1e400}', ['#/weight']],
    ['a number beyond exactness', '{"title":"a","count":12345678901234567890}', ['#/count']],
    ['a list instead of an object', [], ['#']],
    ['null', 'null', ['#']],
    ['a text', '"title"', ['#']],
  ])('refuses %s with a pointer', async (_, body, pointers) => {
    const { status, body: problem } = await post(body);
    expect([status, slugOf(problem)]).toEqual([422, 'validation-failed']);
    expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(pointers);
    expect(problem.instance).toBe('/v1/notes');
    expect(problem.correlationId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('does not answer a flood of wrong fields with a flood', async () => {
    const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`f${at}`, at]));
    expect((await post({ title: 'a', ...many })).body.errors).toHaveLength(50);
  });

  it.each([
    ['text/plain', '{"title":"a"}'],
    ['application/x-www-form-urlencoded', 'title=a'],
    ['application/jsonx', '{"title":"a"}'],
    ['application/json; charset=utf-16', '{"title":"a"}'],
    ['text/csv', 'a,b'],
    ['multipart/form-data; boundary=x', '--x--'],
  ])('refuses the content type %s', async (type, body) => {
    const { status, body: problem } = await post(body, { 'content-type': type });
    expect([status, slugOf(problem)]).toEqual([415, 'unsupported-media-type']);
  });

  it('refuses a packed body, and says what it takes', async () => {
    const send = (path: string, encoding: string) =>
      notes.request<Problem>('POST', path, {
        token: notes.officer,
        body: { title: 'a' },
        headers: { 'idempotency-key': 'key-1', 'content-encoding': encoding },
      });
    for (const path of ['/v1/notes', '/v1/notes/streams']) {
      const { status, headers, body } = await send(path, 'gzip');
      expect([status, slugOf(body)]).toEqual([415, 'unsupported-content-encoding']);
      expect(headers.get('accept-encoding')).toBe('identity');
    }
    expect((await send('/v1/notes/streams', 'Identity')).status).toBe(200);
  });

  it('refuses a body without any content type, and an empty one', async () => {
    const untyped = await raw(
      jsonHeaders().filter((line) => !line.startsWith('Content-Type')),
      Buffer.from('{"title":"a"}'),
    );
    expect([untyped.status, slugOf(untyped.problem)]).toEqual([415, 'unsupported-media-type']);
    const empty = await raw(jsonHeaders());
    expect([empty.status, slugOf(empty.problem)]).toEqual([400, 'body-required']);
  });

  it('refuses a body over 64 kB, and over its own limit where a route has one', async () => {
    const { status, body } = await post({ title: 'x'.repeat(64 * 1024) });
    expect([status, slugOf(body)]).toEqual([413, 'body-too-large']);
    const upload = (bytes: number) =>
      notes.request('POST', '/v1/notes/files', {
        token: notes.officer,
        body: 'x'.repeat(bytes),
        headers: { 'content-type': 'text/csv; charset=utf-8' },
      });
    expect(await upload(200_000)).toMatchObject({ status: 200, body: { bytes: 200_000 } });
    expect((await upload(200_001)).status).toBe(413);
  });

  it('hands a body over as a stream where a route asks for that, also a large one, and only the types that it names', async () => {
    const send = (type: string, path = '/v1/notes/streams', bytes = 100_000) =>
      notes.request('POST', path, {
        token: notes.officer,
        body: '{'.repeat(bytes),
        headers: { 'content-type': type },
      });
    expect(await send('Text/CSV; charset=utf-8')).toMatchObject({
      status: 200,
      body: { bytes: 100_000, type: 'text/csv' },
    });
    expect(await send('application/json')).toMatchObject({ status: 200, body: { type: 'application/json' } });
    for (const path of ['/v1/notes/streams', '/v1/notes'])
      expect((await send('application/x-throughline-stream', path)).status).toBe(415);
    expect((await send('application/zip', '/v1/notes/streams', 1)).status).toBe(415);
  });

  it('does not read the body of a caller whom it does not know', async () => {
    const { status, problem } = await raw(
      ['POST /v1/notes HTTP/1.1', 'Content-Type: application/json'],
      Buffer.from('{"title": '),
    );
    expect([status, slugOf(problem)]).toEqual([401, 'token-required']);
  });

  it.each([
    ['/v1/notes?limit=0', '#/limit'],
    ['/v1/notes?limit=101', '#/limit'],
    ['/v1/notes?limit=abc', '#/limit'],
    ['/v1/notes?limit=1&limit=2', '#/limit'],
    ['/v1/notes?cursor[$gt]=', '#/cursor%5B$gt%5D'],
    ['/v1/notes?__proto__=1', '#/__proto__'],
  ])('refuses the query of %s', async (path, pointer) => {
    const { status, body } = await notes.request('GET', path, { token: notes.officer });
    expect([status, body.errors?.map((error) => error.pointer)]).toEqual([422, [pointer]]);
    expect(body.instance).toBe('/v1/notes');
  });

  it('refuses a path parameter by its name', async () => {
    const token = await notes.issuer.token({ roles: ['case-manager'] });
    const { status, body } = await notes.request('GET', '/v1/notes/cases/7', { token });
    expect([status, body.errors?.[0]?.pointer]).toEqual([422, '#/id']);
  });

  it.each([
    ['GET', '/nothing', 404, 'not-found'],
    ['GET', '/v1/notes/missing', 404, 'not-found'],
    ['DELETE', '/v1/notes', 405, 'method-not-allowed'],
    ['GET', '/v1/notes/cases/%00', 400, 'malformed-url'],
    ['GET', '/v1/notes?limit=%00', 400, 'malformed-url'],
    ['GET', '/v1/notes/%E0%A4%A', 400, 'malformed-url'],
    ['GET', `/v1/notes/cases/${'x'.repeat(300)}`, 400, 'malformed-url'],
  ])('answers %s %s', async (method, path, status, slug) => {
    const answer = await notes.request(method, path, { token: notes.officer });
    expect([answer.status, slugOf(answer.body)]).toEqual([status, slug]);
    expect(answer.headers.get('x-correlation-id')).toBe(answer.body.correlationId);
    expect(answer.headers.get('allow')).toBe(status === 405 ? 'GET, HEAD, POST' : null);
  });

  it('changed nothing by all of it', () => {
    expect(created).toEqual([]);
  });
});
