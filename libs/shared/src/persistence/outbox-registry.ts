import type { Model } from 'mongoose';
import type { RecordedEvent } from '../contracts/index.js';
import { reach } from '../faults/index.js';
import type { AggregateDocument } from './aggregate-document.js';

type OutboxModel = Model<AggregateDocument<unknown>>;

/** The events that wait in one document. */
export interface PendingOutbox {
  _id: string;
  outbox: RecordedEvent[];
}

/** Creations that are handed over at most; the relay finds any further ones in the database, as after a crash. */
const HANDED_LIMIT = 1_000;

/** The collections of a service that have outboxes, and the bell that a writer rings for the relay. */
export class OutboxRegistry {
  readonly models: OutboxModel[] = [];
  private readonly handed = new Map<string, Map<string, PendingOutbox>>();
  private listener: () => void = () => undefined;
  private ringing = false;
  private unread = false;

  /** @param source CloudEvents source of every event of this service, for example `/referral` */
  constructor(readonly source: string) {}

  register(model: OutboxModel): void {
    if (!this.models.includes(model)) this.models.push(model);
  }

  onNudge(listener: () => void): void {
    this.listener = listener;
  }

  /**
   * Says that documents have been written. Rings once for all writes of a tick, and only after their callers had the
   * chance to answer.
   */
  nudge(): void {
    this.unread = true;
    this.ring();
  }

  /** Hands over what a new document holds, so that the relay need not read what this process has just written. */
  handOver({ modelName }: { modelName: string }, created: PendingOutbox): void {
    const handed = this.handed.get(modelName) ?? new Map<string, PendingOutbox>();
    this.handed.set(modelName, handed);
    if (handed.size < HANDED_LIMIT) handed.set(created._id, created);
    else this.unread = true;
    this.ring();
  }

  /**
   * Takes up to so many of the new documents that were handed over, in the order in which they were written: those with as
   * many events as the first of them, since one statement claims documents that are equally far.
   */
  takeHanded({ modelName }: { modelName: string }, limit: number): PendingOutbox[] {
    const handed = this.handed.get(modelName);
    const taken: PendingOutbox[] = [];
    for (const created of handed?.values() ?? []) {
      if (taken.length === limit) break;
      if (created.outbox.length === (taken[0] ?? created).outbox.length) taken.push(created);
    }
    for (const { _id } of taken) handed!.delete(_id);
    return taken;
  }

  /** Drops what was handed over so far: whoever looks into the database finds it there. */
  forgetHanded({ modelName }: { modelName: string }): void {
    this.handed.delete(modelName);
  }

  /** Answers whether something was written since the last call that was not handed over. */
  takeUnread(): boolean {
    const unread = this.unread;
    this.unread = false;
    return unread;
  }

  private ring(): void {
    if (this.ringing) return;
    this.ringing = true;
    setImmediate(() => {
      this.ringing = false;
      reach('C2');
      this.listener();
    });
  }
}
