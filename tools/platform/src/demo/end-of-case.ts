import { Problem } from '../problem.js';
import type { Api } from './api.js';
import { etagOf, minutesAgo, type Telling } from './telling.js';

/** The client goes on alone, which is for the client to say; the door stays open. */
export async function endCase(
  api: Api,
  telling: Telling,
  { referralId, caseId }: { referralId: string; caseId: string },
): Promise<void> {
  await telling.step(
    'The case manager',
    'ends the case: the client has what they came for, and may come back',
    async () => {
      const path = `/v1/cases/${caseId}`;
      const seen = await api.call({ as: 'case-manager', service: 'case-management', path, expect: 200 });
      const { status, body } = await api.call<{ state: string; reason: string }>({
        as: 'case-manager',
        service: 'case-management',
        path: `${path}/end`,
        body: { as: 'transitioned', reason: 'goals-met', endedAt: minutesAgo(0) },
        ifMatch: etagOf(seen),
        expect: 200,
      });
      return [undefined, `${status} ${body.state}: ${body.reason}`];
    },
  );

  await telling.step('The officer', 'reads the referral once more', async () => {
    const { status, body } = await telling.eventually('the referral is closed', async () => {
      const answer = await api.call<{ status: string }>({
        as: 'officer',
        service: 'referral',
        path: `/v1/referrals/${referralId}`,
        expect: 200,
      });
      return answer.body.status === 'closed' ? answer : undefined;
    });
    if (JSON.stringify(body).includes('goals-met')) throw new Problem('The officer is told why the case ended.');
    return [undefined, `${status} ${body.status}, and not why`];
  });
}
