import type { Model } from 'mongoose';
import { reach } from '../faults/index.js';
import type { AggregateDocument } from './aggregate-document.js';

/** The collections of a service that have outboxes, and the bell that a writer rings for the relay. */
export class OutboxRegistry {
  readonly models: Model<AggregateDocument<unknown>>[] = [];
  private listener: () => void = () => undefined;
  private ringing = false;

  /** @param source CloudEvents source of every event of this service, for example `/referral` */
  constructor(readonly source: string) {}

  register(model: Model<AggregateDocument<unknown>>): void {
    if (!this.models.includes(model)) this.models.push(model);
  }

  onNudge(listener: () => void): void {
    this.listener = listener;
  }

  /** Rings once for all writes of a tick, and only after their callers had the chance to answer. */
  nudge(): void {
    if (this.ringing) return;
    this.ringing = true;
    setImmediate(() => {
      this.ringing = false;
      reach('C2');
      this.listener();
    });
  }
}
