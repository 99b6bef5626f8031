import { until } from './deadline.js';

describe('waiting with a deadline', () => {
  it('repeats the attempt until it succeeds', async () => {
    let attempts = 0;
    const attempt = async () => {
      attempts += 1;
      if (attempts < 3) throw new Error('not yet');
      return attempts;
    };
    expect(await until(attempt, { withinMs: 5_000, what: 'the third attempt' })).toBe(3);
  });

  it('gives up with the last reason', async () => {
    const attempt = () => Promise.reject(new Error('refused'));
    await expect(until(attempt, { withinMs: 60, what: 'a port answers' })).rejects.toThrow(
      'a port answers: not within 0.06 s. Last answer: refused',
    );
  });

  it('gives up on an attempt that never answers', async () => {
    const attempt = () => new Promise<never>(() => undefined);
    await expect(until(attempt, { withinMs: 60, what: 'a port answers' })).rejects.toThrow(
      'a port answers: not within 0.06 s. Last answer: it did not answer at all',
    );
  });

  it('ends at once where waiting is hopeless', async () => {
    const attempt = () => Promise.reject(new Error('refused'));
    await expect(
      until(attempt, { withinMs: 60_000, what: 'it is ready', hopeless: () => 'It ended.' }),
    ).rejects.toThrow('it is ready: no. It ended.');
  });
});
