import { CloudEvent as ReferenceCloudEvent } from 'cloudevents';
import { Logger } from '@nestjs/common';
import { sequenceOf, type CloudEvent } from '../contracts/index.js';
import { eventually } from '../testing/index.js';
import { messagingRig, type MessagingRig } from './messaging-rig.fixture.js';
import { ARCHIVE_STREAM, declareExchange, EVENTS_EXCHANGE } from './topology.js';

Logger.overrideLogger(false);

let rig: MessagingRig;
beforeAll(async () => {
  rig = await messagingRig();
}, 30_000);
afterAll(() => rig.close());

const bySubject = (events: CloudEvent[]): Map<string, number[]> => {
  const streams = new Map<string, number[]>();
  for (const event of events) streams.set(event.subject, [...(streams.get(event.subject) ?? []), sequenceOf(event)]);
  return streams;
};

it('carries an event from the write to a subscriber as a CloudEvent of the same trace', async () => {
  await rig.declare('one.subscriber');
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  await rig.change('agency-1', 1, traceparent);
  await rig.relay().drain();
  const [event] = await rig.take('one.subscriber', 1);
  expect(event).toMatchObject({
    specversion: '1.0',
    type: 'org.throughline.agency.enrolled.v1',
    source: '/referral',
    subject: 'agency-1',
    sequence: '000000000001',
    partitionkey: 'agency-1',
    dataschema: 'urn:throughline:events:agency.enrolled.v1',
    data: { agencyId: 'agency-1', name: 'Santa Fe', enrolledAt: '2026-01-05T16:00:00.000Z' },
  });
  expect(event!.traceparent).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-/);
  expect(new ReferenceCloudEvent(event as never).validate()).toBe(true);
  expect(await rig.pending()).toEqual([]);
});

it('sends what many relays at once have claimed, in the order of each aggregate', async () => {
  await rig.declare('three.relays');
  const ids = Array.from({ length: 60 }, (_, index) => `many-${index}`);
  await Promise.all(ids.map((id) => rig.change(id, 3)));
  const relays = [1, 2, 3].map(() => rig.relay({ batch: 7, pollMs: 5 }));
  for (const relay of relays) relay.start();
  await Promise.all(ids.map((id) => rig.change(id, 2)));
  const streams = bySubject(await rig.take('three.relays', ids.length * 5));
  for (const relay of relays) await relay.stop();
  expect(streams.size).toBe(ids.length);
  for (const [, seqs] of streams) expect([...new Set(seqs)]).toEqual([1, 2, 3, 4, 5]);
  expect(await rig.pending()).toEqual([]);
});

it('keeps an event that the broker returned, and sends it when there is a queue for it again', async () => {
  await rig.channel().deleteQueue('one.subscriber');
  await rig.channel().deleteQueue('three.relays');
  await rig.channel().unbindQueue(ARCHIVE_STREAM, EVENTS_EXCHANGE, '#');
  await rig.change('unroutable');
  const relay = rig.relay({ pollMs: 20 });
  await relay.drain();
  expect((await rig.pending()).map(({ _id, outbox }) => [_id, outbox.length])).toEqual([['unroutable', 1]]);
  await declareExchange(rig.channel());
  relay.start();
  await eventually(async () => expect(await rig.pending()).toEqual([]), {
    describe: 'the returned event is sent again',
  });
  await relay.stop();
});

it('takes over from a relay that stalled with its claim', async () => {
  await rig.declare('take.over');
  await rig.change('stalled');
  await rig.model.collection.updateOne(
    { _id: 'stalled' } as never,
    { $set: { 'ob.leaseUntil': new Date(Date.now() + 400), 'ob.token': 'a dead relay' } } as never,
  );
  const relay = rig.relay({ pollMs: 20 });
  expect(await relay.drain()).toBe(0);
  relay.start();
  expect(await rig.take('take.over', 1)).toHaveLength(1);
  await eventually(async () => expect(await rig.pending()).toEqual([]), { describe: 'the claim is cleared' });
  await relay.stop();
});
