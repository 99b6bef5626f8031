import { randomUUID } from 'node:crypto';
import type { RecordedEvent } from '@throughline/shared/contracts';
import { eventually } from '@throughline/shared/testing';
import type { SitePolicy } from '../domain/site-policy.js';
import { AGENCY, referralBody, startReferral, type RunningReferral } from '../running-referral.fixture.js';

type Json = Record<string, unknown>;
interface SiteBody {
  id: string;
  timeZone?: string;
  policyVersion: number;
  policy: SitePolicy;
}
const CONTACT = { pathway: 'social-contact', offenses: [] };

describe('sites and their policies', () => {
  let running: RunningReferral;
  beforeAll(async () => {
    running = await startReferral();
  }, 60_000);
  afterAll(() => running?.close(), 60_000);

  const read = (id: string) => running.get<SiteBody>(`/v1/sites/${id}`, running.tokens.prosecutor);
  const put = async (id: string, policy: unknown, as = running.tokens.admin, ifMatch?: string) =>
    running.request<Json & { errors: { pointer: string }[] }>('PUT', `/v1/sites/${id}/policy`, {
      token: as,
      body: policy,
      headers: { 'if-match': ifMatch ?? (await read(id)).headers.get('etag') ?? '' },
    });
  const change = async (changes: Partial<SitePolicy>): Promise<void> => {
    const { policy } = (await read('default')).body;
    expect((await put('default', { ...policy, ...changes })).status).toBe(200);
  };
  const detail = async (id: string): Promise<Json> =>
    (await running.get<Json>(`/v1/referrals/${id}`, running.tokens.prosecutor)).body;

  it('has site default from the start, without any database content', async () => {
    const { status, body, headers } = await read('default');
    expect([status, headers.get('etag')]).toEqual([200, '"1"']);
    expect(body).toMatchObject({
      id: 'default',
      policyVersion: 1,
      policy: { chargeHold: { days: 30, warnings: [10, 3] } },
    });
    expect(body.timeZone).toBeUndefined();
    expect((await read('nowhere')).status).toBe(404);
    const { body: agency } = await running.get<Json>('/v1/agencies/santa-fe-pd', running.tokens.admin);
    expect(agency).toMatchObject({ site: 'default' });
  });

  it('makes a site once, tells it, and lets agencies belong to it', async () => {
    const { post, get, tokens } = running;
    const { policy } = (await read('default')).body;
    const site = { id: 'oakland', name: 'Oakland', timeZone: 'America/Los_Angeles' };
    const wrong = { ...policy, chargeHold: { ...policy.chargeHold, days: 7, warnings: [10] } };
    const refused = await post<Json>('/v1/sites', tokens.admin, { ...site, policy: wrong });
    expect(refused.body).toMatchObject({ status: 422, errors: [{ pointer: '#/policy/chargeHold/warnings/0' }] });
    const headers = { 'idempotency-key': randomUUID() };
    for (let time = 0; time < 2; time += 1) {
      const { status, body } = await post<Json>('/v1/sites', tokens.admin, site, headers);
      expect([status, body]).toEqual([201, { id: 'oakland', policyVersion: 1 }]);
    }
    expect((await post('/v1/sites', tokens.admin, site)).status).toBe(409);
    expect((await post('/v1/sites', tokens.admin, { ...site, id: 'default' })).status).toBe(409);
    expect((await post('/v1/sites', tokens.prosecutor, { ...site, id: 'other' })).status).toBe(403);
    expect((await post('/v1/sites', tokens.admin, { ...site, id: 'x', timeZone: 'Denver' })).status).toBe(422);

    const first = await get<{ items: SiteBody[]; nextCursor: string }>('/v1/sites?limit=1', tokens.coordinator);
    const second = await get<{ items: SiteBody[] }>(
      `/v1/sites?limit=1&cursor=${first.body.nextCursor}`,
      tokens.coordinator,
    );
    expect([...first.body.items, ...second.body.items].map(({ id }) => id)).toEqual(['default', 'oakland']);
    expect((await get('/v1/sites', tokens.officer)).status).toBe(403);

    const agency = { id: 'oakland-pd', name: 'Oakland PD', timeZone: 'America/Los_Angeles' };
    const unknown = await post<Json>('/v1/agencies', tokens.admin, { ...agency, site: 'nowhere' });
    expect(unknown.body).toMatchObject({ status: 422, errors: [{ pointer: '#/site' }] });
    expect((await post('/v1/agencies', tokens.admin, { ...agency, site: 'oakland' })).status).toBe(201);
    expect((await get<Json>('/v1/agencies/oakland-pd', tokens.admin)).body).toMatchObject({ site: 'oakland' });
  });

  it('changes a policy on what was seen, keeps each version, and tells it', async () => {
    const { tokens } = running;
    const { policy } = (await read('oakland')).body;
    const next = { ...policy, capacity: { places: 60 }, holidays: ['2026-12-25'] };
    expect((await put('oakland', next, tokens.coordinator)).status).toBe(403);
    const parts = await put('oakland', next, tokens.prosecutor);
    expect(parts.body).toMatchObject({ status: 403, errors: [{ pointer: '#/holidays' }] });
    expect((await put('oakland', next, tokens.admin, '"7"')).status).toBe(412);
    const answers = await Promise.all([
      put('oakland', next, tokens.admin, '"1"'),
      put('oakland', next, tokens.admin, '"1"'),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const theirs = { ...next, chargeHold: { days: 14, warnings: [3], rollToBusinessDay: true } };
    const third = await put('oakland', theirs, tokens.prosecutor);
    expect([third.status, third.body, third.headers.get('etag')]).toEqual([
      200,
      { id: 'oakland', policyVersion: 3 },
      '"3"',
    ]);

    const { body: history } = await running.get<{ items: SiteBody[] }>('/v1/sites/oakland/policies', tokens.prosecutor);
    expect(history.items).toMatchObject([
      { policyVersion: 1, policy },
      { policyVersion: 2, policy: next, by: 'persona:admin' },
      { policyVersion: 3, policy: theirs, by: 'persona:prosecutor' },
    ]);
    const log = running.database.collection('event_log');
    await eventually(async () => expect(await log.countDocuments({ subject: 'oakland' })).toBe(3), {
      describe: 'each version is told',
    });
    const told = await log.findOne({ subject: 'oakland', seq: 3 });
    expect(JSON.parse((told as unknown as RecordedEvent).data)).toMatchObject({
      policyVersion: 3,
      chargeHoldDays: 14,
      places: 60,
    });
  });

  it.each<[string, (policy: SitePolicy) => object, string]>([
    ['a hold of 6 days', (p) => ({ ...p, chargeHold: { ...p.chargeHold, days: 6 } }), '#/chargeHold/days'],
    ['a day that is none', (p) => ({ ...p, holidays: ['2026-02-30'] }), '#/holidays/0'],
    ['a day of no week', (p) => ({ ...p, businessDays: ['monday'] }), '#/businessDays/0'],
    ['no business day', (p) => ({ ...p, businessDays: [] }), '#/businessDays'],
    ['negative places', (p) => ({ ...p, capacity: { places: -1 } }), '#/capacity/places'],
    ['an unknown part', (p) => ({ ...p, charges: 'file' }), '#/charges'],
    [
      'no way in',
      (p) => ({ ...p, pathways: { 'arrest-diversion': false, 'social-contact': false, community: false } }),
      '#/pathways',
    ],
  ])('refuses %s, with its field', async (_, spoil, pointer) => {
    const { policy } = (await read('oakland')).body;
    expect((await put('oakland', spoil(policy))).body).toMatchObject({ status: 422, errors: [{ pointer }] });
  });

  it('takes only what the policy offers, and whom the community suggests only where it says so', async () => {
    const { post, tokens } = running;
    const suggested = referralBody({ ...CONTACT, source: 'community' });
    const headers = { 'idempotency-key': randomUUID() };
    const open = { 'arrest-diversion': false, 'social-contact': true, community: true };
    await change({ pathways: open });
    const closed = await post<Json>('/v1/referrals', tokens.officer, referralBody({}));
    expect(closed.body).toMatchObject({
      status: 422,
      type: expect.stringMatching(/pathway-not-offered$/),
      errors: [{ pointer: '#/pathway' }],
    });
    const taken = await post<{ id: string }>('/v1/referrals', tokens.officer, suggested, headers);
    expect(taken.status).toBe(201);
    expect(await detail(taken.body.id)).toMatchObject({ source: 'community', site: { id: 'default' } });

    await change({ pathways: { ...open, 'arrest-diversion': true } });
    const arrest = await post<Json>('/v1/referrals', tokens.officer, referralBody({ source: 'community' }));
    expect(arrest.body).toMatchObject({ status: 422, type: expect.stringMatching(/community-needs-social-contact$/) });
    await change({ pathways: { 'arrest-diversion': true, 'social-contact': true, community: false } });
    const refused = await post<Json>('/v1/referrals', tokens.officer, suggested);
    expect(refused.body).toMatchObject({
      status: 422,
      type: expect.stringMatching(/community-referral-not-permitted$/),
    });
    const again = await post<{ id: string }>('/v1/referrals', tokens.officer, suggested, headers);
    expect([again.status, again.body.id]).toEqual([201, taken.body.id]);
    expect((await running.decide(taken.body.id, { decision: 'declined', reasons: ['other'] })).status).toBe(200);
  });

  it('shows the target of a hand-off, and that it is over', async () => {
    const occurredAt = new Date(Date.now() - 7_200_000);
    const id = await running.submit({ occurredAt: occurredAt.toISOString() });
    const dueAt = new Date(occurredAt.getTime() + 1_800_000).toISOString();
    expect(await detail(id)).toMatchObject({ handOff: { dueAt, overdue: true }, holdWouldEndAt: expect.any(String) });
    const { body } = await running.get<{ items: Json[] }>(
      '/v1/referrals?state=pending-decision',
      running.tokens.prosecutor,
    );
    expect(body.items.find((item) => item['id'] === id)).toMatchObject({ handOffOverdue: true });
  });

  it('lets an agency move: what it refers from then on is judged there, and what is open stays where it was', async () => {
    const { post, tokens } = running;
    const facts = { exploitsMinors: false, promotesProstitution: false, disqualifyingHistory: false };
    const old = (await read('default')).body.policy;
    expect((await put('default', { ...old, chargeHold: { ...old.chargeHold, days: 20 } })).status).toBe(200);
    const site = {
      id: 'taos',
      name: 'Taos',
      timeZone: 'America/Denver',
      policy: { ...old, chargeHold: { ...old.chargeHold, days: 7, warnings: [3] } },
    };
    expect((await post('/v1/sites', tokens.admin, site)).status).toBe(201);
    const open = await running.submit({ facts: { ...facts, dealingBeyondSubsistence: false } });

    const path = `/v1/agencies/${AGENCY}`;
    const before = await running.get<Json>(path, tokens.admin);
    const etag = before.headers.get('etag') ?? '';
    const move = (as: string, body: Json, match = etag) =>
      running.request<Json & { errors: unknown }>('PUT', `${path}/site`, {
        token: as,
        body,
        headers: { 'if-match': match },
      });
    expect((await move(tokens.supervisor, { site: 'taos' })).status).toBe(403);
    expect((await move(tokens.admin, { site: 'nowhere' })).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/site' }],
    });
    expect((await move(tokens.admin, { site: 'taos' }, '"77"')).status).toBe(412);
    const moved = await move(tokens.admin, { site: 'taos' });
    expect(moved.body).toEqual({ ...before.body, site: 'taos' });
    expect(moved.headers.get('etag')).not.toBe(etag);
    expect((await move(tokens.admin, { site: 'taos' }, moved.headers.get('etag') ?? '')).status).toBe(200);
    await eventually(
      () =>
        expect(running.eventsOf(AGENCY).filter(({ type }) => type === 'agency.site-changed.v1')).toMatchObject([
          { data: { siteId: 'taos', previousSiteId: 'default' } },
        ]),
      { describe: 'it is told once' },
    );

    const later = await running.submit({ facts: { ...facts, dealingBeyondSubsistence: false } });
    const held: [string, number][] = [];
    for (const id of [open, later]) {
      expect((await running.decide(id, { decision: 'accepted', reasons: ['meets-the-criteria'] })).status).toBe(200);
      const { body } = await running.get<{ site: { id: string }; occurredAt: string; chargeHold: { dueAt: string } }>(
        `/v1/referrals/${id}`,
        tokens.prosecutor,
      );
      held.push([
        body.site.id,
        Math.floor((Date.parse(body.chargeHold.dueAt) - Date.parse(body.occurredAt)) / 86_400_000),
      ]);
    }
    expect(held).toEqual([
      ['default', 20],
      ['taos', 7],
    ]);
  });
});
