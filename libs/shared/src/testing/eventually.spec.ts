import { eventually } from './index.js';

describe('eventually', () => {
  it('answers what the assertion answers once it holds', async () => {
    let attempts = 0;
    const answer = await eventually(
      () => {
        attempts += 1;
        expect(attempts).toBe(3);
        return 'done';
      },
      { describe: 'three attempts' },
    );
    expect(answer).toBe('done');
  });

  it('says at the deadline what it waited for, how long, and how the last attempt failed', async () => {
    const failing = eventually(() => Promise.reject(new Error('queue has 3')), {
      describe: 'the queue is empty',
      deadlineMs: 80,
    });
    await expect(failing).rejects.toThrow(
      /^the queue is empty: not so after 80 ms and \d attempts\. The last one: queue has 3$/,
    );
  });

  it('does not wait past its deadline for an attempt that never answers', async () => {
    const hanging = eventually(() => new Promise(() => undefined), { describe: 'an answer', deadlineMs: 60 });
    await expect(hanging).rejects.toThrow(
      'an answer: not so after 60 ms and 1 attempts. The last one: the attempt did',
    );
  });
});
