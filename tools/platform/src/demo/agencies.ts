import { subjectOf } from '../identity-provider/personas.js';
import type { Api } from './api.js';

/** An agency and its officer. On data of an earlier day both are there already, and the keys give the first answers. */
export async function enrol(api: Api, id: string, name: string, officer: string): Promise<void> {
  const shared = { as: 'admin', service: 'referral' } as const;
  await api.call({
    ...shared,
    path: '/v1/agencies',
    body: { id, name, timeZone: 'America/Denver' },
    idempotencyKey: `programme-day-${id}`,
    expect: [201, 409],
  });
  await api.call({
    ...shared,
    path: `/v1/agencies/${id}/officers`,
    body: { officerId: subjectOf(officer), activeFrom: '2020-01-01T00:00:00Z' },
    idempotencyKey: `programme-day-${officer}`,
    expect: [201, 409],
  });
}
