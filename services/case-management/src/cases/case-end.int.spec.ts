import { randomUUID } from 'node:crypto';
import { ReferralClosed, ReferralReopened } from '@throughline/shared/contracts';
import { eventually } from '@throughline/shared/testing';
import {
  essence,
  MANAGER,
  startCaseManagement,
  type RunningCaseManagement,
} from '../running-case-management.fixture.js';
import type { CaseAnswer } from './cases.schemas.js';

let running: RunningCaseManagement;
let tokens: RunningCaseManagement['tokens'];
beforeAll(async () => {
  running = await startCaseManagement();
  tokens = running.tokens;
}, 30_000);
afterAll(() => running?.close());

const now = (): string => new Date().toISOString();
const moved = () => ({ as: 'moved', reason: 'left-the-area', endedAt: now() });
const act = async (caseId: string, path: string, body: unknown, as = tokens.manager) =>
  running.post(`/v1/cases/${caseId}/${path}`, as, body, {
    'if-match': (await running.etagOf(`/v1/cases/${caseId}`, tokens.coordinator)) || '"1"',
  });
const read = async (caseId: string, as = tokens.coordinator): Promise<CaseAnswer> =>
  (await running.get<CaseAnswer>(`/v1/cases/${caseId}`, as)).body;
const places = (): Promise<number> =>
  running.database.collection('cases').countDocuments({ 'state.caseloadPlace': { $exists: true } });

it('ends a case and brings it back, each once and told by ids and codes; its place in the caseload goes and comes', async () => {
  const { referralId, caseId } = await running.openCase();
  await running.assign(caseId, MANAGER);
  const before = await places();
  const key = { 'idempotency-key': randomUUID(), 'if-match': '"2"' };
  const body = moved();
  const ended = await running.post(`/v1/cases/${caseId}/end`, tokens.manager, body, key);
  expect(ended).toMatchObject({ status: 200, body: { id: caseId, state: 'moved', reason: 'left-the-area' } });
  expect(ended.headers.get('etag')).toBe('"3"');
  expect((await running.post(`/v1/cases/${caseId}/end`, tokens.manager, body, key)).body).toEqual(ended.body);
  expect(await places()).toBe(before - 1);
  const need = await running.post(`/v1/cases/${caseId}/needs`, tokens.manager, { category: 'food' });
  expect(need).toMatchObject({ status: 409, body: { state: 'moved' } });
  const again = await act(caseId, 'end', moved());
  expect(again).toMatchObject({ status: 409, body: { state: 'moved', allowed: ['opened', 'active'] } });

  const back = await act(caseId, 'reopening', { reason: 'client-came-back' });
  expect(back).toMatchObject({ status: 200, body: { id: caseId, state: 'opened', caseManagerId: MANAGER } });
  expect(await places()).toBe(before);
  const { state, ends } = await read(caseId, tokens.manager);
  expect([state, ends]).toEqual([
    'opened',
    [
      {
        ...body,
        enteredAt: expect.any(String),
        enteredBy: MANAGER,
        reopened: { reason: 'client-came-back', at: expect.any(String), by: MANAGER },
      },
    ],
  ]);
  await eventually(() => expect(running.eventsOf(caseId)).toHaveLength(4), { describe: 'both are told' });
  const told = { caseId, referralIds: [referralId] };
  expect(running.eventsOf(caseId).slice(2)).toMatchObject([
    { type: 'case.ended.v1', data: { ...told, as: 'moved', reason: 'left-the-area', endedAt: body.endedAt } },
    { type: 'case.reopened.v1', data: { ...told, reason: 'client-came-back' } },
  ]);
});

it('is for who has the case and for the coordinator; to anybody else there is no such case', async () => {
  const caseId = await running.assignedCase();
  const nowhere = await act(randomUUID(), 'end', moved(), tokens.manager2);
  for (const path of ['end', 'reopening']) {
    const body = path === 'end' ? moved() : { reason: 'new-need' };
    expect(essence(await act(caseId, path, body, tokens.manager2))).toEqual(essence(nowhere));
    expect((await act(caseId, path, body, tokens.provider)).status).toBe(403);
    expect((await running.post(`/v1/cases/${caseId}/${path}`, tokens.manager, body)).status).toBe(428);
    const stale = await running.post(`/v1/cases/${caseId}/${path}`, tokens.manager, body, { 'if-match': '"99"' });
    expect(stale.status).toBe(412);
  }
  expect((await act(caseId, 'end', moved(), tokens.coordinator)).status).toBe(200);
  expect((await act(caseId, 'reopening', { reason: 'client-asked' }, tokens.coordinator)).status).toBe(200);
});

it.each([
  ['end', '#/as', { ...moved(), as: 'ineligible-by-prosecutor' }],
  ['end', '#/as', { ...moved(), as: 'low-engagement' }],
  ['end', '#/reason', { ...moved(), reason: 'goals-met' }],
  ['end', '#/reason', { ...moved(), reason: 'missed-appointments' }],
  ['end', '#/endedAt', { ...moved(), endedAt: '2001-01-01T00:00:00Z' }],
  ['end', '#/endedAt', { ...moved(), endedAt: new Date(Date.now() + 3_600_000).toISOString() }],
  ['end', '#/note', { ...moved(), note: 'x' }],
  ['reopening', '#/reason', {}],
])('refuses %s at %s and changes nothing (%#)', async (path, pointer, body) => {
  const caseId = await running.assignedCase();
  expect(await act(caseId, path, body)).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  expect((await read(caseId)).state).toBe('opened');
  await running.assign(caseId, 'persona:somebody-else');
});

it('is ended by the prosecutor through the referral alone, and knows when the referral goes on', async () => {
  const { referralId, caseId } = await running.openCase();
  const closed = { referralId, reason: 'ineligible-by-prosecutor', endedAt: now() };
  const at = { subject: referralId };
  await running.publish({ ...at, definition: ReferralClosed, seq: 3, data: closed });
  await eventually(async () => expect((await read(caseId)).state).toBe('ineligible-by-prosecutor'), {
    describe: 'the case ended',
  });
  expect((await act(caseId, 'reopening', { reason: 'client-asked' }, tokens.coordinator)).status).toBe(200);
  await running.publish({
    ...at,
    definition: ReferralReopened,
    seq: 4,
    data: { referralId, caseId, reopenedAt: now() },
  });
  await eventually(async () => expect((await read(caseId)).referrals[0]).not.toHaveProperty('ended'), {
    describe: 'the referral goes on',
  });
  expect((await read(caseId)).state).toBe('opened');
});
