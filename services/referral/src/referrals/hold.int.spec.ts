import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from '@throughline/shared/testing';
import { startReferral, type RunningReferral } from '../running-referral.fixture.js';

type Json = Record<string, unknown>;
const ACCEPT = { decision: 'accepted', reasons: ['meets-the-criteria'] };
const DAY = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY).toISOString();
const dateIn = (days: number): string => inDays(days).slice(0, 10);

describe('a charge hold', () => {
  let running: RunningReferral;
  beforeAll(async () => {
    running = await startReferral();
  }, 60_000);
  afterAll(() => running?.close(), 60_000);

  const read = (id: string) => running.get<Json>(`/v1/referrals/${id}`, running.tokens.prosecutor);
  const accept = async (occurredAt: string): Promise<string> => {
    const id = await running.submit({ occurredAt });
    // A warning that is due at once may be written between what is read and what is decided on: then one reads again.
    await eventually(async () => expect((await running.decide(id, ACCEPT)).status).toBe(200), {
      describe: 'it is accepted',
    });
    return id;
  };
  const settle = async (
    id: string,
    act: string,
    body: Json,
    { as = running.tokens.prosecutor, headers = {} }: { as?: string; headers?: Record<string, string> } = {},
  ) =>
    running.post<Json>(`/v1/referrals/${id}/hold/${act}`, as, body, {
      'if-match': (await read(id)).headers.get('etag') ?? '',
      ...headers,
    });
  const told = (id: string, type: string): Json[] =>
    running
      .eventsOf(id)
      .filter((event) => event.type === type)
      .map(({ data }) => data);

  it('is extended by the prosecutor, who is answered once (edge case 11)', async () => {
    const id = await accept(inDays(-1));
    const body = { until: dateIn(60), reason: 'in-hospital' };
    const headers = { 'idempotency-key': randomUUID() };
    const { status, body: answer, headers: answered } = await settle(id, 'extension', body, { headers });
    expect([status, answer]).toMatchObject([
      200,
      { id, chargeHold: { status: 'open', extensions: [{ reason: 'in-hospital' }] } },
    ]);
    expect(answered.get('etag')).toBe('"3"');
    expect((await settle(id, 'extension', body, { headers })).body).toEqual(answer);
    expect((await settle(id, 'extension', { ...body, reason: 'in-jail' }, { headers })).status).toBe(422);
    await eventually(() => expect(told(id, 'referral.hold-extended.v1')).toMatchObject([{ reason: 'in-hospital' }]), {
      describe: 'it is told once',
    });
    expect((await read(id)).body).toMatchObject({ chargeHold: { extensions: [{ by: 'persona:prosecutor' }] } });
  });

  it('is opened again after its lapse, and settled by hand where the release is refused (edge case 17)', async () => {
    const id = await accept(inDays(-45));
    await eventually(async () => expect((await read(id)).body).toMatchObject({ review: 'charge-hold-lapsed' }), {
      describe: 'it lapses into a review',
      deadlineMs: 20_000,
    });
    expect((await settle(id, 'extension', { until: dateIn(5), reason: 'in-jail' })).status).toBe(200);
    const again = (await read(id)).body;
    expect(again).toMatchObject({ chargeHold: { status: 'open' } });
    expect(again).not.toHaveProperty('review');
    const refused = { resolution: 'satisfied', reason: 'release-refused' };
    expect((await settle(id, 'resolution', refused)).body).toMatchObject({ chargeHold: { status: 'satisfied' } });
    expect((await read(id)).body).toMatchObject({ state: 'accepted', chargeHold: { resolution: refused } });
    const second = await settle(id, 'resolution', { resolution: 'ended', reason: 'returned-to-prosecutor' });
    expect(second.body).toMatchObject({ status: 409, type: expect.stringMatching(/hold-not-open$/) });
    await eventually(() => expect(told(id, 'referral.hold-resolved.v1')).toMatchObject([refused]), {
      describe: 'the settlement is told',
    });
    const doc = await running.database.collection('referrals').findOne({ _id: id as never });
    expect(doc).toMatchObject({ timers: [] });
  }, 40_000);

  it('is the business of the prosecutor alone, and says what is wrong with a request', async () => {
    const id = await accept(inDays(-1));
    const good = { until: dateIn(60), reason: 'in-jail' };
    const { officer, supervisor, coordinator, admin } = running.tokens;
    for (const as of [officer, supervisor, coordinator, admin]) {
      expect((await settle(id, 'extension', good, { as })).status).toBe(403);
      expect((await settle(id, 'resolution', { resolution: 'ended', reason: 'release-refused' }, { as })).status).toBe(
        403,
      );
    }
    for (const [act, body, pointer] of [
      ['extension', { ...good, until: '2026-02-30' }, '#/until'],
      ['extension', { ...good, until: dateIn(-1) }, '#/until'],
      ['extension', { ...good, until: dateIn(500) }, '#/until'],
      ['extension', { ...good, reason: 'he was busy' }, '#/reason'],
      ['resolution', { resolution: 'filed', reason: 'release-refused' }, '#/resolution'],
      ['resolution', { resolution: 'ended', reason: 'because' }, '#/reason'],
    ] as const)
      expect((await settle(id, act, body)).body).toMatchObject({ status: 422, errors: [{ pointer }] });
    expect((await settle(id, 'extension', good, { headers: { 'if-match': '"1"' } })).status).toBe(412);
    const contact = await running.submit({ pathway: 'social-contact', offenses: [] });
    expect((await settle(contact, 'extension', good)).status).toBe(409);
    expect(
      (
        await running.post(`/v1/referrals/${randomUUID()}/hold/extension`, running.tokens.prosecutor, good, {
          'if-match': '"1"',
        })
      ).status,
    ).toBe(404);
  });

  it('is warned of and lapses once, though replicas are killed, restarted and run side by side', async () => {
    const replicas: ChildProcess[] = [];
    const start = (): ChildProcess => {
      const main = join(import.meta.dirname, '../../dist/main.js');
      const env = { PATH: process.env['PATH'], ...running.environment, PORT: '0', RATE_LIMIT_PER_SECOND: '0' };
      const replica = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'ignore'] });
      replicas.push(replica);
      return replica;
    };
    const kill = async (replica: ChildProcess): Promise<void> => {
      const gone = once(replica, 'exit');
      replica.kill('SIGKILL');
      await gone;
    };
    try {
      const first = start();
      start();
      for (const replica of replicas) await once(replica.stdout!, 'data');
      const soon = await Promise.all(Array.from({ length: 12 }, () => accept(inDays(-28))));
      const over = await Promise.all(Array.from({ length: 12 }, () => accept(inDays(-45))));
      await kill(first);
      await once(start().stdout!, 'data');
      await eventually(
        () => {
          for (const id of soon) expect(told(id, 'referral.hold-due-soon.v1')).toMatchObject([{ daysLeft: 2 }]);
          for (const id of over) expect(told(id, 'referral.hold-lapsed.v1')).toHaveLength(1);
        },
        { describe: 'each is told', deadlineMs: 30_000 },
      );
      // whatever a second replica would still tell stands in the log, which all of them share
      await eventually(
        async () =>
          expect(await running.database.collection('referrals').countDocuments({ 'ob.since': { $exists: true } })).toBe(
            0,
          ),
        {
          describe: 'nothing waits to be told',
        },
      );
      const log = running.database.collection('event_log');
      for (const [ids, type] of [
        [soon, 'referral.hold-due-soon.v1'],
        [over, 'referral.hold-lapsed.v1'],
      ] as const)
        for (const subject of ids) expect(await log.countDocuments({ subject, type })).toBe(1);
      expect((await read(soon[0]!)).body).toMatchObject({ chargeHold: { status: 'open', warned: { daysLeft: 2 } } });
    } finally {
      for (const replica of replicas) if (replica.exitCode === null && replica.signalCode === null) await kill(replica);
    }
  }, 90_000);
});
