import { randomUUID } from 'node:crypto';
import { eventually } from '@throughline/shared/testing';
import { AGENCY, startReferral, type RunningReferral } from '../running-referral.fixture.js';

type Json = Record<string, unknown>;

describe('agencies and officers', () => {
  let running: RunningReferral;
  beforeAll(async () => {
    running = await startReferral();
  }, 60_000);
  afterAll(() => running?.close(), 60_000);

  const agency = (changes: Json = {}): Json => ({
    id: 'taos-pd',
    name: 'Taos PD',
    timeZone: 'America/Denver',
    ...changes,
  });

  it('enrols an agency once, and tells it', async () => {
    const { post, get, tokens } = running;
    const headers = { 'idempotency-key': randomUUID() };
    const first = await post('/v1/agencies', tokens.admin, agency(), headers);
    expect([first.status, first.body]).toEqual([201, { id: 'taos-pd' }]);
    expect(first.headers.get('location')).toBe('/v1/agencies/taos-pd');
    expect((await post('/v1/agencies', tokens.admin, agency(), headers)).text).toBe(first.text);
    expect((await post('/v1/agencies', tokens.admin, agency({ name: 'x' }), headers)).status).toBe(422);
    const second = await post('/v1/agencies', tokens.admin, agency());
    expect([second.status, second.body.type]).toEqual([409, 'https://throughline.example/problems/already-exists']);
    await eventually(() => expect(running.eventsOf('taos-pd')).toHaveLength(1), { describe: 'it is told once' });
    const { body } = await get<Json>('/v1/agencies/taos-pd', tokens.officer);
    expect(body).toEqual({ ...agency(), site: 'default', enrolledAt: expect.any(String) });
    expect((await get('/v1/agencies/nowhere-pd', tokens.admin)).status).toBe(404);
  });

  it.each<[string, Json, string]>([
    ['an id in capitals', { id: 'Taos' }, '#/id'],
    ['no name', { name: ' ' }, '#/name'],
    ['a control character', { name: 'a\u0007b' }, '#/name'],
    ['no time zone', { timeZone: 'Mountain Time' }, '#/timeZone'],
    ['an offset', { timeZone: '-07:00' }, '#/timeZone'],
    ['an operator', { id: { $gt: '' } }, '#/id'],
    ['more', { chief: 'x' }, '#/chief'],
  ])('refuses %s', async (_, changes, pointer) => {
    const { status, body } = await running.post('/v1/agencies', running.tokens.admin, agency(changes));
    expect(status).toBe(422);
    expect(body.errors?.map((error) => error.pointer)).toEqual([pointer]);
  });

  it('lets the administrator enrol officers of every agency, a supervisor those of the own, and nobody else', async () => {
    const { post, tokens, token } = running;
    const path = `/v1/agencies/${AGENCY}/officers`;
    const officer = (): Json => ({ officerId: `persona:${randomUUID()}`, activeFrom: '2024-01-01T00:00:00-07:00' });
    expect((await post(path, tokens.admin, officer())).status).toBe(201);
    expect((await post(path, tokens.supervisor, officer())).status).toBe(201);
    const stranger = await post(path, await token('supervisor', { agency: 'other-pd' }), officer());
    expect([stranger.status, stranger.body.type]).toEqual([403, 'https://throughline.example/problems/other-agency']);
    for (const as of [tokens.officer, tokens.prosecutor, tokens.coordinator])
      expect((await post(path, as, officer())).status).toBe(403);
    expect((await post('/v1/agencies/nowhere-pd/officers', tokens.admin, officer())).status).toBe(404);
    expect((await post('/v1/agencies', tokens.supervisor, agency())).status).toBe(403);
  });

  it('ends a period, adds another, answers a repeated command the same, and tells each once', async () => {
    const { post, get, tokens } = running;
    const path = `/v1/agencies/${AGENCY}/officers`;
    const officerId = 'persona:0-first';
    const headers = { 'idempotency-key': randomUUID() };
    const open = { officerId, activeFrom: '2020-01-01T00:00:00Z' };
    const ended = { ...open, activeUntil: '2021-01-01T00:00:00Z' };
    expect((await post(path, tokens.admin, open)).status).toBe(201);
    expect((await post(path, tokens.admin, ended, headers)).status).toBe(201);
    expect((await post(path, tokens.admin, ended, headers)).status).toBe(201);
    const overlapping = await post(path, tokens.admin, { officerId, activeFrom: '2020-06-01T00:00:00Z' });
    expect([overlapping.status, overlapping.body.type]).toEqual([
      409,
      'https://throughline.example/problems/period-overlaps',
    ]);
    expect((await post(path, tokens.admin, { officerId, activeFrom: '2023-01-01T00:00:00Z' })).status).toBe(201);
    const backwards = { ...open, activeUntil: '2019-01-01T00:00:00Z' };
    expect((await post(path, tokens.admin, backwards)).body.errors?.[0]?.pointer).toBe('#/activeUntil');

    const { body } = await get<{ items: Json[]; nextCursor: string }>(`${path}?limit=1`, tokens.supervisor);
    expect(body.items).toEqual([
      {
        officerId,
        periods: [
          { activeFrom: '2020-01-01T00:00:00.000Z', activeUntil: '2021-01-01T00:00:00.000Z' },
          { activeFrom: '2023-01-01T00:00:00.000Z' },
        ],
      },
    ]);
    const next = await get<{ items: Json[] }>(`${path}?limit=1&cursor=${body.nextCursor}`, tokens.supervisor);
    expect(String(next.body.items[0]?.['officerId']) > officerId).toBe(true);

    await eventually(
      () => {
        const told = running.allEvents().filter(({ data }) => (data as Json)['officerId'] === officerId);
        expect(told.map(({ sequence }) => Number(sequence))).toEqual([1, 2, 3]);
      },
      { describe: 'three enrolments are told' },
    );
  });
});
