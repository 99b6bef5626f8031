import { jest } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { eventually } from '../testing/index.js';
import { openApiOf } from './index.js';
import { held, NotesService, startNotes, type RunningNotes } from './notes-service.fixture.js';

jest.setTimeout(30_000);

interface Operation {
  'x-roles': string[];
  description: string;
  security: object[];
  parameters: { name: string; in: string; required: boolean; schema: object }[];
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
  requestBody?: { required: boolean; content: Record<string, { schema: Record<string, unknown> }> };
}

interface Document {
  openapi: string;
  info: object;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; securitySchemes: object };
}

describe('what operators ask', () => {
  let notes: RunningNotes;

  beforeAll(async () => {
    notes = await startNotes();
  });
  afterAll(() => notes.close());

  it('says that it lives and is ready', async () => {
    expect(await notes.request('GET', '/health/live')).toMatchObject({ status: 200, body: { status: 'live' } });
    expect(await notes.request('GET', '/health/ready')).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  it('is not ready before its preparations are done, and says which', async () => {
    const done = notes.preparations.begin('search-index');
    expect(await notes.request('GET', '/health/live')).toMatchObject({ status: 200 });
    expect(await notes.request('GET', '/health/ready')).toMatchObject({
      status: 503,
      body: { status: 'not-ready', preparing: ['search-index'] },
    });
    done();
    const { status, body } = await notes.request<object>('GET', '/health/ready');
    expect({ status, body }).toEqual({ status: 200, body: { status: 'ready' } });
  });

  it('counts requests by route template, with the figures of the process', async () => {
    await notes.request('GET', '/v1/notes/open?name=x');
    const { headers, text } = await notes.request('GET', '/metrics');
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    expect(text).toMatch(
      /http_request_duration_seconds_count\{(?=[^}]*method="GET")(?=[^}]*route="\/v1\/notes\/open")[^}]*status="200"[^}]*\} 1\n/,
    );
    expect(text).toMatch(/http_requests_in_flight 1\n/);
    expect(text).toContain('process_resident_memory_bytes');
  });

  it('counts a request whose caller hung up', async () => {
    let release: () => void = () => undefined;
    held.until = new Promise((resolve) => (release = resolve));
    const begun = new Promise<void>((resolve) => (held.begun = resolve));
    const hangUp = new AbortController();
    const asked = fetch(`${notes.url}/v1/notes/held`, { signal: hangUp.signal });
    await begun;
    hangUp.abort();
    await expect(asked).rejects.toThrow();
    await eventually(
      async () => {
        const { text } = await notes.request('GET', '/metrics');
        expect(text).toMatch(/http_request_duration_seconds_count\{[^}]*route="\/v1\/notes\/held",status="499"\} 1\n/);
        expect(text).toMatch(/http_requests_in_flight 1\n/);
      },
      { describe: 'the request is counted, and no longer in flight' },
    ).finally(release);
  });

  it('shows the reference with scripts of its own alone', async () => {
    const page = await notes.request('GET', '/docs');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(page.text).not.toMatch(/https?:\/\//);
    for (const file of page.text.match(/\/docs\/[\w.-]+/g) ?? []) {
      const { status, text } = await notes.request('GET', file);
      expect([file, status, text.length > 50]).toEqual([file, 200, true]);
    }
    expect(page.text.match(/\/docs\/[\w.-]+/g)).toHaveLength(3);
    for (const file of ['package.json', '__proto__', '..%2Fpackage.json', 'swagger-ui.css.map']) {
      expect((await notes.request('GET', `/docs/${file}`)).status).toBe(404);
    }
  });

  describe('the OpenAPI document', () => {
    let document: Document;

    beforeAll(async () => {
      document = (await notes.request<Document>('GET', '/openapi.json')).body;
    });

    it('is valid OpenAPI 3.1', async () => {
      expect(document.openapi).toBe('3.1.0');
      expect(await new Validator().validate(structuredClone({ ...document }))).toEqual({ valid: true });
    });

    it('is the same without a running service', async () => {
      expect(JSON.parse(JSON.stringify(await openApiOf(NotesService)))).toEqual(document);
    });

    it('says of each route who may call it', () => {
      expect(document.paths['/v1/notes/whoami']?.['get']).toMatchObject({
        'x-roles': ['officer', 'case-manager'],
        description: 'Roles: officer, case-manager.',
        security: [{ accessToken: [] }],
      });
      expect(document.paths['/v1/notes/open']?.['get']).toMatchObject({ 'x-roles': ['public'], security: [] });
      expect(document.components.securitySchemes).toEqual({
        accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      });
    });

    it('describes a command: its key, its body, its answer, its problems', () => {
      const create = document.paths['/v1/notes']?.['post'];
      expect(create?.parameters.map(({ name, in: where, required }) => [name, where, required])).toEqual([
        ['Idempotency-Key', 'header', true],
      ]);
      const schema = create?.requestBody?.content['application/json']?.schema;
      expect(schema).toMatchObject({
        required: ['title'],
        additionalProperties: false,
        properties: { title: { type: 'string', minLength: 1, maxLength: 20 }, weight: { exclusiveMinimum: 0 } },
      });
      expect(create?.responses['201']?.content?.['application/json']?.schema).toEqual({
        $ref: '#/components/schemas/StoredNote',
      });
      expect(document.components.schemas['StoredNote']).toMatchObject({
        properties: { id: { format: 'uuid' }, kind: { enum: ['note'] } },
      });
      expect(document.components.schemas['Place']).toMatchObject({ required: ['beat'] });
      expect(Object.keys(create?.responses ?? {})).toEqual([
        '201',
        '400',
        '401',
        '403',
        '409',
        '413',
        '415',
        '422',
        '429',
        '500',
        '503',
      ]);
      expect(create?.responses['422']?.content).toEqual({
        'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
      });
    });

    it('describes lists and changes', () => {
      expect(document.paths['/v1/notes']?.['get']?.parameters.map(({ name, in: where }) => [name, where])).toEqual([
        ['limit', 'query'],
        ['cursor', 'query'],
      ]);
      const change = document.paths['/v1/notes/{id}']?.['patch'];
      expect(change?.parameters.map(({ name, in: where }) => [name, where])).toEqual([
        ['id', 'path'],
        ['If-Match', 'header'],
      ]);
      expect(Object.keys(change?.responses ?? {})).toEqual(expect.arrayContaining(['404', '409', '412', '428']));
      expect(document.paths['/v1/notes']?.['get']?.responses).not.toHaveProperty('409');
    });
  });
});
