/**
 * Places where the crash tests end or stall a process. They follow the steps of the outbox:
 * C1 written, not yet answered; C2 answered, relay not yet nudged; C3 claimed; C4 logged, not published;
 * C5 published and confirmed, not yet pulled; C6 pulled, claim not yet cleared; C7 consumer wrote, not yet acknowledged.
 */
export type FaultPoint = 'C1' | 'C2' | 'C3' | 'C4' | 'C5' | 'C6' | 'C7';

interface Fault {
  point: FaultPoint;
  signal: 'SIGKILL' | 'SIGSTOP';
  remaining: number;
}

/**
 * Reads `THROUGHLINE_FAULT`, for example `C5:SIGKILL@3`: the third time that C5 is reached the process kills itself.
 * Unset, as everywhere but in crash tests, there is no fault.
 * @throws TypeError on a value that cannot be read, so that a misspelt crash test does not pass without a crash
 */
export function readFault(text: string | undefined): Fault | undefined {
  if (!text) return undefined;
  const parts = /^(C[1-7]):(SIGKILL|SIGSTOP)@([1-9]\d*)$/.exec(text);
  if (!parts) throw new TypeError('THROUGHLINE_FAULT is <C1..C7>:<SIGKILL|SIGSTOP>@<n>');
  return { point: parts[1] as FaultPoint, signal: parts[2] as Fault['signal'], remaining: Number(parts[3]) };
}

const fault = readFault(process.env['THROUGHLINE_FAULT']);

/** Marks a step. Does nothing unless the environment asks this process to die or stall here. */
export function reach(point: FaultPoint): void {
  if (fault?.point !== point) return;
  fault.remaining -= 1;
  if (fault.remaining === 0) process.kill(process.pid, fault.signal);
}
