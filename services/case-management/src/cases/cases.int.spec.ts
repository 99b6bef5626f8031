import { randomUUID } from 'node:crypto';
import { eventually } from '@throughline/shared/testing';
import {
  essence,
  MANAGER,
  PERSON,
  startCaseManagement,
  type RunningCaseManagement,
} from '../running-case-management.fixture.js';
import type { CaseAnswer, CaseSummaryAnswer } from './cases.schemas.js';

let running: RunningCaseManagement;
let tokens: RunningCaseManagement['tokens'];
beforeAll(async () => {
  running = await startCaseManagement();
  tokens = running.tokens;
}, 30_000);
afterAll(() => running?.close());

const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
const contact = (changes: object = {}): object => ({
  occurredAt: minutesAgo(5),
  mode: 'phone',
  reached: true,
  ...changes,
});
const read = async (caseId: string, as = tokens.coordinator): Promise<CaseAnswer> =>
  (await running.get<CaseAnswer>(`/v1/cases/${caseId}`, as)).body;
const typesOf = (caseId: string): string[] => running.eventsOf(caseId).map(({ type }) => type);
const announced = (caseId: string, types: string[]): Promise<void> =>
  eventually(() => expect(typesOf(caseId)).toEqual(types), { describe: `${types.join(', ')} arrived` });
describe('a case, from assignment to needs', () => {
  it('goes its way, each step announced once and by ids alone', async () => {
    const { referralId, caseId } = await running.openCase();
    const assigned = await running.assign(caseId, MANAGER);
    expect(assigned).toMatchObject({ status: 200, body: { id: caseId, state: 'opened', caseManagerId: MANAGER } });
    expect(assigned.headers.get('etag')).toBe('"2"');

    const missed = await running.post(`/v1/cases/${caseId}/contacts`, tokens.manager, contact({ reached: false }));
    expect(missed).toMatchObject({ status: 201, body: { caseId, state: 'opened' } });
    const reached = await running.post(
      `/v1/cases/${caseId}/contacts`,
      tokens.manager,
      contact({ mode: 'in-person', note: 'Likes to meet at the library.' }),
    );
    expect(reached).toMatchObject({ status: 201, body: { caseId, state: 'contacted' } });

    const completedAt = minutesAgo(2 * 24 * 60);
    const intake = await running.post(`/v1/cases/${caseId}/intake`, tokens.manager, { completedAt });
    expect(intake).toMatchObject({ status: 200, body: { caseId, state: 'intake-completed', completedAt } });

    const needId = await running.created(`/v1/cases/${caseId}/needs`, tokens.manager, {
      category: 'identification',
      goal: 'get my ID back',
    });

    const { body, headers } = await running.get<CaseAnswer>(`/v1/cases/${caseId}`, tokens.manager);
    expect(headers.get('etag')).toBe('"6"');
    expect(body).toMatchObject({
      state: 'intake-completed',
      identity: PERSON,
      caseManagerId: MANAGER,
      contacts: [
        { reached: false, mode: 'phone', enteredBy: MANAGER },
        { reached: true, mode: 'in-person', note: 'Likes to meet at the library.' },
      ],
      intake: { completedAt, enteredBy: MANAGER },
      needs: [{ id: needId, category: 'identification', goal: 'get my ID back' }],
    });
    expect(body.contacts[0]).not.toHaveProperty('note');
    expect(body).not.toHaveProperty('caseloadPlace');

    await announced(caseId, [
      'case.opened.v1',
      'case.manager-assigned.v1',
      'case.contacted.v1',
      'case.intake-completed.v1',
      'case.need-recorded.v1',
    ]);
    const [, managed, contacted, completed, needed] = running.eventsOf(caseId).map(({ data }) => data);
    expect(managed).toEqual({ caseId, caseManagerId: MANAGER, assignedAt: body.assignedAt });
    expect(contacted).toEqual({ caseId, mode: 'in-person', contactedAt: body.contacts[1]?.occurredAt });
    expect(completed).toEqual({
      caseId,
      referralIds: [referralId],
      completedAt,
      enteredAt: body.intake?.enteredAt,
    });
    expect(needed).toEqual({ caseId, needId, category: 'identification', recordedAt: body.needs[0]?.recordedAt });
  });

  it('refuses intake before contact, with the transitions that are allowed', async () => {
    const caseId = await running.assignedCase();
    const answer = await running.post(`/v1/cases/${caseId}/intake`, tokens.manager, { completedAt: minutesAgo(1) });
    expect(answer).toMatchObject({
      status: 409,
      body: {
        type: 'https://throughline.example/problems/transition-not-allowed',
        state: 'opened',
        allowed: ['contacted', 'moved', 'deceased', 'declined', 'ineligible-by-prosecutor', 'merged'],
      },
    });
    expect((await read(caseId)).state).toBe('opened');
  });

  it('logs any number of failed attempts without any consequence', async () => {
    const caseId = await running.assignedCase();
    for (let attempt = 0; attempt < 12; attempt += 1)
      await running.created(`/v1/cases/${caseId}/contacts`, tokens.manager, contact({ reached: false }));
    const { state, contacts } = await read(caseId);
    expect([state, contacts.length]).toEqual(['opened', 12]);
    await announced(caseId, ['case.opened.v1', 'case.manager-assigned.v1']);
  });
});

describe('the same command twice', () => {
  it('is answered like the first time and changes nothing more', async () => {
    const caseId = await running.assignedCase();
    const key = { 'idempotency-key': randomUUID() };
    const body = contact();
    const [first, second] = [
      await running.post(`/v1/cases/${caseId}/contacts`, tokens.manager, body, key),
      await running.post(`/v1/cases/${caseId}/contacts`, tokens.manager, body, key),
    ];
    expect([second.status, second.body]).toEqual([first.status, first.body]);
    expect((await read(caseId)).contacts).toHaveLength(1);
    const other = await running.post(`/v1/cases/${caseId}/contacts`, tokens.manager, contact({ mode: 'email' }), key);
    expect(other).toMatchObject({ status: 422, body: { type: expect.stringContaining('idempotency-key-reused') } });
    expect((await read(caseId)).contacts).toHaveLength(1);
  });

  it('sent ten times at once, is carried out once', async () => {
    const caseId = await running.assignedCase();
    const key = { 'idempotency-key': randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        running.post(`/v1/cases/${caseId}/needs`, tokens.manager, { category: 'food', goal: 'eat tonight' }, key),
      ),
    );
    expect(new Set(answers.map(({ status, body }) => JSON.stringify({ status, body }))).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    expect((await read(caseId)).needs).toHaveLength(1);
  });

  it('answers an assignment again although its version is past', async () => {
    const { caseId } = await running.openCase();
    const headers = { 'if-match': '"1"', 'idempotency-key': randomUUID() };
    const assign = () =>
      running.post(`/v1/cases/${caseId}/assignment`, tokens.coordinator, { caseManagerId: MANAGER }, headers);
    const [first, second] = [await assign(), await assign()];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body).toEqual(first.body);
    await announced(caseId, ['case.opened.v1', 'case.manager-assigned.v1']);
  });

  it('needs a key', async () => {
    const caseId = await running.assignedCase();
    const answer = await running.request('POST', `/v1/cases/${caseId}/needs`, {
      token: tokens.manager,
      body: { category: 'food' },
    });
    expect(answer).toMatchObject({ status: 400, body: { type: expect.stringContaining('idempotency-key-required') } });
  });
});

describe('who sees a case', () => {
  it('another case manager is told to the letter what is told of a case that does not exist', async () => {
    const caseId = await running.assignedCase();
    const bodies: [string, object | undefined][] = [
      ['', undefined],
      ['/contacts', contact()],
      ['/intake', { completedAt: minutesAgo(1) }],
      ['/needs', { category: 'food' }],
      ['/linkages', { needId: 'need', serviceId: 'service' }],
    ];
    for (const [path, body] of bodies) {
      const ask = (id: string) =>
        body === undefined
          ? running.get(`/v1/cases/${id}${path}`, tokens.manager2)
          : running.post(`/v1/cases/${id}${path}`, tokens.manager2, body);
      const [foreign, unknown] = [await ask(caseId), await ask(randomUUID())];
      expect(foreign.status).toBe(404);
      expect(essence(foreign)).toEqual(essence(unknown));
    }
    expect(await read(caseId)).toMatchObject({ contacts: [], needs: [], state: 'opened' });
  });

  it('no other role does, and a coordinator does not enter what a case manager did', async () => {
    const caseId = await running.assignedCase();
    for (const role of ['prosecutor', 'provider', 'analyst', 'auditor', 'integrator', 'admin'] as const)
      expect((await running.get(`/v1/cases/${caseId}`, await running.token(role))).status).toBe(403);
    for (const [path, body] of [
      ['contacts', contact()],
      ['intake', { completedAt: minutesAgo(1) }],
      ['needs', { category: 'food' }],
    ] as const)
      expect((await running.post(`/v1/cases/${caseId}/${path}`, tokens.coordinator, body)).status).toBe(403);
    expect(
      (await running.post(`/v1/cases/${caseId}/assignment`, tokens.manager, { caseManagerId: MANAGER })).status,
    ).toBe(403);
    expect((await running.request('GET', `/v1/cases/${caseId}`)).status).toBe(401);
  });
});

describe('the list', () => {
  it('shows all cases to a coordinator, their own to a case manager, page by page, without identity', async () => {
    const caseManagerId = `persona:${randomUUID()}`;
    const own: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const { caseId } = await running.openCase();
      expect((await running.assign(caseId, caseManagerId)).status).toBe(200);
      own.push(caseId);
    }
    const as = await running.token('case-manager', caseManagerId);
    const seen: CaseSummaryAnswer[] = [];
    let cursor: string | undefined;
    do {
      const query: string = cursor === undefined ? '' : `&cursor=${cursor}`;
      const { body } = await running.get<{ items: CaseSummaryAnswer[]; nextCursor?: string }>(
        `/v1/cases?limit=2${query}`,
        as,
      );
      expect(body.items.length).toBeLessThanOrEqual(2);
      seen.push(...body.items);
      cursor = body.nextCursor;
    } while (cursor !== undefined);
    expect(seen.map(({ id }) => id)).toEqual(own);
    for (const item of seen)
      expect(Object.keys(item).sort()).toEqual(['assignedAt', 'caseManagerId', 'id', 'openedAt', 'referrals', 'state']);

    const { body: all } = await running.get<{ items: CaseSummaryAnswer[] }>('/v1/cases?limit=100', tokens.coordinator);
    expect(all.items.map(({ openedAt }) => openedAt)).toEqual(all.items.map(({ openedAt }) => openedAt).sort());
    expect(new Set(all.items.map((item) => item.caseManagerId)).size).toBeGreaterThan(1);

    await running.created(`/v1/cases/${own[3]}/contacts`, as, contact());
    const { body: contacted } = await running.get<{ items: CaseSummaryAnswer[] }>('/v1/cases?state=contacted', as);
    expect(contacted.items.map(({ id }) => id)).toEqual([own[3]]);
  });

  it.each([
    ['state=gone', 422],
    ['state[$gt]=', 422],
    ['limit=0', 422],
    ['limit=101', 422],
    ['engagement=low', 422],
    ['cursor=bm9uc2Vuc2U', 400],
    [`cursor=${Buffer.from('[{"$gt":""},"x"]').toString('base64url')}`, 400],
  ])('refuses ?%s with %i', async (query, status) => {
    expect((await running.get(`/v1/cases?${query}`, tokens.coordinator)).status).toBe(status);
  });
});

describe('bad input', () => {
  let caseId: string;
  beforeAll(async () => {
    caseId = await running.assignedCase();
  });

  it.each([
    ['contacts', '#/occurredAt', { mode: 'phone', reached: true }],
    ['contacts', '#/occurredAt', contact({ occurredAt: 'yesterday' })],
    ['contacts', '#/occurredAt', contact({ occurredAt: new Date(Date.now() + 3_600_000).toISOString() })],
    ['contacts', '#/occurredAt', contact({ occurredAt: '2001-01-01T00:00:00Z' })],
    ['contacts', '#/mode', contact({ mode: 'telepathy' })],
    ['contacts', '#/reached', contact({ reached: 'yes' })],
    ['contacts', '#/note', contact({ note: '   ' })],
    ['contacts', '#/note', contact({ note: 'x'.repeat(2_001) })],
    ['contacts', '#/informant', contact({ informant: true })],
    ['intake', '#/completedAt', {}],
    ['intake', '#/completedAt', { completedAt: { $gt: '' } }],
    ['needs', '#/category', { category: 'money' }],
    ['needs', '#/category', { category: { $ne: null } }],
    ['needs', '#/goal', { category: 'food', goal: 'x'.repeat(1_001) }],
    ['linkages', '#/needId', { needId: { $gt: '' }, serviceId: 'service' }],
  ])('to %s is refused at %s and changes nothing (%#)', async (path, pointer, body) => {
    const before = await running.etagOf(`/v1/cases/${caseId}`, tokens.manager);
    const answer = await running.post(`/v1/cases/${caseId}/${path}`, tokens.manager, body);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
    expect(await running.etagOf(`/v1/cases/${caseId}`, tokens.manager)).toBe(before);
  });
});
