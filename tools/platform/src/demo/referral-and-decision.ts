import type { Api } from './api.js';
import { inventedReferral, type InventedReferral } from './invented-referral.js';
import { etagOf, minutesAgo, slug, type Telling } from './telling.js';

/** From the street to the prosecutor: answers the referral, and the case that was opened for it. */
export async function referAndDecide(
  api: Api,
  telling: Telling,
): Promise<{ referral: InventedReferral; referralId: string; caseId: string }> {
  const referral = inventedReferral(minutesAgo(95));
  await telling.step('A mother', 'refers her son, with the token of a helpful officer', async () => {
    const { status, body } = await api.call<{ type: string; detail: string }>({
      as: 'officer',
      service: 'referral',
      path: '/v1/referrals',
      body: { ...referral, source: 'family' },
      expect: 422,
    });
    return [undefined, `${status} ${slug(body.type)}: ${body.detail}`];
  });

  const referralId = await telling.step(
    'The officer',
    `refers a person who was caught shoplifting (23C), ${referral.incidentNumber}, instead of booking them`,
    async () => {
      const { status, body } = await api.call<{ id: string; status: string }>({
        as: 'officer',
        service: 'referral',
        path: '/v1/referrals',
        body: referral,
        expect: 201,
      });
      return [body.id, `${status} ${body.status}: referral ${body.id}`];
    },
  );

  await telling.step('The officer of the other agency', 'asks for that referral', async () => {
    const { status } = await api.call({
      as: 'officer-2',
      service: 'referral',
      path: `/v1/referrals/${referralId}`,
      expect: 404,
    });
    return [undefined, `${status}: another agency's referrals are not there for him`];
  });

  const seen = await telling.step(
    'The prosecutor',
    'opens the worklist, and the referral with its criteria',
    async () => {
      await telling.eventually('the referral is on the worklist', async () => {
        const { body } = await api.call<{ items: { id: string }[] }>({
          as: 'prosecutor',
          service: 'referral',
          path: '/v1/referrals?state=pending-decision&limit=100',
          expect: 200,
        });
        return body.items.find(({ id }) => id === referralId);
      });
      const answer = await api.call<{ evaluations: { criteria: { verdict: string }[]; outcome: string }[] }>({
        as: 'prosecutor',
        service: 'referral',
        path: `/v1/referrals/${referralId}`,
        expect: 200,
      });
      const { criteria, outcome } = answer.body.evaluations.at(-1)!;
      const met = criteria.filter(({ verdict }) => verdict === 'met').length;
      return [answer, `${answer.status} ${outcome}: ${met} of ${criteria.length} criteria met`];
    },
  );

  await telling.step('The prosecutor', 'accepts it: services instead of a charge', async () => {
    const { status, body } = await api.call<{ state: string }>({
      as: 'prosecutor',
      service: 'referral',
      path: `/v1/referrals/${referralId}/decision`,
      body: { decision: 'accepted', reasons: ['meets-criteria'] },
      ifMatch: etagOf(seen),
      expect: 200,
    });
    return [undefined, `${status} ${body.state}`];
  });

  const caseId = await telling.step(
    'Case management',
    'opens a case, told by an event with the identity sealed in it',
    async () => {
      const opened = await telling.eventually('a case is open for the referral', async () => {
        const { body } = await api.call<{ items: { id: string; referrals: { referralId: string }[] }[] }>({
          as: 'coordinator',
          service: 'case-management',
          path: '/v1/cases?state=opened&limit=100',
          expect: 200,
        });
        return body.items.find(({ referrals }) => referrals.some((each) => each.referralId === referralId));
      });
      return [opened.id, `opened: case ${opened.id}`];
    },
  );
  return { referral, referralId, caseId };
}
