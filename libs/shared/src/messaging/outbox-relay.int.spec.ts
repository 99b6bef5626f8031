import { CloudEvent as ReferenceCloudEvent } from 'cloudevents';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { sequenceOf, type CloudEvent } from '../contracts/index.js';
import { OutboxRegistry } from '../persistence/index.js';
import { eventually } from '../testing/index.js';
import { messagingRig, type MessagingRig } from './messaging-rig.fixture.js';
import { OutboxRelay } from './outbox-relay.js';
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

describe('between two looks into the database', () => {
  afterEach(() => jest.restoreAllMocks());

  /** Has looked, and would look again after some minutes. */
  async function patientRelay() {
    const relay = rig.relay({ pollMs: 300_000 });
    await relay.carry();
    const find = jest.spyOn(rig.model.collection, 'find');
    const looks = () => find.mock.calls.filter(([filter]) => filter && '$or' in filter).length;
    return { relay, looks };
  }

  it('carries what was created here without reading it again', async () => {
    await rig.declare('handed.over');
    const { relay, looks } = await patientRelay();
    const ids = Array.from({ length: 30 }, (_, index) => `handed-${index}`);
    await Promise.all(ids.map((id) => rig.change(id, 2)));
    await relay.carry();
    const streams = bySubject(await rig.take('handed.over', 60));
    expect(ids.map((id) => streams.get(id))).toEqual(ids.map(() => [1, 2]));
    expect(await rig.pending()).toEqual([]);
    expect(looks()).toBe(0);
  });

  it('looks at once for what was changed here', async () => {
    await rig.declare('changed.here');
    await rig.change('changed');
    const { relay, looks } = await patientRelay();
    await rig.change('changed');
    await relay.carry();
    expect((await rig.take('changed.here', 2)).map(sequenceOf)).toEqual([1, 2]);
    expect(looks()).toBeGreaterThan(0);
  });

  it('leaves what another relay has carried meanwhile', async () => {
    await rig.declare('carried.elsewhere');
    const { relay } = await patientRelay();
    await rig.change('elsewhere');
    const others = new OutboxRegistry('/referral');
    others.register(rig.model as never);
    expect(await new OutboxRelay(others, rig.log, rig.publisher).drain()).toBe(1);
    await rig.change('after');
    await relay.carry();
    expect((await rig.take('carried.elsewhere', 2)).map(({ subject }) => subject)).toEqual(['elsewhere', 'after']);
    expect(await rig.pending()).toEqual([]);
  });

  it('sends nothing twice that a look has found before it was handed over', async () => {
    await rig.declare('found.before');
    const relay = rig.relay({ pollMs: 300_000 });
    await rig.change('found');
    const [found] = await rig.pending();
    await relay.carry();
    rig.outboxes.handOver(rig.model, { _id: 'found', outbox: found!.outbox });
    await rig.change('found');
    rig.outboxes.takeUnread(); // the relay meets what was handed over first
    await relay.carry();
    rig.outboxes.nudge();
    await relay.carry();
    await rig.change('last');
    await relay.carry();
    expect((await rig.take('found.before', 3)).map((event) => [event.subject, sequenceOf(event)])).toEqual([
      ['found', 1],
      ['found', 2],
      ['last', 1],
    ]);
  });

  it('goes on where a writer was faster than the end of a batch', async () => {
    await rig.declare('faster.writer');
    const { relay } = await patientRelay();
    await rig.change('overtaken');
    const publish = rig.publisher.publish.bind(rig.publisher);
    jest.spyOn(rig.publisher, 'publish').mockImplementationOnce(async (event) => {
      await rig.change('overtaken');
      return publish(event);
    });
    expect(await relay.carry()).toBe(true);
    await relay.carry();
    expect((await rig.take('faster.writer', 2)).map(sequenceOf)).toEqual([1, 2]);
    expect(await rig.pending()).toEqual([]);
  });
});
