import { startCaseManagement } from '../running-case-management.fixture.js';
import type { LinkageAnswer } from './linkages.schemas.js';

export const GOAL = 'clear my record';

export interface LinkageAtHand {
  caseId: string;
  needId: string;
  id: string;
  path: string;
}

/** The running service with one service of the directory, and the steps that lead to a linkage. */
export async function startLinkages() {
  const running = await startCaseManagement();
  const { tokens } = running;
  const serviceId = await running.publishService();

  /** A need of a new case of the first case manager. */
  const needOf = async (): Promise<{ caseId: string; needId: string }> => {
    const caseId = await running.assignedCase();
    const body = { category: 'legal', goal: GOAL };
    return { caseId, needId: await running.created(`/v1/cases/${caseId}/needs`, tokens.manager, body) };
  };
  return {
    ...running,
    serviceId,
    needOf,
    linked: async (service = serviceId): Promise<LinkageAtHand> => {
      const { caseId, needId } = await needOf();
      const body = { needId, serviceId: service };
      const id = await running.created(`/v1/cases/${caseId}/linkages`, tokens.manager, body);
      return { caseId, needId, id, path: `/v1/linkages/${id}` };
    },
    /** Sets a status on the version that this caller reads. */
    set: async ({ path }: LinkageAtHand, as: string, body: object, headers: Record<string, string> = {}) =>
      running.post(`${path}/status`, as, body, { 'if-match': await running.etagOf(path, as), ...headers }),
    statusOf: async ({ path }: LinkageAtHand): Promise<string> =>
      (await running.get<LinkageAnswer>(path, tokens.manager)).body.status,
  };
}

export type RunningLinkages = Awaited<ReturnType<typeof startLinkages>>;
