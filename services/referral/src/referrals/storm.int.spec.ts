import { randomUUID } from 'node:crypto';
import { eventually, type TestService } from '@throughline/shared/testing';
import { AGENCY, referralBody, startReferral, type RunningReferral } from '../running-referral.fixture.js';

const KEYS = 100;
const CLIENTS = 50;

interface Answer {
  key: string;
  status: number;
  text: string;
}

describe('two replicas', () => {
  let running: RunningReferral;
  let replica: TestService;

  beforeAll(async () => {
    running = await startReferral();
    replica = await running.startReplica();
  }, 60_000);
  afterAll(async () => {
    await replica?.close();
    await running?.close();
  }, 60_000);

  it('make one referral per key of 5,000 submissions that 50 clients repeat at once, and give each key one answer (edge case 2)', async () => {
    const keys = Array.from({ length: KEYS }, () => randomUUID());
    // every tenth client sends another body under the same key: a mistake, told to all who did not come first
    const bodies = ['downtown', 'north'].map((district) => referralBody({ district }));
    const client = async (number: number): Promise<Answer[]> => {
      const service = number % 2 === 0 ? running : replica;
      const answers: Answer[] = [];
      for (let step = 0; step < KEYS; step += 1) {
        const key = keys[(step + 2 * number) % KEYS]!;
        const { status, text } = await service.request('POST', '/v1/referrals', {
          token: running.tokens.officer,
          body: bodies[number % 10 === 0 ? 1 : 0],
          headers: { 'idempotency-key': key },
        });
        answers.push({ key, status, text });
      }
      return answers;
    };
    const answers = (await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)))).flat();
    expect(answers).toHaveLength(KEYS * CLIENTS);

    const ids = new Set<string>();
    for (const key of keys) {
      const ofKey = answers.filter((answer) => answer.key === key);
      const taken = ofKey.filter(({ status }) => status === 201);
      const refused = ofKey.filter(({ status }) => status === 422);
      // whichever body came first was taken from all who sent it, and the other from nobody
      expect([5, 45]).toContain(taken.length);
      expect(taken.length + refused.length).toBe(CLIENTS);
      expect(new Set(taken.map(({ text }) => text)).size).toBe(1);
      for (const { text } of refused) expect(JSON.parse(text)).toMatchObject({ status: 422 });
      for (const { text } of refused) expect(text).toContain('idempotency-key-reused');
      ids.add((JSON.parse(taken[0]!.text) as { id: string }).id);
    }
    expect(ids.size).toBe(KEYS);
    const referrals = running.database.collection('referrals');
    expect(await referrals.countDocuments({ 'state.entered.agencyId': AGENCY })).toBe(KEYS);
    await eventually(
      () =>
        expect(running.allEvents().filter(({ subject }) => ids.has(subject)).length).toBeGreaterThanOrEqual(2 * KEYS),
      { describe: 'both events of each referral arrive' },
    );
    const log = running.database.collection('event_log');
    expect(await log.countDocuments({ subject: { $in: [...ids] } })).toBe(2 * KEYS);
  }, 120_000);

  it('take what is submitted while the identity provider is down, by the keys that they know', async () => {
    running.issuer.setDown(true);
    try {
      for (const service of [running, replica]) {
        const { status } = await service.request('POST', '/v1/referrals', {
          // a token that neither of them has seen: its signature is verified now
          token: await running.token('officer', { jti: randomUUID() }),
          body: referralBody(),
          headers: { 'idempotency-key': randomUUID() },
        });
        expect(status).toBe(201);
      }
    } finally {
      running.issuer.setDown(false);
    }
  });
});
