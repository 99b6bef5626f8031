import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { isDatabaseUnavailable } from './database-errors.js';

/**
 * One round of the work: answers how long to rest before the next one, in milliseconds (0 for none), or `done`.
 * It may look at the signal between its steps, to stop early.
 */
export type Round = (stopping: AbortSignal) => Promise<number | 'done'>;

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5_000;

/**
 * Work of a service that goes on beside its requests, round after round. A round that fails is tried again, ever later;
 * that the database is away is no failure to be logged. Rests vary by a half, so that replicas do not keep in step.
 */
export class BackgroundLoop {
  private readonly logger = new Logger(BackgroundLoop.name);
  private readonly stopping = new AbortController();
  private running?: Promise<void>;

  /** @param failure what the log calls a round that failed */
  constructor(
    private readonly failure: string,
    private readonly round: Round,
    private readonly rest: (ms: number, signal: AbortSignal) => Promise<void> = (ms, signal) =>
      pause(ms, undefined, { signal, ref: false }),
  ) {}

  get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Finishes the round in hand. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    let failures = 0;
    while (!signal.aborted) {
      let ms: number | 'done';
      try {
        ms = await this.round(signal);
        failures = 0;
      } catch (error) {
        if (!signal.aborted && !isDatabaseUnavailable(error)) this.logger.error({ msg: this.failure, error });
        ms = Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS);
        failures += 1;
      }
      if (ms === 'done') return;
      // an abort is how a rest ends early
      if (ms > 0) await this.rest(ms * (0.75 + Math.random() / 2), signal).catch(() => undefined);
    }
  }
}
