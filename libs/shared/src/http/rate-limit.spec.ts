import { startNotes } from './notes-service.fixture.js';
import { RateLimit } from './rate-limit.js';

const admitted = (limit: RateLimit, caller: string, tries: number): number => {
  let count = 0;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    try {
      limit.admit(caller);
      count += 1;
    } catch {
      // refused
    }
  }
  return count;
};

describe('the rate limit', () => {
  it('admits ten seconds of requests at once, and then the rate alone', () => {
    let now = 0;
    const limit = new RateLimit(2, () => now);
    expect(admitted(limit, 'a', 30)).toBe(20);
    now += 1_000;
    expect(admitted(limit, 'a', 30)).toBe(2);
    now += 60_000;
    expect(admitted(limit, 'a', 30)).toBe(20);
  });

  it('counts each caller alone, and says when to come back', () => {
    const limit = new RateLimit(2, () => 0);
    expect(admitted(limit, 'a', 30)).toBe(20);
    expect(admitted(limit, 'b', 1)).toBe(1);
    expect(() => limit.admit('a')).toThrow(
      expect.objectContaining({ kind: 'too-many', code: 'too-many-requests', details: { retryAfterSeconds: 0.5 } }),
    );
  });

  it('admits everything at 0', () => {
    expect(admitted(new RateLimit(0), 'a', 10_000)).toBe(10_000);
  });

  it('forgets the caller that has been quiet for longest, not the busy one', () => {
    const limit = new RateLimit(1, () => 0);
    admitted(limit, 'busy', 10);
    for (let caller = 0; caller < 9_999; caller += 1) {
      limit.admit(`caller ${caller}`);
    }
    expect(admitted(limit, 'busy', 1)).toBe(0);
    limit.admit('one more');
    expect(admitted(limit, 'busy', 1)).toBe(0);
    expect(admitted(limit, 'caller 0', 20)).toBe(10);
  });

  it('answers 429 by principal; another principal and an unknown caller have buckets of their own', async () => {
    const notes = await startNotes({ RATE_LIMIT_PER_SECOND: '1' });
    try {
      const ask = (token?: string) =>
        notes.request('GET', token === undefined ? '/v1/notes/open' : '/v1/notes/whoami', token ? { token } : {});
      const statuses = await Promise.all(Array.from({ length: 15 }, () => ask(notes.officer)));
      const refused = statuses.filter(({ status }) => status === 429);
      expect(refused.length).toBeGreaterThanOrEqual(3);
      expect(refused[0]?.headers.get('retry-after')).toBe('1');
      expect(refused[0]?.body.type).toBe('https://throughline.example/problems/too-many-requests');
      expect((await ask(await notes.issuer.token({ sub: 'other', roles: ['officer'] }))).status).toBe(200);
      expect((await ask()).status).toBe(200);
      const guesses = await Promise.all(Array.from({ length: 15 }, () => ask('guess')));
      expect(guesses.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(3);
    } finally {
      await notes.close();
    }
  });
});
