import { EventEmitter } from 'node:events';
import { AgencyEnrolled, readCloudEvent, sequenceOf, toMessage, type EventMessage } from '../contracts/index.js';
import type { BrokerConnection, ChannelSetup } from './broker-connection.js';
import { EventPublisher, type PublishOutcome } from './event-publisher.js';

const event = (seq: number): EventMessage =>
  toMessage('/referral', 'a', {
    seq,
    id: String(seq),
    type: AgencyEnrolled.routingKey,
    time: new Date(),
    data: AgencyEnrolled.write({ agencyId: 'a', name: 'Santa Fe', enrolledAt: '2026-01-05T16:00:00.000Z' }),
  });

/** A channel that remembers what was sent and confirms when it is told to. */
class FakeChannel extends EventEmitter {
  readonly sent: number[] = [];
  readonly confirms: ((error?: Error) => void)[] = [];
  readonly correlationIds: string[] = [];
  assertExchange = () => Promise.resolve();
  assertQueue = () => Promise.resolve();
  bindQueue = () => Promise.resolve();
  publish = (
    _exchange: string,
    _key: string,
    content: Buffer,
    { correlationId }: { correlationId: string },
    confirm: (error?: Error) => void,
  ): boolean => {
    this.sent.push(sequenceOf(readCloudEvent(content)));
    this.confirms.push(confirm);
    this.correlationIds.push(correlationId);
    return true;
  };
}

async function publisherOn(channel: FakeChannel): Promise<EventPublisher> {
  let setup: ChannelSetup = () => Promise.resolve();
  const publisher = new EventPublisher({
    isOpen: true,
    use: (given: ChannelSetup) => void (setup = given),
  } as unknown as BrokerConnection);
  await setup(channel as never, {} as never);
  return publisher;
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

it('keeps 200 unconfirmed at most, and sends in the order in which it was asked to', async () => {
  const channel = new FakeChannel();
  const publisher = await publisherOn(channel);
  const outcomes = Array.from({ length: 500 }, (_, index) => publisher.publish(event(index + 1)));
  await tick();
  expect(channel.sent).toHaveLength(200);
  for (let confirmed = 0; confirmed < 500; confirmed += 1) {
    channel.confirms[confirmed]!();
    // Somebody who comes later, at the very moment in which a place becomes free, must not get it.
    if (confirmed < 100) void Promise.resolve().then(() => outcomes.push(publisher.publish(event(501 + confirmed))));
    await tick();
  }
  for (const confirm of channel.confirms.slice(500)) confirm();
  expect(await Promise.all(outcomes)).toEqual(Array<PublishOutcome>(600).fill('confirmed'));
  expect(channel.sent).toEqual(Array.from({ length: 600 }, (_, index) => index + 1));
});

it('tells what was confirmed from what was returned, refused or lost', async () => {
  const channel = new FakeChannel();
  const publisher = await publisherOn(channel);
  const outcomes = [1, 2, 3].map((seq) => publisher.publish(event(seq)));
  await tick();
  channel.emit('return', { properties: { correlationId: channel.correlationIds[1] } });
  channel.confirms[0]!();
  channel.confirms[1]!(); // an unroutable message is confirmed all the same
  channel.confirms[2]!(new Error('nacked'));
  expect(await Promise.all(outcomes)).toEqual(['confirmed', 'returned', 'failed']);
  channel.emit('close');
  expect(await publisher.publish(event(4))).toBe('failed');
  expect(publisher.isOpen).toBe(false);
});
