import { Logger } from '@nestjs/common';
import { ReplayRequested, routingKeyOf, toMessage, type CloudEvent, type DataOf } from '../contracts/index.js';
import { Refusal } from '../domain/index.js';
import type { EventLog } from '../persistence/index.js';
import type { EventPublisher } from './event-publisher.js';

type ReplayRequest = Pick<DataOf<typeof ReplayRequested>, 'queue' | 'subject' | 'nouns' | 'fromSequence'>;

/** Sends streams of this service again, out of its event log, to one named queue. Live traffic goes on meanwhile. */
export class Replayer {
  private readonly logger = new Logger(Replayer.name);

  /** @param source CloudEvents source of this service, for example `/referral` */
  constructor(
    private readonly source: string,
    private readonly log: EventLog,
    private readonly publisher: EventPublisher,
  ) {}

  /** Where subscribers' requests arrive. */
  get queue(): string {
    return `${this.source.slice(1)}.replays`;
  }

  /**
   * Serves a request that is for this service; any other is somebody else's. A queue that is not there is waited for: a
   * subscriber asks before it declares its queue, so that it cannot die in between and never ask.
   */
  async handle(event: CloudEvent): Promise<void> {
    if (routingKeyOf(event) !== ReplayRequested.routingKey) return;
    const request = ReplayRequested.read(event.data);
    if (request.source !== this.source) return;
    await this.replay(request).catch((error: unknown) => {
      if (!(error instanceof Refusal) || error.code !== 'replay-queue-unknown') throw error;
      throw new Refusal('unavailable', error.code, error.message);
    });
  }

  /**
   * Answers how many events were sent. Pipelined: the publisher's window bounds what is under way.
   * @throws Refusal `replay-queue-unknown` when there is no such queue, `broker-unavailable` when one was not confirmed
   */
  async replay({ queue, subject, nouns, fromSequence }: ReplayRequest): Promise<number> {
    let sent = 0;
    const outcomes = new Set<Promise<void>>();
    let failure: Refusal | undefined;
    for await (const { subject: owner, event } of this.log.read(subject, fromSequence)) {
      if (failure) break;
      if (nouns && !nouns.includes(event.type.slice(0, event.type.indexOf('.')))) continue;
      const outcome = this.publisher.sendTo(queue, toMessage(this.source, owner, event)).then((result) => {
        outcomes.delete(outcome);
        if (result === 'returned')
          failure ??= new Refusal('not-found', 'replay-queue-unknown', 'there is no such queue');
        if (result === 'failed')
          failure ??= new Refusal('unavailable', 'broker-unavailable', 'the broker did not take the replay');
      });
      outcomes.add(outcome);
      if (outcomes.size >= 1000) await Promise.race(outcomes);
      sent += 1;
    }
    await Promise.all(outcomes);
    if (failure) throw failure;
    this.logger.log({ msg: 'replayed', queue, count: sent });
    return sent;
  }
}
