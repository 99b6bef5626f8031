import { Logger } from '@nestjs/common';
import { AgencyEnrolled, sequenceOf, toMessage, type CloudEvent, type EventMessage } from '../contracts/index.js';
import { Refusal } from '../domain/index.js';
import { GapInStream } from '../persistence/index.js';
import { eventually } from '../testing/index.js';
import { BrokerConnection } from './broker-connection.js';
import { DeadLetters } from './dead-letters.js';
import { messagingRig, type MessagingRig } from './messaging-rig.fixture.js';
import { QueueConsumer, type EventHandler } from './queue-consumer.js';
import { retryQueue } from './topology.js';

Logger.overrideLogger(false);

let rig: MessagingRig;
const stops: (() => Promise<void>)[] = [];
beforeAll(async () => {
  rig = await messagingRig();
}, 30_000);
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
afterAll(() => rig.close());

const event = (subject: string, seq: number): EventMessage =>
  toMessage('/referral', subject, {
    seq,
    id: `${subject}-${seq}`,
    type: AgencyEnrolled.routingKey,
    time: new Date(),
    data: AgencyEnrolled.write({ agencyId: subject, name: 'Santa Fe', enrolledAt: '2026-01-05T16:00:00.000Z' }),
  });

async function consume(queue: string, handle: EventHandler, repairs: number[] = []): Promise<QueueConsumer> {
  const connection = new BrokerConnection(rig.amqpUrl, queue);
  const subscription = { queue, bindings: ['agency.#'], rungs: rig.rungs };
  const consumer = new QueueConsumer(subscription, 20, handle, async (_channel, { subject, fromSequence }) => {
    if (subject) repairs.push(fromSequence);
  });
  connection.use((channel, model) => consumer.attach(channel, model));
  await rig.declare(queue);
  await connection.start();
  stops.push(async () => {
    await consumer.drain();
    await connection.close();
  });
  return consumer;
}

it('carries a failing message over every rung to the dead letters, and back when it is redriven', async () => {
  let healed = false;
  const attempts: number[] = [];
  await consume('test.failing', async () => {
    attempts.push(Date.now());
    if (!healed) throw new Error('a name that must not travel');
  });
  await rig.publisher.sendTo('test.failing', event('failing', 1));
  const connection = new BrokerConnection(rig.amqpUrl, 'dead letters');
  const letters = new DeadLetters(connection);
  await connection.start();
  stops.push(() => connection.close());
  await eventually(async () => expect(await letters.count('test.failing')).toBe(1), { describe: 'the dead letter' });
  expect(attempts).toHaveLength(1 + rig.rungs.length);
  expect(attempts[1]! - attempts[0]!).toBeGreaterThanOrEqual(rig.rungs[0]! - 5);
  expect(attempts[2]! - attempts[1]!).toBeGreaterThanOrEqual(rig.rungs[1]! - 5);
  healed = true;
  expect(await letters.redrive('test.failing', 10)).toBe(1);
  await eventually(() => expect(attempts).toHaveLength(2 + rig.rungs.length), { describe: 'the redriven message' });
  await eventually(async () => expect(await letters.count('test.failing')).toBe(0), {
    describe: 'no dead letter left',
  });
});

it('sends what can never succeed straight to the dead letters, by a code and no text', async () => {
  let calls = 0;
  await consume('test.poison', async () => {
    calls += 1;
    throw new Refusal('invalid', 'identity-cannot-be-unsealed', 'no');
  });
  rig.channel().sendToQueue('test.poison', Buffer.from('{"not": "json'));
  rig.channel().sendToQueue('test.poison', Buffer.from('{"specversion":"1.0","id":"x"}'));
  await rig.publisher.sendTo('test.poison', event('poison', 1));
  expect((await rig.deadLetters('test.poison', 3)).sort()).toEqual([
    'event-unreadable',
    'event-unreadable',
    'identity-cannot-be-unsealed',
  ]);
  expect(calls).toBe(1);
});

it('handles one aggregate in order and many at once', async () => {
  const running = new Set<string>();
  const applied = new Map<string, number[]>();
  let most = 0;
  await consume('test.order', async ({ subject, ...rest }) => {
    expect(running.has(subject)).toBe(false);
    running.add(subject);
    most = Math.max(most, running.size);
    await new Promise((resolve) => setTimeout(resolve, 5));
    applied.set(subject, [...(applied.get(subject) ?? []), sequenceOf(rest as CloudEvent)]);
    running.delete(subject);
  });
  for (let seq = 1; seq <= 5; seq += 1)
    for (const subject of ['a', 'b', 'c', 'd']) await rig.publisher.sendTo('test.order', event(subject, seq));
  await eventually(
    () => {
      for (const subject of ['a', 'b', 'c', 'd']) expect(applied.get(subject)).toEqual([1, 2, 3, 4, 5]);
    },
    { describe: 'every event of four aggregates' },
  );
  expect(most).toBeGreaterThan(1);
});

describe('a gap in a stream', () => {
  it('is waited for without a retry rung while the missing event is near', async () => {
    let last = 0;
    const repairs: number[] = [];
    await consume(
      'test.gaps',
      async (received) => {
        const seq = sequenceOf(received);
        if (seq > last + 1) throw new GapInStream(received.subject, last);
        last = Math.max(last, seq);
      },
      repairs,
    );
    for (const seq of [3, 2, 1]) await rig.publisher.sendTo('test.gaps', event('gaps', seq));
    await eventually(() => expect(last).toBe(3), { describe: 'three events in order' });
    expect((await rig.channel().checkQueue(retryQueue('test.gaps', rig.rungs[0]!))).messageCount).toBe(0);
    expect(repairs).toEqual([]);
  });

  it('is repaired from its source when the missing event does not come', async () => {
    let last = 0;
    const repairs: number[] = [];
    await consume(
      'test.repair',
      async (received) => {
        const seq = sequenceOf(received);
        if (seq > last + 1) throw new GapInStream(received.subject, last);
        last = Math.max(last, seq);
      },
      repairs,
    );
    await rig.publisher.sendTo('test.repair', event('repair', 2));
    await eventually(() => expect(repairs[0]).toBe(1), { describe: 'a request for the missing event' });
    await rig.publisher.sendTo('test.repair', event('repair', 1));
    await eventually(() => expect(last).toBe(2), { describe: 'both events' });
  });
});

it('keeps a message in hand through an outage of the database, and counts no attempt', async () => {
  let down = true;
  let calls = 0;
  await consume('test.outage', async () => {
    calls += 1;
    if (down) throw Object.assign(new Error('no server'), { name: 'MongoServerSelectionError' });
  });
  await rig.publisher.sendTo('test.outage', event('outage', 1));
  await eventually(() => expect(calls).toBeGreaterThanOrEqual(3), { describe: 'several tries' });
  down = false;
  const before = calls;
  await eventually(() => expect(calls).toBe(before + 1), { describe: 'the last try' });
  expect((await rig.channel().checkQueue('test.outage.dlq')).messageCount).toBe(0);
});

it('finishes what is in hand before it closes, and leaves the rest to others', async () => {
  let release: () => void = () => undefined;
  const started: string[] = [];
  const finished: string[] = [];
  const consumer = await consume('test.drain', async ({ subject }) => {
    started.push(subject);
    await new Promise<void>((resolve) => (release = resolve));
    finished.push(subject);
  });
  await rig.publisher.sendTo('test.drain', event('in-hand', 1));
  await eventually(() => expect(started).toEqual(['in-hand']), { describe: 'a handler at work' });
  const drained = consumer.drain();
  await rig.publisher.sendTo('test.drain', event('later', 1));
  release();
  await drained;
  await stops.pop()!();
  expect(finished).toEqual(['in-hand']);
  expect((await rig.take('test.drain', 1)).map(({ subject }) => subject)).toEqual(['later']);
});

it('asks for everything when its queue is not there, and only then', async () => {
  const asked: unknown[] = [];
  const subscription = { queue: 'test.late', bindings: ['agency.#', 'case.#', 'referral.#'], rungs: rig.rungs };
  const attach = async (): Promise<void> => {
    const connection = new BrokerConnection(rig.amqpUrl, 'late');
    const consumer = new QueueConsumer(
      subscription,
      20,
      () => Promise.resolve(),
      (channel, request) => {
        asked.push(request);
        return Promise.resolve(void channel);
      },
    );
    connection.use((channel, model) => consumer.attach(channel, model));
    await connection.start();
    await eventually(() => expect(connection.isOpen).toBe(true), { describe: 'the consumer' });
    await consumer.drain();
    await connection.close();
  };
  await attach();
  expect(asked).toEqual([
    { source: '/referral', queue: 'test.late', nouns: ['agency', 'referral'], fromSequence: 1 },
    { source: '/case-management', queue: 'test.late', nouns: ['case'], fromSequence: 1 },
  ]);
  await attach();
  expect(asked).toHaveLength(2);
});

it('consumes again after the broker has ended its consumer', async () => {
  const seen: string[] = [];
  await consume('test.cancelled', async ({ subject }) => void seen.push(subject));
  await rig.publisher.sendTo('test.cancelled', event('before', 1));
  await eventually(() => expect(seen).toEqual(['before']), { describe: 'the first message' });
  await rig.channel().deleteQueue('test.cancelled');
  await eventually(
    async () => {
      await rig.publisher.sendTo('test.cancelled', event('after', 1));
      expect(seen).toContain('after');
    },
    { describe: 'a message after the queue was declared anew' },
  );
});
