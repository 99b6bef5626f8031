import { randomUUID } from 'node:crypto';
import { eventually } from '@throughline/shared/testing';
import { DEFAULT_CRITERIA } from '../data/presets/default.js';
import { referralBody, startReferral, type RunningReferral } from '../running-referral.fixture.js';

type Json = Record<string, unknown>;
interface Draft {
  id: string;
  revision: number;
}

describe('rulesets', () => {
  let running: RunningReferral;
  beforeAll(async () => {
    running = await startReferral();
  }, 60_000);
  afterAll(() => running?.close(), 60_000);

  const begin = async (ruleset: string, body: Json): Promise<string> => {
    const { status, body: draft } = await running.post<Draft>(
      `/v1/rulesets/${ruleset}/drafts`,
      running.tokens.prosecutor,
      body,
    );
    expect({ status, draft }).toMatchObject({ status: 201 });
    return `/v1/rulesets/${ruleset}/drafts/${draft.id}`;
  };
  const publish = (path: string, as: string, body: Json = {}, etag = '"1"', key: string = randomUUID()) =>
    running.post<{ version: number; errors?: { pointer: string }[]; type?: string }>(`${path}/publish`, as, body, {
      'if-match': etag,
      'idempotency-key': key,
    });
  const put = (path: string, as: string, body: unknown, etag: string) =>
    running.request<{ revision: number; errors?: { pointer: string }[]; type?: string; version?: number }>(
      'PUT',
      path,
      { token: as, body, headers: { 'if-match': etag } },
    );
  /** The default with a limit of 3 g, as in Seattle. */
  const threeGrams = DEFAULT_CRITERIA.map((criterion) =>
    criterion.id === 'drug-amount' ? { ...criterion, value: 3 } : criterion,
  );
  const verdictOn = async (id: string, criterion: string) => {
    const { body } = await running.get<{
      evaluations: { rulesetVersion: number; criteria: { id: string; verdict: string }[] }[];
    }>(`/v1/referrals/${id}`, running.tokens.prosecutor);
    const last = body.evaluations.at(-1)!;
    return [last.rulesetVersion, last.criteria.find((one) => one.id === criterion)?.verdict];
  };

  it('edge 6: criteria change mid-case, new decisions use the new version, and open cases keep theirs', async () => {
    const { tokens, post, get } = running;
    const fiveGrams = { substances: [{ kind: 'heroin', grams: 5 }] };
    const open = await running.submit({
      ...fiveGrams,
      facts: { exploitsMinors: false, promotesProstitution: false, dealingBeyondSubsistence: false },
    });
    expect(await verdictOn(open, 'drug-amount')).toEqual([1, 'met']);

    const path = await begin('default', { title: 'Three grams', criteria: threeGrams });
    const key = randomUUID();
    expect((await publish(path, tokens.admin)).status).toBe(403);
    const published = await publish(path, tokens.prosecutor, {}, '"1"', key);
    expect([published.status, published.body.version]).toEqual([201, 2]);
    expect((await publish(path, tokens.prosecutor, {}, '"1"', key)).text).toBe(published.text);

    const next = await running.submit(fiveGrams);
    expect(await verdictOn(next, 'drug-amount')).toEqual([2, 'not-met']);
    const added = await post(`/v1/referrals/${open}/information`, tokens.officer, {
      facts: { disqualifyingHistory: false },
    });
    expect(added.status).toBe(200);
    expect(await verdictOn(open, 'drug-amount')).toEqual([1, 'met']);

    const inForce = await get<Json>('/v1/criteria', tokens.officer);
    expect(inForce.body).toMatchObject({ id: 'default', version: 2, title: 'Three grams' });
    const before = await get<Json>('/v1/criteria?at=2025-01-01T00:00:00Z', tokens.officer);
    expect(before.body).toMatchObject({ version: 1 });
    expect((await get('/v1/criteria?at=2019-01-01T00:00:00Z', tokens.officer)).status).toBe(404);
    await eventually(
      () =>
        expect(running.eventsOf('default')).toMatchObject([
          { type: 'ruleset.published.v1', seq: 1, data: { rulesetId: 'default', version: 2 } },
        ]),
      { describe: 'the publication is told once' },
    );
    expect(JSON.stringify(running.eventsOf('default'))).not.toContain('Three grams');
  });

  it('never changes a published version', async () => {
    const { tokens, request, get } = running;
    const path = await begin('steady', { preset: 'default' });
    expect((await publish(path, tokens.prosecutor)).status).toBe(201);
    const edit = await put(path, tokens.prosecutor, { title: 'x', criteria: threeGrams }, '"1"');
    expect([edit.status, edit.body.type, edit.body.version]).toEqual([
      409,
      'https://throughline.example/problems/ruleset-published',
      1,
    ]);
    const headers = { 'if-match': '"1"' };
    expect((await request('DELETE', path, { token: tokens.prosecutor, headers })).status).toBe(409);
    expect((await publish(path, tokens.prosecutor)).status).toBe(409);
    const version = '/v1/rulesets/steady/versions/1';
    for (const method of ['PUT', 'DELETE', 'PATCH'])
      expect((await request(method, version, { token: tokens.prosecutor, body: {}, headers })).status).toBe(405);
    expect((await get<Json>(version, tokens.analyst)).body).toMatchObject({ criteria: DEFAULT_CRITERIA });
  });

  it('judges nobody by a version that somebody changed behind its back', async () => {
    const path = await begin('damaged', { preset: 'default' });
    expect((await publish(path, running.tokens.prosecutor)).status).toBe(201);
    await running.database
      .collection('rulesets')
      .updateOne({ _id: 'damaged' as never }, { $set: { 'state.versions.0.ruleset.criteria.0.value': 12 } });
    const { status, body } = await running.get('/v1/rulesets/damaged/versions/1', running.tokens.analyst);
    expect([status, body.type]).toEqual([503, 'https://throughline.example/problems/ruleset-damaged']);
  });

  it('edge 12: a no-contact order with a participant is a hard stop, shown to the coordinator alone', async () => {
    const { tokens, get, post } = running;
    const path = await begin('california', { preset: 'california-social-contact' });
    expect((await publish(path, tokens.prosecutor)).status).toBe(201);
    const site = await get<{ policy: { rulesets: Json } }>('/v1/sites/default', tokens.admin);
    const { policy } = site.body;
    const rulesets = { ...policy.rulesets, 'social-contact': 'california' };
    const etag = site.headers.get('etag') ?? '';
    const nobodys = { ...policy, rulesets: { ...rulesets, 'arrest-diversion': 'not-published' } };
    const judgedByNothing = await put('/v1/sites/default/policy', tokens.admin, nobodys, etag);
    expect(judgedByNothing.body.errors?.map(({ pointer }) => pointer)).toEqual(['#/rulesets/arrest-diversion']);
    expect((await put('/v1/sites/default/policy', tokens.admin, { ...policy, rulesets }, etag)).status).toBe(200);
    expect((await get<Json>('/v1/criteria?pathway=social-contact', tokens.officer)).body['id']).toBe('california');

    const today = new Date().toISOString().slice(0, 10);
    const lastYear = `${Number(today.slice(0, 4)) - 1}-01-31`;
    const facts = { insideProgrammeArea: true, pendingTreatmentCourtCase: false, verifiedConduct: [lastYear] };
    const social = { pathway: 'social-contact', offenses: [], facts };
    const tomorrow = { ...social, facts: { ...facts, verifiedConduct: [lastYear, '2999-01-01', '1980-01-01'] } };
    const refused = await post('/v1/referrals', tokens.officer, referralBody(tomorrow));
    expect(refused.body.errors?.map(({ pointer }) => pointer)).toEqual([
      '#/facts/verifiedConduct/1',
      '#/facts/verifiedConduct/2',
    ]);

    const id = await running.submit(social);
    const information = `/v1/referrals/${id}/information`;
    const order = { facts: { noContactOrderWithParticipant: true } };
    const byOfficer = await post(information, tokens.officer, order);
    expect([byOfficer.status, byOfficer.body.errors?.[0]?.pointer]).toEqual([
      422,
      '#/facts/noContactOrderWithParticipant',
    ]);
    expect((await post(information, tokens.coordinator, order)).status).toBe(200);

    const seenBy = async (as: string) => (await get<{ state: string }>(`/v1/referrals/${id}`, as)).body;
    const coordinator = await seenBy(tokens.coordinator);
    expect(coordinator).toMatchObject({ state: 'ineligible' });
    expect(JSON.stringify(coordinator)).toContain('A no-contact order stands between');
    const prosecutor = await seenBy(tokens.prosecutor);
    expect(prosecutor).toMatchObject({ state: 'ineligible', evaluations: [{ withheld: true }, { withheld: true }] });
    await eventually(() => expect(running.eventsOf(id)).toHaveLength(3), { describe: 'the results are told' });
    const worklist = await get('/v1/referrals?pathway=social-contact', tokens.prosecutor);
    expect(worklist.text).toContain(id);
    const elsewhere = [prosecutor, await seenBy(tokens.officer), running.eventsOf(id), worklist.text];
    expect(JSON.stringify(elsewhere)).not.toMatch(/no-?contact/i);
  });

  it('takes drafts from prosecutor and administrator, each change on the last one seen', async () => {
    const { tokens, post, get, request } = running;
    const headers = { 'idempotency-key': randomUUID() };
    const from = { preset: 'ten-year-violent-conviction' };
    const first = await post<Draft>('/v1/rulesets/watauga/drafts', tokens.admin, from, headers);
    expect([first.status, first.headers.get('etag')]).toEqual([201, '"1"']);
    expect((await post('/v1/rulesets/watauga/drafts', tokens.admin, from, headers)).text).toBe(first.text);
    const path = `/v1/rulesets/watauga/drafts/${first.body.id}`;
    const read = await get<{ title: string; criteria: Json[] }>(path, tokens.prosecutor);
    expect(read.body.criteria).toHaveLength(DEFAULT_CRITERIA.length + 1);
    const content = { title: 'Watauga', criteria: threeGrams };
    const changed = await put(path, tokens.prosecutor, content, '"1"');
    expect([changed.status, changed.body.revision, changed.headers.get('etag')]).toEqual([200, 2, '"2"']);
    expect((await put(path, tokens.admin, content, '"1"')).status).toBe(412);
    expect((await publish(path, tokens.prosecutor, {}, '"1"')).status).toBe(412);
    expect((await request('PUT', path, { token: tokens.admin, body: content })).status).toBe(428);
    for (const as of [tokens.officer, tokens.coordinator, tokens.analyst]) {
      expect((await get(path, as)).status).toBe(403);
      expect((await put(path, as, content, '"2"')).status).toBe(403);
    }
    const gone = await request('DELETE', path, { token: tokens.admin, headers: { 'if-match': '"2"' } });
    expect([gone.status, (await get(path, tokens.admin)).status]).toEqual([204, 404]);
    expect((await get(`/v1/rulesets/watauga/drafts/${randomUUID()}`, tokens.admin)).status).toBe(404);
    expect((await get('/v1/rulesets/nowhere/versions', tokens.admin)).status).toBe(404);
  });

  it('refuses criteria that cannot judge, each fault with its pointer', async () => {
    const { post, tokens } = running;
    const [adult] = DEFAULT_CRITERIA;
    const at = async (body: Json): Promise<(string | undefined)[] | undefined> => {
      const answer = await post('/v1/rulesets/faulty/drafts', tokens.prosecutor, body);
      expect(answer.status).toBe(422);
      return answer.body.errors?.map(({ pointer }) => pointer);
    };
    const criteria = (...changed: Json[]): Json => ({ title: 'x', criteria: changed });
    expect(await at({ title: 'x' })).toEqual(['#']);
    expect(await at({ preset: 'nobody-knows' })).toEqual(['#/preset']);
    expect(await at({ criteria: DEFAULT_CRITERIA })).toEqual(['#/title']);
    expect(await at(criteria())).toEqual(['#/criteria']);
    expect(await at(criteria({ ...adult, operator: 'resembles' }))).toEqual(['#/criteria/0/operator']);
    expect(await at(criteria({ ...adult, $where: '1' }))).toEqual(['#/criteria/0/$where']);
    expect(await at(criteria({ ...adult, value: { $gt: 0 } }))).toEqual(['#/criteria/0/value']);
    expect(await at(criteria({ ...adult, fact: 'rumours' }, { ...adult, value: 300 }))).toEqual([
      '#/criteria/0/fact',
      '#/criteria/1/value',
      '#/criteria/1/id',
    ]);
    expect((await running.get('/v1/rulesets/faulty/versions', tokens.prosecutor)).status).toBe(404);
    const path = await begin('later', { preset: 'default' });
    const past = await publish(path, tokens.prosecutor, { effectiveFrom: '2026-01-01T00:00:00Z' });
    expect([past.status, past.body.errors?.[0]?.pointer]).toEqual([422, '#/effectiveFrom']);
  });

  it('lists rulesets, versions, presets and facts', async () => {
    const { get, tokens } = running;
    const first = await get<{ nextCursor: string }>('/v1/rulesets?limit=1', tokens.officer);
    const rest = await get<{ items: Json[] }>(`/v1/rulesets?cursor=${first.body.nextCursor}`, tokens.officer);
    expect(JSON.parse(first.text)).toMatchObject({ items: [{ id: 'california' }] });
    expect(rest.body.items).toContainEqual({ id: 'default' });
    const versions = await get<{ items: Json[]; inForce: number }>('/v1/rulesets/default/versions', tokens.officer);
    expect(versions.body.items[0]).toMatchObject({ version: 1, publishedBy: 'built-in' });
    expect(versions.body.items[0]).not.toHaveProperty('criteria');
    const presets = await get<{ items: Json[]; facts: Json[] }>('/v1/ruleset-presets', tokens.prosecutor);
    expect(presets.body.items.map(({ id }) => id)).toEqual([
      'default',
      'california-social-contact',
      'ten-year-violent-conviction',
    ]);
    expect(presets.body.facts).toContainEqual(expect.objectContaining({ fact: 'violentConvictions', kind: 'dates' }));
  });
});
