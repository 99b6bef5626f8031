import { randomUUID } from 'node:crypto';
import { routesOf, type Route } from '@throughline/shared/http';
import { startCaseManagement, type RunningCaseManagement } from './running-case-management.fixture.js';

let running: RunningCaseManagement;
beforeAll(async () => {
  running = await startCaseManagement();
}, 30_000);
afterAll(() => running?.close());

const OPERATIONS = '/v1/operations';
const programmeRoutes = (): Route[] => routesOf(running.app).filter(({ path }) => !path.startsWith(OPERATIONS));

describe('the police wall', () => {
  it('stands before every route of the programme', () => {
    expect(programmeRoutes().length).toBeGreaterThanOrEqual(14);
    for (const { path, method, access } of programmeRoutes())
      expect({ path, method, ...access }).toMatchObject({ public: false, hiddenFrom: ['officer', 'supervisor'] });
  });

  it('answers 404 as to an address that does not exist, for what there is and what there is not, and logs it', async () => {
    const caseId = await running.assignedCase();
    const doubleRole = await running.issuer.token({ sub: 'persona:both', roles: ['case-manager', 'officer'] });
    const { officer, supervisor } = running.tokens;
    for (const [as, actor] of [
      [officer, 'persona:officer'],
      [supervisor, 'persona:supervisor'],
      [doubleRole, 'persona:both'],
    ] as const) {
      const nowhere = await running.request<Record<string, unknown>>('GET', '/v1/nothing-here', { token: as });
      for (const { method, path } of programmeRoutes())
        for (const id of [caseId, randomUUID()]) {
          const before = running.logs().length;
          const answer = await running.request<Record<string, unknown>>(method, path.replace(':id', id), {
            token: as,
            ...(method === 'POST' && { body: {}, headers: { 'idempotency-key': randomUUID() } }),
          });
          expect(answer.status).toBe(404);
          for (const member of ['type', 'title', 'status', 'detail'])
            expect(answer.body[member]).toEqual(nowhere.body[member]);
          const lines = running
            .logs()
            .slice(before)
            .map((line) => JSON.parse(line) as Record<string, unknown>);
          expect(lines).toContainEqual(expect.objectContaining({ event: 'police-wall', actor, route: path, method }));
        }
    }
  });
});
