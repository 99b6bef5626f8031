import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { BrokerConnection } from './broker-connection.js';
import { OutboxRelay } from './outbox-relay.js';
import { OutboxRegistry } from '../persistence/index.js';

Logger.overrideLogger(false);

/** What amqplib gives for a broker: only what it says of itself, since that is what is under test. */
class FakeBroker extends EventEmitter {
  setup: (model: object) => Promise<void> = () => Promise.resolve();
  readonly channels: EventEmitter[] = [];
  model = new EventEmitter();
  readonly close = () => Promise.resolve();

  async connect(): Promise<EventEmitter> {
    const model = Object.assign(new EventEmitter(), {
      connection: { stream: new PassThrough() },
      createConfirmChannel: () => {
        const channel = Object.assign(new EventEmitter(), { close: () => Promise.resolve() });
        this.channels.push(channel);
        return Promise.resolve(channel);
      },
    });
    this.model = model;
    await this.setup(model);
    return model;
  }
}

let broker: FakeBroker;
jest.unstable_mockModule('amqplib', () => ({
  default: {
    connect: (_url: string, { recovery }: { recovery: { setup: FakeBroker['setup'] } }) => {
      broker.setup = recovery.setup;
      return Promise.resolve(broker);
    },
  },
}));

async function connection(): Promise<BrokerConnection> {
  broker = new FakeBroker();
  const { BrokerConnection: Connection } = await import('./broker-connection.js');
  return new Connection('amqp://nowhere', 'test');
}

it('is open while the broker is there and takes messages', async () => {
  const tested = await connection();
  await tested.start();
  expect(tested.isOpen).toBe(false);
  await broker.connect();
  expect(tested.isOpen).toBe(true);
  broker.emit('blocked', 'low on memory');
  expect(tested.isOpen).toBe(false);
  broker.emit('unblocked');
  expect(tested.isOpen).toBe(true);
  broker.emit('disconnect', new Error('gone'));
  expect(tested.isOpen).toBe(false);
});

it('closes no channel while it is made ready', async () => {
  const tested = await connection();
  const steps: string[] = [];
  let ready: () => void = () => undefined;
  tested.use((channel) => {
    Object.assign(channel, { close: () => Promise.resolve(steps.push('closed')) });
    return new Promise<void>((resolve) => (ready = resolve)).then(() => void steps.push('ready'));
  });
  await tested.start();
  const connecting = broker.connect();
  await new Promise((resolve) => setImmediate(resolve));
  const closing = tested.close();
  await new Promise((resolve) => setImmediate(resolve));
  ready();
  await Promise.all([connecting, closing]);
  expect(steps).toEqual(['ready', 'closed']);
});

it('is not open before every user has its channel', async () => {
  const tested = await connection();
  let ready: () => void = () => undefined;
  tested.use(() => new Promise<void>((resolve) => (ready = resolve)));
  await tested.start();
  const connecting = broker.connect();
  await new Promise((resolve) => setImmediate(resolve));
  expect(tested.isOpen).toBe(false);
  ready();
  await connecting;
  expect(tested.isOpen).toBe(true);
});

it('survives a loss while its channels are made ready, and does not take it for a connection', async () => {
  const tested = await connection();
  tested.use(() => {
    broker.model.emit('error', new Error('reset by the broker'));
    broker.model.emit('close');
    return Promise.resolve();
  });
  await tested.start();
  await expect(broker.connect()).rejects.toThrow('lost while its channels were made ready');
  expect(tested.isOpen).toBe(false);
});

it('gives every user a fresh channel after a loss, and one whose channel was closed a new one', async () => {
  const tested = await connection();
  const given: unknown[] = [];
  tested.use((channel) => Promise.resolve(void given.push(channel)));
  await tested.start();
  await broker.connect();
  broker.emit('disconnect', new Error('gone'));
  await broker.connect();
  expect(given).toHaveLength(2);
  jest.useFakeTimers();
  broker.channels[1]!.emit('close');
  await jest.advanceTimersByTimeAsync(1_000);
  jest.useRealTimers();
  expect(given).toHaveLength(3);
});

it('lets the relay claim nothing while the broker takes nothing', async () => {
  const outboxes = new OutboxRegistry('/referral');
  const asked: string[] = [];
  const collection = new Proxy({}, { get: (_target, name) => () => asked.push(String(name)) });
  outboxes.register({ collection } as never);
  const relay = new OutboxRelay(outboxes, {} as never, { isOpen: false } as never);
  expect(await relay.drain()).toBe(0);
  expect(asked).toEqual([]);
});
