import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { eventually } from '@throughline/shared/testing';
import { AGENCY, referralBody, startReferral, type RunningReferral } from '../running-referral.fixture.js';
import { AgenciesService } from './agencies.service.js';

type Json = Record<string, unknown>;
const HOUR_MS = 3_600_000;

describe('transfers and departures of officers (edge case 22)', () => {
  let running: RunningReferral;
  beforeAll(async () => {
    running = await startReferral();
    const other = { id: 'taos-pd', name: 'Taos PD', timeZone: 'America/Denver' };
    expect((await running.post('/v1/agencies', running.tokens.admin, other)).status).toBe(201);
  }, 60_000);
  afterAll(() => running?.close(), 60_000);

  const left = Date.now() - 24 * HOUR_MS;
  const iso = (ms: number): string => new Date(ms).toISOString();
  const enrol = async (changes: Json = {}): Promise<string> => {
    const officerId = `persona:${randomUUID()}`;
    const body = { officerId, activeFrom: '2020-01-01T00:00:00Z', unit: 'North', ...changes };
    expect((await running.post(`/v1/agencies/${AGENCY}/officers`, running.tokens.admin, body)).status).toBe(201);
    return officerId;
  };
  const refer = async (officerId: string, agency: string, occurredAt: number) => {
    const token = await running.token('officer', { sub: officerId, agency });
    const { status, body } = await running.post<{ id: string; type?: string }>(
      '/v1/referrals',
      token,
      referralBody({ occurredAt: iso(occurredAt) }),
    );
    return { status, id: body.id, type: body.type, token };
  };
  const told = (officerId: string): Json[] =>
    running
      .allEvents()
      .map(({ data }) => data as Json)
      .filter((data) => data['officerId'] === officerId && data['reason'] !== undefined);

  it('ends a period for a reason: what happened before is still referred, what was referred is still decided', async () => {
    const { post, tokens } = running;
    const officerId = await enrol();
    const before = await refer(officerId, AGENCY, left - HOUR_MS);
    const departure = { officerId, at: iso(left), reason: 'decertified' };
    const headers = { 'idempotency-key': randomUUID() };
    const first = await post(`/v1/agencies/${AGENCY}/departures`, tokens.supervisor, departure, headers);
    expect([first.status, first.body]).toEqual([200, { id: officerId }]);
    expect((await post(`/v1/agencies/${AGENCY}/departures`, tokens.supervisor, departure, headers)).text).toBe(
      first.text,
    );
    expect((await refer(officerId, AGENCY, left - 1)).status).toBe(201);
    expect(await refer(officerId, AGENCY, left)).toMatchObject({
      status: 422,
      type: 'https://throughline.example/problems/officer-not-active',
    });
    expect((await running.decide(before.id, { decision: 'accepted', reasons: ['criteria-met'] })).status).toBe(200);
    await eventually(
      () =>
        expect(told(officerId)).toEqual([
          { agencyId: AGENCY, officerId, activeUntil: iso(left), reason: 'decertified' },
        ]),
      { describe: 'the departure is told once' },
    );
    const reopened = { officerId, activeFrom: '2020-01-01T00:00:00Z' };
    const undone = await post(`/v1/agencies/${AGENCY}/officers`, tokens.admin, reopened);
    expect([undone.status, undone.body.type]).toEqual([409, 'https://throughline.example/problems/departure-recorded']);
  });

  it('transfers at one moment, and shows both agencies the periods that are theirs', async () => {
    const { post, get, tokens } = running;
    const officerId = await enrol();
    const before = await refer(officerId, AGENCY, left - HOUR_MS);
    const transfer = { officerId, at: iso(left), toAgencyId: 'taos-pd', unit: 'Bikes' };
    const path = `/v1/agencies/${AGENCY}/transfers`;
    const headers = { 'idempotency-key': randomUUID() };
    expect((await post(path, tokens.admin, transfer, headers)).status).toBe(200);
    expect((await post(path, tokens.admin, transfer, headers)).status).toBe(200);
    const outcomes = [];
    for (const [agency, occurredAt] of [
      [AGENCY, left - 1],
      ['taos-pd', left - 1],
      [AGENCY, left],
      ['taos-pd', left],
    ] as const)
      outcomes.push((await refer(officerId, agency, occurredAt)).status);
    expect(outcomes).toEqual([201, 422, 422, 201]);
    // with the badge of the other agency, what was entered for the first is out of sight
    const now = await running.token('officer', { sub: officerId, agency: 'taos-pd' });
    expect((await get(`/v1/referrals/${before.id}`, now)).status).toBe(404);
    const listed = await get<{ items: Json[] }>('/v1/agencies/taos-pd/officers', tokens.admin);
    expect(listed.body.items).toEqual([{ officerId, periods: [{ activeFrom: iso(left), unit: 'Bikes' }] }]);
    const own = await get<{ items: Json[] }>(`/v1/agencies/${AGENCY}/officers?limit=100`, tokens.supervisor);
    expect(own.body.items.find((one) => one['officerId'] === officerId)?.['periods']).toEqual([
      {
        activeFrom: '2020-01-01T00:00:00.000Z',
        activeUntil: iso(left),
        unit: 'North',
        departure: { reason: 'transferred', toAgencyId: 'taos-pd' },
      },
    ]);
    const late = { officerId, at: iso(left), reason: 'retired' };
    expect((await post(`/v1/agencies/${AGENCY}/departures`, tokens.admin, late)).body.type).toMatch(
      /officer-transferred$/,
    );
  });

  it('carries a transfer to its end that was broken off between its two writes, also at the start of a replica', async () => {
    const { post, tokens } = running;
    const officerId = await enrol();
    const second = jest.spyOn(AgenciesService.prototype, 'enrolOfficer').mockRejectedValue(new Error('a crash'));
    const transfer = { officerId, at: iso(left), toAgencyId: 'taos-pd', unit: 'Bikes' };
    const headers = { 'idempotency-key': randomUUID() };
    const path = `/v1/agencies/${AGENCY}/transfers`;
    expect((await post(path, tokens.admin, transfer, headers)).status).toBe(200);
    expect([(await refer(officerId, AGENCY, left)).status, (await refer(officerId, 'taos-pd', left)).status]).toEqual([
      422, 422,
    ]);
    second.mockRestore();
    const replica = await running.startReplica();
    try {
      await eventually(async () => expect((await refer(officerId, 'taos-pd', left)).status).toBe(201), {
        describe: 'the officer is in the other agency',
      });
    } finally {
      await replica.close();
    }
    const record = () =>
      running.database.collection('officers').findOne({ 'state.officerId': officerId, 'state.agencyId': AGENCY });
    await eventually(async () => expect(await record()).toMatchObject({ timers: [] }), { describe: 'nothing waits' });

    // and the command is answered as before, whatever became of the officer there
    const departure = { officerId, at: iso(left + HOUR_MS), reason: 'retired' };
    expect((await post('/v1/agencies/taos-pd/departures', tokens.admin, departure)).status).toBe(200);
    expect((await post(path, tokens.admin, transfer, headers)).status).toBe(200);
    expect((await refer(officerId, 'taos-pd', left + HOUR_MS)).status).toBe(422);
  }, 30_000);

  it('refuses what cannot be, and does nothing then', async () => {
    const { post, tokens } = running;
    const officerId = await enrol();
    const transfers = `/v1/agencies/${AGENCY}/transfers`;
    const departures = `/v1/agencies/${AGENCY}/departures`;
    const transfer = { officerId, at: iso(left), toAgencyId: 'taos-pd' };
    for (const toAgencyId of [AGENCY, 'nowhere-pd'])
      expect((await post(transfers, tokens.admin, { ...transfer, toAgencyId })).body.errors?.[0]?.pointer).toBe(
        '#/toAgencyId',
      );
    const overlapping = { officerId, activeFrom: '2021-01-01T00:00:00Z' };
    expect((await post('/v1/agencies/taos-pd/officers', tokens.admin, overlapping)).status).toBe(201);
    expect((await post(transfers, tokens.admin, transfer)).body.type).toMatch(/period-overlaps$/);
    const departure = { officerId, at: iso(left), reason: 'retired' };
    expect((await post(departures, tokens.admin, { ...departure, reason: 'bored' })).status).toBe(422);
    expect((await post(departures, tokens.admin, { ...departure, officerId: 'persona:nobody' })).status).toBe(404);
    expect((await post(departures, tokens.admin, { ...departure, at: '2019-01-01T00:00:00Z' })).status).toBe(409);
    const stranger = await running.token('supervisor', { agency: 'taos-pd' });
    for (const as of [stranger, tokens.officer]) expect((await post(departures, as, departure)).status).toBe(403);
    expect((await post(transfers, tokens.supervisor, transfer)).status).toBe(403);
    expect((await refer(officerId, AGENCY, left + 1)).status).toBe(201);
    expect(told(officerId)).toEqual([]);
  });
});
