import type { Api } from './api.js';
import type { InventedReferral } from './invented-referral.js';
import { etagOf, type Telling } from './telling.js';

interface Candidates {
  items: { id: string; score: number; reasons: { sentence: string }[] }[];
}

/** An officer of another agency was at the same event, and enters it too, with a slip in the name. */
export async function referSamePerson(
  api: Api,
  telling: Telling,
  referral: InventedReferral,
  referralId: string,
): Promise<void> {
  const second = await telling.step(
    'The officer of the other agency',
    'was there too, and refers the person under a misspelt name',
    async () => {
      const { status, body } = await api.call<{ id: string; status: string }>({
        as: 'officer-2',
        service: 'referral',
        path: '/v1/referrals',
        body: { ...referral, person: { ...referral.person, givenName: 'Robyn' } },
        expect: 201,
      });
      return [body.id, `${status} ${body.status}: referral ${body.id}`];
    },
  );

  await telling.step('The coordinator', 'asks who this may be, and confirms that it is the same person', async () => {
    const { body } = await api.call<Candidates>({
      as: 'coordinator',
      service: 'referral',
      path: `/v1/referrals/${second}/candidates`,
      expect: 200,
    });
    const candidate = body.items.find(({ id }) => id === referralId)!;
    const { status } = await api.call({
      as: 'coordinator',
      method: 'PUT',
      service: 'referral',
      path: `/v1/referrals/${second}/links/${referralId}`,
      body: { verdict: 'same-person' },
      expect: 200,
    });
    return [undefined, `${status} ${Math.round(candidate.score)} bits of evidence: ${candidate.reasons[0]?.sentence}`];
  });

  await telling.step('The coordinator', 'takes the second referral out as a duplicate of the first', async () => {
    const path = `/v1/referrals/${second}`;
    const seen = await api.call({ as: 'coordinator', service: 'referral', path, expect: 200 });
    const { status, body } = await api.call<{ state: string }>({
      as: 'coordinator',
      service: 'referral',
      path: `${path}/duplicate`,
      body: { reason: 'same-event-two-officers', duplicateOf: referralId },
      ifMatch: etagOf(seen),
      expect: 200,
    });
    return [undefined, `${status} ${body.state}: counted once, and both officers are kept`];
  });
}
