import { Problem } from '../problem.js';
import type { Api } from './api.js';
import { minutesAgo, type Telling } from './telling.js';

interface SeenByOfficer {
  status: string;
  contacted?: boolean;
  enrolled?: boolean;
}

/** What the referring officer is told: next to nothing, and with the client's consent a little more. */
export async function tellPoliceByConsent(
  api: Api,
  telling: Telling,
  { referralId, caseId }: { referralId: string; caseId: string },
): Promise<void> {
  const readByOfficer = () =>
    api.call<SeenByOfficer>({ as: 'officer', service: 'referral', path: `/v1/referrals/${referralId}`, expect: 200 });

  await telling.step('The officer', 'reads what police may know of the referral', async () => {
    const { status, body } = await readByOfficer();
    for (const secret of ['state', 'contacted', 'enrolled'])
      if (secret in body) throw new Problem(`The officer is told "${secret}" without consent.`);
    return [undefined, `${status} ${body.status}, and nothing else`];
  });

  await telling.step(
    'The client',
    'consents in writing that these officers hear of contact and enrolment',
    async () => {
      const { status, body } = await api.call<{ status: string }>({
        as: 'case-manager',
        service: 'case-management',
        path: `/v1/cases/${caseId}/consents`,
        body: {
          discloser: 'The diversion programme',
          purpose: 'So that the officers hear that their referral was of use.',
          signature: { name: 'R. Exampleton', method: 'handwritten' },
          information: ['contacted', 'enrolled'],
          agencyId: 'santa-fe-pd',
          rightToRevokeExplained: true,
          signedAt: minutesAgo(1),
          expiresAt: minutesAgo(-60 * 24 * 90),
        },
        expect: 201,
      });
      return [undefined, `${status} ${body.status}, for 90 days or until it is revoked`];
    },
  );

  await telling.step('The officer', 'reads the referral again', async () => {
    const { status, body } = await telling.eventually('the officer is told what the client consents to', async () => {
      const answer = await readByOfficer();
      return answer.body.contacted && answer.body.enrolled ? answer : undefined;
    });
    return [undefined, `${status} ${body.status}; contacted, enrolled`];
  });

  await telling.step('The officer', 'tries to read the case', async () => {
    const { status } = await api.call({
      as: 'officer',
      service: 'case-management',
      path: `/v1/cases/${caseId}`,
      expect: 404,
    });
    return [undefined, `${status}: to the police there is no such thing`];
  });
}
