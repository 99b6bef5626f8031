import { until } from '../infrastructure/deadline.js';
import { supervise } from './supervisor.js';

/** A piece whose ends and failing restarts are decided by the test. */
function piece() {
  let end: (how: string) => void = () => undefined;
  let ended = new Promise<string>((resolve) => (end = resolve));
  const restarts: string[] = [];
  const failures: string[] = [];
  return {
    restarts,
    failures,
    end: (how: string) => end(how),
    supervised: {
      name: 'referral',
      ended: () => ended,
      restart: async () => {
        const failure = failures.shift();
        restarts.push(failure ?? 'ready');
        if (failure) throw new Error(failure);
        ended = new Promise<string>((resolve) => (end = resolve));
      },
    },
  };
}

const soon = (what: string, check: () => void) => until(async () => check(), { withinMs: 15_000, what });

describe('the supervisor', () => {
  it('says and starts again what ended unasked, also when the first start fails', async () => {
    const lines: string[] = [];
    const { supervised, end, restarts, failures } = piece();
    const unwatch = supervise([supervised], (line) => lines.push(line), fail);
    failures.push('not ready');
    end('by SIGKILL');
    await soon('the second restart', () => expect(restarts).toEqual(['not ready', 'ready']));
    unwatch();
    expect(lines).toEqual([
      'referral ended unasked (by SIGKILL); starting it again in 0.5 s',
      'referral ended unasked (not ready); starting it again in 1 s',
      'referral is ready again',
    ]);
  }, 20_000);

  it('gives up on what ends again and again, with the reason', async () => {
    const reasons: string[] = [];
    const { supervised, end, restarts, failures } = piece();
    supervise(
      [supervised],
      () => undefined,
      (reason) => reasons.push(reason),
    );
    failures.push('bad key', 'bad key', 'bad key', 'bad key', 'bad key');
    end('with exit code 78');
    await soon('it gives up', () => expect(reasons).toEqual(['referral ended 5 times within a minute: bad key']));
    expect(restarts).toHaveLength(4);
  }, 20_000);

  it('lets be what is stopped on purpose', async () => {
    const lines: string[] = [];
    const { supervised, end, restarts } = piece();
    const unwatch = supervise([supervised], (line) => lines.push(line), fail);
    unwatch();
    end('with exit code 0');
    await new Promise(setImmediate);
    expect([lines, restarts]).toEqual([[], []]);
  });
});

function fail(reason: string): never {
  throw new Error(`it gave up: ${reason}`);
}
