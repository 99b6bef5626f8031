import { Controller, Get, Module } from '@nestjs/common';
import { z } from 'zod';
import { HiddenFrom, Public, Roles } from '../auth/index.js';
import { startNotes, NotesService, type RunningNotes } from './notes-service.fixture.js';
import { createService, decodeCursor, encodeCursor, pageOf, readConfig, type CommandKey } from './index.js';

describe('the conventions of HTTP', () => {
  let notes: RunningNotes;

  beforeAll(async () => {
    notes = await startNotes();
  });
  afterAll(() => notes.close());

  const commandOf = async (token: string, key: string, body: unknown, path = '/v1/notes'): Promise<CommandKey> => {
    const answer = await notes.request<{ command: CommandKey }>('POST', path, {
      token,
      body,
      headers: { 'idempotency-key': key },
    });
    const { key: scoped, hash } = answer.body.command;
    return { key: scoped, hash };
  };

  describe('access', () => {
    it('opens a public route to everybody, even with a token that is no good', async () => {
      expect((await notes.request('GET', '/v1/notes/open')).status).toBe(200);
      expect((await notes.request('GET', '/v1/notes/open', { token: 'nonsense' })).status).toBe(200);
    });

    it('asks for a token, and says how', async () => {
      const { status, headers, body } = await notes.request('GET', '/v1/notes/whoami');
      expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(body.type).toBe('https://throughline.example/problems/token-required');
    });

    it.each(['Bearer', 'Basic b2ZmaWNlcjo=', 'Bearer a b', 'Bearer nonsense'])(
      'refuses "%s"',
      async (authorization) => {
        const { status, headers, body } = await notes.request('GET', '/v1/notes/whoami', {
          headers: { authorization },
        });
        expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
        expect(body.type).toBe('https://throughline.example/problems/invalid-token');
      },
    );

    it('tells the handler who is calling', async () => {
      const { body } = await notes.request<object>('GET', '/v1/notes/whoami', { token: notes.officer });
      expect(body).toEqual({ id: 'persona:officer', roles: ['officer'], agency: 'santa-fe-pd' });
    });

    it('refuses a role that is not named', async () => {
      const token = await notes.issuer.token({ roles: ['analyst'] });
      const { status, body } = await notes.request('GET', '/v1/notes/whoami', { token });
      expect([status, body.type]).toEqual([403, 'https://throughline.example/problems/role-not-permitted']);
    });

    it('hides a route from police as if it did not exist, also from one who is an administrator too', async () => {
      const path = '/v1/notes/cases/6f1c3f5e-98f1-4f0b-9d3a-0a3bb1fbb3c1';
      const both = await notes.issuer.token({ sub: 'persona:both', roles: ['officer', 'admin'] });
      const nothing = await notes.request('GET', '/v1/nothing', { token: notes.officer });
      for (const token of [notes.officer, both]) {
        const hidden = await notes.request('GET', path, { token });
        expect(hidden.status).toBe(404);
        expect({ ...hidden.body, instance: '', correlationId: '' }).toEqual({
          ...nothing.body,
          instance: '',
          correlationId: '',
        });
      }
      const audited = notes.logs().match(/.*"event":"police-wall".*/g) ?? [];
      expect(audited).toHaveLength(2);
      expect(audited[1]).toContain('"actor":"persona:both"');
      const manager = await notes.issuer.token({ roles: ['case-manager'] });
      expect((await notes.request('GET', path, { token: manager })).status).toBe(200);
    });

    it('does not start with a route that does not say who may call it', async () => {
      @Controller('forgotten')
      class ForgottenController {
        @Get()
        @HiddenFrom('officer')
        forgotten(): object {
          return {};
        }
        @Get('open')
        @Public()
        open(): object {
          return {};
        }
        @Get('roles')
        @Roles('admin')
        closed(): object {
          return {};
        }
      }
      @Module({ controllers: [ForgottenController] })
      class ForgottenModule {}
      const definition = { ...NotesService, module: () => ({ module: ForgottenModule }) };
      const config = readConfig(NotesService.config, {
        PORT: '0',
        MONGODB_URL: 'mongodb://127.0.0.1:9/unused',
        AMQP_URL: 'amqp://127.0.0.1:9',
        ...notes.issuer.env,
      });
      await expect(createService(definition, config, { write: () => undefined })).rejects.toThrow(
        'say with @Roles(...) or @Public() who may call ForgottenController.forgotten',
      );
    });
  });

  describe('the idempotency key', () => {
    it('is the same for the same caller, route and header; the hash follows the meaning of the body', async () => {
      const first = await commandOf(notes.officer, 'k1', { title: 'a', count: 1 });
      expect(first).toEqual({
        key: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      });
      expect(await commandOf(notes.officer, 'k1', '{ "count": 1.0, "title": "a" }')).toEqual(first);
      const other = await commandOf(notes.officer, 'k1', { title: 'b', count: 1 });
      expect([other.key === first.key, other.hash === first.hash]).toEqual([true, false]);
    });

    it('differs by header and by caller', async () => {
      const other = await notes.issuer.token({ sub: 'persona:officer-2', roles: ['officer'] });
      const keys = [
        await commandOf(notes.officer, 'k1', { title: 'a' }),
        await commandOf(notes.officer, 'k2', { title: 'a' }),
        await commandOf(other, 'k1', { title: 'a' }),
      ].map(({ key }) => key);
      expect(new Set(keys).size).toBe(3);
    });

    it.each([
      ['', 'idempotency-key-required'],
      ['with space', 'idempotency-key-malformed'],
      ['x'.repeat(256), 'idempotency-key-malformed'],
    ])('refuses "%s"', async (key, code) => {
      const headers: Record<string, string> = key === '' ? {} : { 'idempotency-key': key };
      const { status, body } = await notes.request('POST', '/v1/notes', {
        token: notes.officer,
        body: { title: 'a' },
        headers,
      });
      expect([status, body.type]).toEqual([400, `https://throughline.example/problems/${code}`]);
    });
  });

  describe('If-Match', () => {
    it.each([
      [undefined, 428],
      ['7', 400],
      ['W/"7"', 400],
      ['*', 400],
      ['"7", "8"', 400],
      ['"6"', 412],
      ['"7"', 200],
    ])('%s is answered with %i', async (header, status) => {
      const answer = await notes.request('PATCH', '/v1/notes/1', {
        token: notes.officer,
        body: {},
        headers: header === undefined ? {} : { 'if-match': header },
      });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('etag')).toBe(status === 200 ? '"8"' : null);
    });
  });

  describe('pages', () => {
    const keySchema = z.tuple([z.string(), z.number()]);

    it('end with a cursor to the next one, except for the last', () => {
      const items = [1, 2, 3];
      const page = pageOf(items, 2, (item) => ['a', item]);
      expect(page.items).toEqual([1, 2]);
      expect(decodeCursor(page.nextCursor ?? '', keySchema)).toEqual(['a', 2]);
      expect(pageOf(items, 3, (item) => item)).toEqual({ items });
      expect(pageOf([], 3, (item) => item)).toEqual({ items: [] });
    });

    it.each(['nonsense', encodeCursor(['a']), encodeCursor([{ $gt: '' }, 1]), ''])(
      'refuse the cursor "%s"',
      (cursor) => {
        expect(() => decodeCursor(cursor, keySchema)).toThrow('The cursor is none that this list gave out.');
      },
    );

    it('have 25 items unless asked otherwise', async () => {
      const list = (query: string) => notes.request<object>('GET', `/v1/notes${query}`, { token: notes.officer });
      expect((await list('')).body).toEqual({ limit: 25 });
      expect((await list('?limit=100&cursor=abc')).body).toEqual({ limit: 100, cursor: 'abc' });
    });
  });

  it('joins the trace of the caller, and begins one otherwise', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const joined = await notes.request('GET', '/nothing', {
      headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` },
    });
    expect([joined.headers.get('x-correlation-id'), joined.body.correlationId]).toEqual([trace, trace]);
    const refused = await notes.request('POST', '/v1/notes', {
      token: notes.officer,
      body: '{',
      headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` },
    });
    expect(refused.body.correlationId).toBe(trace);
    const taken = await notes.request<{ command: CommandKey }>('POST', '/v1/notes', {
      token: notes.officer,
      body: { title: 'a' },
      headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01`, 'idempotency-key': 'traced' },
    });
    expect(taken.body.command.traceparent).toContain(`-${trace}-`);
    expect(taken.body.command.traceparent).not.toContain('00f067aa0ba902b7');
    const fresh = await notes.request('GET', '/nothing', { headers: { traceparent: 'nonsense' } });
    expect(fresh.headers.get('x-correlation-id')).toMatch(/^(?!4bf9)[0-9a-f]{32}$/);
  });

  it('is never cached or sniffed', async () => {
    const { headers } = await notes.request('GET', '/v1/notes/open');
    expect([headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual(['no-store', 'nosniff']);
  });

  it('accepts an action without a body', async () => {
    const act = (body?: unknown) => notes.request<object>('POST', '/v1/notes/actions', { token: notes.officer, body });
    expect(await act()).toMatchObject({ status: 200, body: { body: null } });
    expect(await act({ reason: 'why' })).toMatchObject({ status: 200, body: { body: { reason: 'why' } } });
    expect((await act({ other: 1 })).status).toBe(422);
  });
});
