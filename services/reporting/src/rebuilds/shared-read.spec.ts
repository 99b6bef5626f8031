import { SharedRead } from './shared-read.js';

/** Reads that answer when they are told to, with the value at the time when they began. */
function source() {
  const state = { value: 0, reads: 0 };
  const pending: ((fail?: Error) => void)[] = [];
  const shared = new SharedRead(
    () =>
      new Promise<number>((resolve, reject) => {
        const { value } = state;
        state.reads += 1;
        pending.push((fail) => (fail ? reject(fail) : resolve(value)));
      }),
  );
  /** Lets everything run that waits for nothing but its turn. */
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const settle = async (fail?: Error): Promise<void> => {
    await settled();
    pending.shift()!(fail);
  };
  return { state, shared, settle, settled };
}

it('answers many who ask at once by one read', async () => {
  const { state, shared, settle } = source();
  const answers = Promise.all([shared.get(), shared.get(), shared.get()]);
  await settle();
  expect(await answers).toEqual([0, 0, 0]);
  expect(state.reads).toBe(1);
});

it('never answers with a read that began before the question', async () => {
  const { state, shared, settle, settled } = source();
  const early = shared.get();
  await settled();
  state.value = 1;
  const late = [shared.get(), shared.get()];
  await settle();
  await settle();
  expect(await early).toBe(0);
  expect(await Promise.all(late)).toEqual([1, 1]);
  expect(state.reads).toBe(2);
});

it('goes on after a read that failed', async () => {
  const { shared, settle } = source();
  const failing = shared.get();
  void failing.catch(() => undefined);
  await settle(new Error('no database'));
  await expect(failing).rejects.toThrow('no database');
  const answer = shared.get();
  await settle();
  expect(await answer).toBe(0);
});
