import { Logger } from '@nestjs/common';
import type { Model } from 'mongoose';
import type { AggregateDocument } from './aggregate-document.js';
import { BackgroundLoop } from './background-loop.js';
import { isDatabaseUnavailable } from './database-errors.js';

/**
 * Called for each due timer of a document. It must change the document (through `AggregateStore.change`) so that the
 * timer is gone or later: that guarded write is what makes a timer run once across replicas.
 */
export type TimerHandler = (id: string, timer: string, now: Date) => Promise<void>;

const BATCH = 100;

/** Looks for due timers of one collection and hands them to its handler. Timers survive restarts with their document. */
export class TimerRunner {
  private readonly logger = new Logger(TimerRunner.name);
  private readonly loop = new BackgroundLoop('timers-failed', async () => {
    await this.fireDue();
    return this.options.intervalMs;
  });

  constructor(
    private readonly model: Model<AggregateDocument<never>>,
    private readonly handler: TimerHandler,
    private readonly options: { intervalMs: number; now: () => Date } = { intervalMs: 5_000, now: () => new Date() },
  ) {}

  start(): void {
    this.loop.start();
  }

  /** Finishes the timer in hand, then stops. */
  stop(): Promise<void> {
    return this.loop.stop();
  }

  /** Fires everything that is due now; answers how many timers it handed over. */
  async fireDue(): Promise<number> {
    const now = this.options.now();
    const due = await this.model.collection
      .find({ timerDue: { $lte: now } } as never, { projection: { timers: 1 }, sort: { timerDue: 1 }, limit: BATCH })
      .toArray();
    let fired = 0;
    for (const doc of due as unknown as AggregateDocument<never>[])
      for (const timer of doc.timers) {
        if (timer.dueAt > now || this.loop.isStopping) continue;
        try {
          await this.handler(doc._id, timer.name, now);
          fired += 1;
        } catch (error) {
          if (isDatabaseUnavailable(error)) throw error;
          // One document that cannot be served must not hold up the others; it stays due and is tried again.
          this.logger.error({
            msg: 'timer-failed',
            timer: timer.name,
            aggregate: doc._id,
            code: (error as Error).name,
          });
        }
      }
    return fired;
  }
}
