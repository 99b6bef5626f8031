import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { BackgroundLoop, type Round } from './background-loop.js';

/** Goes through the outcomes of rounds, then ends; answers how long it rested, rounded to the rest that was meant. */
async function restsOf(...outcomes: (number | Error)[]): Promise<number[]> {
  const rests: number[] = [];
  const left = outcomes.values();
  const ended = new Promise<void>((resolve) => {
    const round: Round = async () => {
      const { value, done } = left.next();
      if (done) resolve();
      if (value instanceof Error) throw value;
      return value ?? 'done';
    };
    new BackgroundLoop('work-failed', round, async (ms) => void rests.push(ms)).start();
  });
  await ended;
  return rests;
}

const logged = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
beforeEach(() => logged.mockClear());
afterAll(() => logged.mockRestore());

const broken = new Error('a field is missing');
const away = Object.assign(new Error('connection closed'), { name: 'MongoNetworkError' });

describe('work beside the requests', () => {
  it('goes on round after round, with the rest that the round asks for, until it is done', async () => {
    const rests = await restsOf(1000, 0, 2000);
    expect(rests).toHaveLength(2);
    for (const [index, meant] of [1000, 2000].entries()) {
      expect(rests[index]).toBeGreaterThanOrEqual(meant * 0.75);
      expect(rests[index]).toBeLessThanOrEqual(meant * 1.25);
    }
    expect(logged).not.toHaveBeenCalled();
  });

  it('tries again after a failure, ever later up to some seconds, and as soon as ever after a success', async () => {
    const rests = await restsOf(broken, broken, broken, broken, broken, broken, 0, broken);
    for (const [index, meant] of [500, 1000, 2000, 4000, 5000, 5000, 500].entries()) {
      expect(rests[index]).toBeGreaterThanOrEqual(meant * 0.75);
      expect(rests[index]).toBeLessThanOrEqual(meant * 1.25);
    }
    expect(logged).toHaveBeenCalledTimes(7);
    expect(logged).toHaveBeenCalledWith({ msg: 'work-failed', error: broken });
  });

  it('does not log that the database is away', async () => {
    expect(await restsOf(away, away)).toHaveLength(2);
    expect(logged).not.toHaveBeenCalled();
  });

  it('finishes the round in hand when it is stopped, and begins no other, however long it would rest', async () => {
    const rounds: string[] = [];
    const loop = new BackgroundLoop('work-failed', async (stopping) => {
      rounds.push('begun');
      await new Promise((resolve) => stopping.addEventListener('abort', resolve));
      rounds.push('finished');
      return 3_600_000;
    });
    loop.start();
    loop.start();
    await loop.stop();
    expect(rounds).toEqual(['begun', 'finished']);
    expect(loop.isStopping).toBe(true);
  });

  it('wakes from its rest to stop', async () => {
    let asleep: () => void;
    const resting = new Promise<void>((resolve) => (asleep = resolve));
    const loop = new BackgroundLoop(
      'work-failed',
      async () => 3_600_000,
      (_ms, signal) => {
        asleep();
        return new Promise((_, reject) => signal.addEventListener('abort', reject));
      },
    );
    loop.start();
    await resting;
    await loop.stop();
  });
});
