import { randomUUID } from 'node:crypto';
import { MANAGER, startCaseManagement, type RunningCaseManagement } from '../running-case-management.fixture.js';
import type { AssignmentAnswer, CaseAnswer, CaseSummaryAnswer } from './cases.schemas.js';

let running: RunningCaseManagement;
let tokens: RunningCaseManagement['tokens'];
beforeAll(async () => {
  running = await startCaseManagement();
  tokens = running.tokens;
}, 30_000);
afterAll(() => running?.close());

const read = async (caseId: string): Promise<CaseAnswer> =>
  (await running.get<CaseAnswer>(`/v1/cases/${caseId}`, tokens.coordinator)).body;

describe('assignment', () => {
  it('needs the version that was read', async () => {
    const { caseId } = await running.openCase();
    const assign = (headers: Record<string, string>) =>
      running.post(`/v1/cases/${caseId}/assignment`, tokens.coordinator, { caseManagerId: MANAGER }, headers);
    expect((await assign({})).status).toBe(428);
    expect((await assign({ 'if-match': 'W/"1"' })).status).toBe(400);
    expect((await assign({ 'if-match': '"7"' })).status).toBe(412);
    expect(await read(caseId)).not.toHaveProperty('caseManagerId');
    expect((await assign({ 'if-match': '"1"' })).status).toBe(200);
  });

  it('of one version by two coordinators succeeds once', async () => {
    const { caseId } = await running.openCase();
    const answers = await Promise.all(
      [MANAGER, 'persona:case-manager-2'].map((caseManagerId) =>
        running.post(`/v1/cases/${caseId}/assignment`, tokens.coordinator, { caseManagerId }, { 'if-match': '"1"' }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  it('warns at 15, again at 20, and never exceeds 25, whoever assigns at the same time', async () => {
    const caseManagerId = `persona:${randomUUID()}`;
    const cases = await Promise.all(Array.from({ length: 30 }, () => running.openCase()));
    const assign = async (caseId: string) => {
      const headers = { 'if-match': '"1"' };
      return running.post<AssignmentAnswer & { type: string }>(
        `/v1/cases/${caseId}/assignment`,
        tokens.coordinator,
        { caseManagerId },
        headers,
      );
    };
    const levels: string[] = [];
    for (const { caseId } of cases.slice(0, 20)) {
      const { status, body } = await assign(caseId);
      expect(status).toBe(200);
      levels.push(`${body.caseload.count} ${body.caseload.level}`);
    }
    expect(levels.slice(13, 16)).toEqual(['14 normal', '15 warn', '16 warn']);
    expect(levels.slice(18)).toEqual(['19 warn', '20 soft']);

    const answers = await Promise.all(cases.slice(20).map(({ caseId }) => assign(caseId)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
    for (const { status, body } of answers.filter((answer) => answer.status !== 200))
      expect({ status, body }).toMatchObject({
        status: 409,
        body: { type: expect.stringContaining('caseload-full'), caseload: { count: 25, limit: 25 } },
      });
    const listed = await running.get<{ items: CaseSummaryAnswer[] }>(
      '/v1/cases?limit=100',
      await running.token('case-manager', caseManagerId),
    );
    expect(listed.body.items).toHaveLength(25);

    // a case that changes hands leaves its place to another one
    const handed = listed.body.items[0]?.id ?? '';
    expect((await running.assign(handed, `persona:${randomUUID()}`)).status).toBe(200);
    const waiting = cases.map(({ caseId }) => caseId).filter((id) => !listed.body.items.some((item) => item.id === id));
    expect((await assign(waiting[0] ?? '')).body).toMatchObject({ caseload: { count: 25, level: 'soft' } });
    expect((await assign(waiting[1] ?? '')).status).toBe(409);
  }, 60_000);

  it('to the one who has it is refused', async () => {
    const caseId = await running.assignedCase();
    expect(await running.assign(caseId, MANAGER)).toMatchObject({
      status: 409,
      body: { type: expect.stringContaining('already-assigned') },
    });
  });

  it('takes a case from the one who had it, at once', async () => {
    const caseId = await running.assignedCase();
    expect((await running.assign(caseId, 'persona:case-manager-2')).status).toBe(200);
    expect((await running.get(`/v1/cases/${caseId}`, tokens.manager)).status).toBe(404);
    expect((await running.get(`/v1/cases/${caseId}`, tokens.manager2)).status).toBe(200);
  });

  it.each([{ caseManagerId: '' }, { caseManagerId: 'Jane Doe' }, { caseManagerId: { $gt: '' } }, {}])(
    'to assignment is refused by its field: %j',
    async (body) => {
      const { caseId } = await running.openCase();
      const headers = { 'if-match': '"1"' };
      const answer = await running.post(`/v1/cases/${caseId}/assignment`, tokens.coordinator, body, headers);
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '#/caseManagerId' }] } });
    },
  );
});
