import { startNotes, type RunningNotes } from './notes-service.fixture.js';

/** No part of these may be found anywhere but in the answer to the one who sent them. */
const CANARIES = ['Xanthippe Quillfeather', 'Xanthippe', 'Quillfeather', '1987-03-14', '505-555-0142'];

const NAME = 'Xanthippe Quillfeather';

describe('personal data', () => {
  let notes: RunningNotes;

  beforeAll(async () => {
    notes = await startNotes();
  });
  afterAll(() => notes.close());

  it('never reaches a log line or a metric, wherever it is sent and whatever fails', async () => {
    const encoded = encodeURIComponent(NAME);
    const anywhere = {
      'user-agent': NAME,
      'x-name': NAME,
      cookie: `name=${encoded}`,
      'idempotency-key': '505-555-0142',
    };
    const asked: Promise<{ status: number }>[] = [];
    const ask = (...args: Parameters<RunningNotes['request']>): void => void asked.push(notes.request(...args));
    const token = notes.officer;

    ask('POST', '/v1/notes', { token, body: { title: NAME }, headers: anywhere });
    ask('POST', '/v1/notes', { token, body: { title: { [NAME]: '1987-03-14' }, [NAME]: NAME }, headers: anywhere });
    ask('POST', '/v1/notes', { token, body: `{"title": "${NAME}`, headers: anywhere });
    ask('POST', '/v1/notes', { token, body: NAME, headers: { ...anywhere, 'content-type': `text/${encoded}` } });
    ask('GET', `/v1/notes?cursor=${encoded}&name=${encoded}`, { token, headers: anywhere });
    ask('GET', `/v1/notes/cases/${encoded}`, { token, headers: anywhere });
    ask('PATCH', `/v1/notes/${encoded}`, { token, headers: { ...anywhere, 'if-match': '505-555-0142' } });
    ask('GET', `/${encoded}/%E0%A4%A`, { headers: anywhere });
    ask('DELETE', `/${encoded}`, { headers: anywhere });
    ask('GET', '/v1/notes/whoami', { headers: { authorization: `Bearer ${encoded}` } });
    ask('GET', '/v1/notes/missing', { headers: anywhere });
    for (const how of ['mongoose', 'zod', 'database', 'duplicate', 'forged-stack', 'caused', 'string', 'other']) {
      ask('POST', `/v1/notes/failures?how=${how}&name=${encoded}`, { body: { name: NAME }, headers: anywhere });
    }
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses).toEqual([
      ...[422, 422, 400, 415, 422, 404, 400, 400, 404, 401, 404],
      ...[500, 500, 503, 500, 500, 500, 500, 500],
    ]);

    const { text: metrics } = await notes.request('GET', '/metrics');
    const logs = notes.logs();
    for (const canary of CANARIES) {
      for (const form of [canary, encodeURIComponent(canary), encodeURI(canary)]) {
        expect(logs).not.toContain(form);
        expect(metrics).not.toContain(form);
      }
    }
    // and the log was not simply empty
    expect(logs.match(/"msg":"request"/g)?.length).toBeGreaterThanOrEqual(18);
    expect(logs.match(/"msg":"a request failed"/g)).toHaveLength(7);
    expect(metrics).toContain('route="/v1/notes/cases/:id"');
    expect(metrics).toContain('route="unmatched",status="404"');
  });

  it('is not in the answer to a fault of ours either', async () => {
    const { status, text, body } = await notes.request('POST', '/v1/notes/failures?how=other', {
      body: { name: NAME },
    });
    expect(status).toBe(500);
    expect(text).not.toContain('Xanthippe');
    expect(text).not.toContain('notes-service');
    expect(body).toMatchObject({
      type: 'https://throughline.example/problems/internal-error',
      title: 'Internal error',
    });
  });

  it('leaves of a request in the access log its method, route, status, duration, roles and correlation id', async () => {
    const { headers } = await notes.request('GET', `/v1/notes?limit=7`, { token: notes.officer });
    const correlationId = headers.get('x-correlation-id') ?? '';
    const lines = notes
      .logs()
      .split('\n')
      .filter((line) => line.includes(correlationId));
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      {
        level: 'info',
        time: expect.any(String) as string,
        service: 'notes',
        msg: 'request',
        method: 'GET',
        route: '/v1/notes',
        status: 200,
        durationMs: expect.any(Number) as number,
        roles: ['officer'],
        correlationId,
      },
    ]);
  });

  it('tells the database being away from a fault of ours', async () => {
    const { status, headers, body } = await notes.request('POST', '/v1/notes/failures?how=database', {
      body: { name: NAME },
    });
    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
    expect(body.type).toBe('https://throughline.example/problems/database-unavailable');
  });
});
