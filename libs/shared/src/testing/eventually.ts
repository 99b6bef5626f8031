export interface EventuallyOptions {
  /** Milliseconds after which the wait is given up; 10 seconds if absent. */
  deadlineMs?: number;
  /** What is waited for, in words; it is the first line of the error at the deadline. */
  describe: string;
}

const PAUSE_MS = 25;

/**
 * Repeats an assertion until it holds, and answers what it returned. At the deadline it throws an Error that says what
 * was waited for, for how long, how often it was tried, and how the last attempt failed.
 */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  { deadlineMs = 10_000, describe }: EventuallyOptions,
): Promise<T> {
  const startedAt = performance.now();
  let failure: unknown;
  for (let attempt = 1; ; attempt += 1) {
    const left = deadlineMs - (performance.now() - startedAt);
    let timer: NodeJS.Timeout | undefined;
    try {
      return await Promise.race([
        Promise.resolve().then(assertion),
        new Promise<never>((_, reject) => {
          timer = setTimeout(() => reject(new Error('the attempt did not answer in time')), Math.max(left, 1));
        }),
      ]);
    } catch (error) {
      failure = error;
    } finally {
      clearTimeout(timer);
    }
    if (performance.now() - startedAt + PAUSE_MS >= deadlineMs) {
      const last = failure instanceof Error ? failure.message : String(failure);
      throw new Error(`${describe}: not so after ${deadlineMs} ms and ${attempt} attempts. The last one: ${last}`, {
        cause: failure,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
