import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { Model } from 'mongoose';
import { toMessage } from '../contracts/index.js';
import { reach } from '../faults/index.js';
import {
  isDatabaseUnavailable,
  type AggregateDocument,
  type EventLog,
  type OutboxRegistry,
  type PendingOutbox,
} from '../persistence/index.js';
import type { EventPublisher, PublishOutcome } from './event-publisher.js';
import { eventsPublished, outboxFailures } from './messaging-metrics.js';

export interface RelayOptions {
  /** How long a claim holds, in milliseconds; a relay that stalls longer is taken over. */
  leaseMs: number;
  /** How often to look for outboxes that nobody rang the bell for, in milliseconds, with jitter. */
  pollMs: number;
  /** Documents claimed at once. */
  batch: number;
}

export const RELAY_DEFAULTS: RelayOptions = { leaseMs: 30_000, pollMs: 1_000, batch: 200 };

const EPOCH = new Date(0);
const MAX_BACK_OFF = 60_000;

/**
 * Carries events from the outboxes of a service to its log and to the broker, in the order of each aggregate, and
 * takes out of an outbox only what the broker has confirmed and not returned. Any number of relays may run at once;
 * each may die or stall at any step, and the next one repeats what was not finished. Subscribers see events at least once.
 *
 * What this process creates is handed over to it in memory. It looks into the database for all else: what was changed
 * here, what others have left behind, and, every `pollMs`, whatever may wait there.
 */
export class OutboxRelay {
  private readonly logger = new Logger(OutboxRelay.name);
  private readonly failures = new Map<string, number>();
  private running?: Promise<void>;
  private stopped = false;
  private rung = false;
  /** When to look into the database next, by `now`; 0 for at once. */
  private lookAt = 0;
  private wake: () => void = () => undefined;

  constructor(
    private readonly outboxes: OutboxRegistry,
    private readonly log: EventLog,
    private readonly publisher: EventPublisher,
    private readonly options: RelayOptions = RELAY_DEFAULTS,
    private readonly now: () => number = Date.now,
    private readonly random: () => number = Math.random,
  ) {
    outboxes.onNudge(() => {
      this.rung = true;
      this.wake();
    });
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Finishes the batch in hand and empties what it can, then stops. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.running;
    await this.drain().catch(() => undefined);
  }

  /** Relays everything that can be claimed now. Claims nothing while the broker does not take messages. */
  async drain(): Promise<number> {
    let total = 0;
    for (const model of this.outboxes.models) {
      let count: number;
      do {
        if (!this.publisher.isOpen) return total;
        count = await this.relayBatch(model, await this.look(model));
        total += count;
      } while (count > 0);
    }
    return total;
  }

  /** Carries what was handed over, or looks where something else may wait. Answers whether to go on at once. */
  async carry(): Promise<boolean> {
    const look = this.outboxes.takeUnread() || this.now() >= this.lookAt;
    if (look) this.lookAt = this.now() + this.aPoll();
    for (const model of this.outboxes.models) {
      let found: PendingOutbox[];
      do {
        if (!this.publisher.isOpen) {
          this.lookAt = 0;
          return false;
        }
        found = look ? await this.look(model) : this.outboxes.takeHanded(model, this.options.batch);
        await this.relayBatch(model, found, look ? {} : unchanged(found));
        // a look ends with what it finds last: what comes meanwhile rings the bell, and the look is due again in time
      } while (look ? found.length === this.options.batch : found.length > 0 && this.now() < this.lookAt);
    }
    return this.lookAt === 0;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      this.rung = false;
      let goOn = false;
      try {
        goOn = await this.carry();
      } catch (error) {
        this.lookAt = 0;
        // What was claimed stays claimed until its lease runs out, and is then repeated by whoever comes first.
        if (!isDatabaseUnavailable(error)) this.logger.error({ msg: 'relay-failed', error });
      }
      if (!goOn && !this.rung && !this.stopped)
        await new Promise<void>((resolve) => {
          this.wake = resolve;
          setTimeout(resolve, this.untilNextLook()).unref();
        });
    }
  }

  /** With jitter, so that replicas do not look at the same moment. */
  private aPoll(): number {
    return this.options.pollMs * (0.5 + this.random());
  }

  private untilNextLook(): number {
    return this.lookAt === 0 ? this.aPoll() : Math.max(0, this.lookAt - this.now());
  }

  private async relayBatch(
    model: Model<AggregateDocument<unknown>>,
    found: PendingOutbox[],
    guard: object = {},
  ): Promise<number> {
    const { collection } = model;
    const token = randomUUID();
    const leaseUntil = this.now() + this.options.leaseMs;
    const claimed = await this.claim(model, found, token, guard);
    if (claimed.length === 0) return 0;
    reach('C3');
    await this.log.append(claimed.flatMap(({ _id, outbox }) => outbox.map((event) => ({ subject: _id, event }))));
    reach('C4');
    const confirmed = await Promise.all(claimed.map((doc) => this.publishInOrder(doc, leaseUntil)));
    reach('C5');
    let cleared = 0;
    for (const [seq, ids] of idsByConfirmed(claimed, confirmed)) {
      const pull = { outbox: { seq: { $lte: seq } } };
      // Where no event was ever written after the confirmed ones the outbox is empty now, and the claim goes with them.
      const { modifiedCount } = await collection.updateMany(
        { _id: { $in: ids }, 'ob.token': token, eventSeq: seq } as never,
        { $pull: pull, $unset: { ob: '' } } as never,
      );
      cleared += modifiedCount;
      if (modifiedCount < ids.length)
        await collection.updateMany({ _id: { $in: ids } } as never, { $pull: pull } as never);
    }
    reach('C6');
    if (cleared < claimed.length) {
      const ids = claimed.map(({ _id }) => _id);
      // A writer may have added an event since the pull: only an empty outbox may lose its claim and its `since`.
      const { modifiedCount } = await collection.updateMany(
        { _id: { $in: ids }, 'ob.token': token, outbox: { $size: 0 } } as never,
        { $unset: { ob: '' } } as never,
      );
      cleared += modifiedCount;
    }
    if (cleared < claimed.length) this.lookAt = 0;
    if (cleared < claimed.length || this.failures.size > 0) await this.release(model, token, claimed, confirmed);
    return claimed.length;
  }

  /** The outboxes that nobody has claimed, the oldest first. What was handed over is among them. */
  private async look(model: Model<AggregateDocument<unknown>>): Promise<PendingOutbox[]> {
    this.outboxes.forgetHanded(model);
    const found = await model.collection
      .find(unclaimed(new Date(this.now())) as never, {
        projection: { outbox: 1 },
        sort: { 'ob.since': 1 },
        limit: this.options.batch,
      })
      .toArray();
    return found as unknown as PendingOutbox[];
  }

  private async claim(
    model: Model<AggregateDocument<unknown>>,
    found: PendingOutbox[],
    token: string,
    guard: object,
  ): Promise<PendingOutbox[]> {
    if (found.length === 0) return [];
    const now = new Date(this.now());
    const ids = found.map(({ _id }) => _id);
    const { modifiedCount } = await model.collection.updateMany(
      { _id: { $in: ids }, ...unclaimed(now), ...guard } as never,
      { $set: { 'ob.leaseUntil': new Date(now.getTime() + this.options.leaseMs), 'ob.token': token } } as never,
    );
    // All are ours: what was read or handed over goes out. What a writer has added since it was read waits for the next
    // batch, and what another relay has carried away and given free since goes out twice.
    if (modifiedCount === found.length) return found;
    const claimed = await model.collection
      .find({ _id: { $in: ids }, 'ob.token': token } as never, { projection: { outbox: 1 } })
      .toArray();
    return claimed as unknown as PendingOutbox[];
  }

  /** Answers the last sequence up to which every event was confirmed and none returned; 0 for none. */
  private async publishInOrder({ _id, outbox }: PendingOutbox, leaseUntil: number): Promise<number> {
    const outcomes: Promise<PublishOutcome>[] = [];
    const sent = [...outbox].sort((a, b) => a.seq - b.seq);
    for (const event of sent) {
      if (this.now() >= leaseUntil) break; // stalled beyond the lease: somebody else may be at it
      outcomes.push(this.publisher.publish(toMessage(this.outboxes.source, _id, event)));
    }
    let last = 0;
    for (const [index, outcome] of (await Promise.all(outcomes)).entries()) {
      if (outcome !== 'confirmed') {
        outboxFailures.inc({ outcome });
        if (outcome === 'returned')
          this.logger.error({ msg: 'event-unroutable', eventType: sent[index]!.type, aggregateId: _id });
        break;
      }
      last = sent[index]!.seq;
      eventsPublished.inc({ type: sent[index]!.type });
    }
    return last;
  }

  /** Gives the rest back: at once where a writer was faster, after a while where the broker did not take everything. */
  private async release(
    model: Model<AggregateDocument<unknown>>,
    token: string,
    claimed: PendingOutbox[],
    confirmed: number[],
  ): Promise<void> {
    const stuck = claimed.filter(({ outbox }, index) => outbox.some(({ seq }) => seq > confirmed[index]!));
    for (const { _id } of stuck) {
      const failures = (this.failures.get(_id) ?? 0) + 1;
      this.failures.set(_id, failures);
      const leaseUntil = new Date(this.now() + Math.min(MAX_BACK_OFF, 500 * 2 ** failures));
      await model.collection.updateOne(
        { _id, 'ob.token': token } as never,
        { $set: { 'ob.leaseUntil': leaseUntil }, $unset: { 'ob.token': '' } } as never,
      );
    }
    const done = claimed.filter((doc) => !stuck.includes(doc)).map(({ _id }) => _id);
    for (const id of done) this.failures.delete(id);
    await model.collection.updateMany(
      { _id: { $in: done }, 'ob.token': token } as never,
      { $unset: { 'ob.leaseUntil': '', 'ob.token': '' } } as never,
    );
  }
}

/**
 * No event was added since these were created. A look may have found one before it was handed over: what is handed over
 * may have been carried already, and would go out twice when a later event waits.
 */
const unchanged = ([first]: PendingOutbox[]) => ({ eventSeq: first?.outbox.length });

const unclaimed = (now: Date) => ({
  'ob.since': { $gte: EPOCH },
  $or: [{ 'ob.leaseUntil': { $exists: false } }, { 'ob.leaseUntil': { $lte: now } }],
});

/** One statement serves all documents that got equally far; without anything confirmed there is nothing to pull. */
function idsByConfirmed(claimed: PendingOutbox[], confirmed: number[]): Map<number, string[]> {
  const groups = new Map<number, string[]>();
  for (const [index, { _id }] of claimed.entries()) {
    const seq = confirmed[index]!;
    if (seq === 0) continue;
    const group = groups.get(seq) ?? [];
    group.push(_id);
    groups.set(seq, group);
  }
  return groups;
}
