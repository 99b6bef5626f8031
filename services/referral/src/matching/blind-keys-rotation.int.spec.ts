import { randomBytes, randomUUID } from 'node:crypto';
import type { TestService } from '@throughline/shared/testing';
import { referralBody, startReferral, type RunningReferral } from '../running-referral.fixture.js';
import type { CandidatesView } from './matching.schemas.js';

describe('the blind index', () => {
  let running: RunningReferral;
  beforeAll(async () => {
    running = await startReferral();
  }, 60_000);
  afterAll(() => running?.close(), 60_000);

  it('goes over to another key without missing anybody on the way, and without the earlier key at the end', async () => {
    const { coordinator, officer, admin } = running.tokens;
    const person = { givenName: 'Theodora', familyName: 'Vigil Roybal', birthDate: '1968-11-23' };
    const found = async (by: TestService, id: string): Promise<string[]> => {
      const answer = await by.request<CandidatesView>('GET', `/v1/referrals/${id}/candidates`, { token: coordinator });
      expect(answer).toMatchObject({ status: 200 });
      return answer.body.items.map((item) => item.id).sort();
    };
    const rotate = (by: TestService, token = admin) =>
      by.request<{ rotated: number; remaining: number }>('POST', '/v1/operations/blind-keys/rotation', {
        token,
        headers: { 'idempotency-key': randomUUID() },
      });
    const newer = randomBytes(32).toString('base64');
    const earlier = [await running.submit({ person }), await running.submit({ person })];
    const erased = await running.submit({ person, personAgrees: false });
    const erasure = await running.post(
      `/v1/referrals/${erased}/erasure`,
      coordinator,
      { reason: 'court-order' },
      { 'if-match': '"1"' },
    );
    expect(erasure.status).toBe(200);

    const both = await running.startReplica({ BLIND_INDEX_KEY: `${newer},${running.env['BLIND_INDEX_KEY']}` });
    let later = '';
    try {
      const { body } = await both.request<{ id: string }>('POST', '/v1/referrals', {
        token: officer,
        body: referralBody({ person }),
        headers: { 'idempotency-key': randomUUID() },
      });
      later = body.id;
      expect(await found(both, later)).toEqual([...earlier].sort());
      expect(await found(both, earlier[0]!)).toEqual([earlier[1]!, later].sort());
      expect((await rotate(both, coordinator)).status).toBe(403);
      const first = await rotate(both);
      expect(first.body).toEqual({ rotated: expect.any(Number), remaining: 0 });
      expect(first.body.rotated).toBeGreaterThanOrEqual(2);
      expect((await rotate(both)).body).toEqual({ rotated: 0, remaining: 0 });
    } finally {
      await both.close();
    }
    const alone = await running.startReplica({ BLIND_INDEX_KEY: newer });
    try {
      expect(await found(alone, later)).toEqual([...earlier].sort());
      expect((await running.get<{ erased: boolean }>(`/v1/referrals/${erased}`, coordinator)).body.erased).toBe(true);
    } finally {
      await alone.close();
    }
  }, 30_000);
});
