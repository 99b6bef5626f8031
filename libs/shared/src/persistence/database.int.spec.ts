import diagnostics from 'node:diagnostics_channel';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Schema } from 'mongoose';
import { eventually, testInfrastructure } from '../testing/index.js';
import { isDatabaseUnavailable } from './database-errors.js';
import { Database } from './database.js';

/** Stands between the service and its database, so that connections can end without ending the database. */
const relays = new Set<Socket>();
const ours = new Set<Socket>();
const heard = (message: unknown) => ours.add((message as { socket: Socket }).socket);
let silent = false;
let relay: Server;
let database: Database;
let remove: () => Promise<void>;

beforeAll(async () => {
  const infrastructure = await testInfrastructure();
  remove = infrastructure.remove;
  const url = new URL(infrastructure.mongodbUrl);
  const { hostname, port } = url;
  relay = createServer((socket) => {
    const upstream = connect(Number(port), hostname);
    relays.add(socket);
    if (silent) return;
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  url.host = `127.0.0.1:${(relay.address() as AddressInfo).port}`;
  diagnostics.subscribe('net.client.socket', heard);
  database = new Database(url.href);
  database.onModuleInit();
  await eventually(async () => expect(await database.isReady()).toBe(true), { describe: 'the database' });
}, 30_000);
afterAll(async () => {
  diagnostics.unsubscribe('net.client.socket', heard);
  for (const socket of relays) socket.destroy();
  await database.close();
  relay.close();
  await remove();
});

it('leaves no statement waiting that was sent to a server which was just closing the connection', async () => {
  const notes = database.model('Note', new Schema({ _id: String } as never), 'notes').collection;
  const insert = (id: string) => notes.insertOne({ _id: id } as never);
  await Promise.all(['a', 'b', 'c', 'd'].map(insert));
  const address = relay.address() as AddressInfo;
  const settled: Promise<unknown>[] = [];
  for (const socket of ours) {
    if (socket.destroyed || socket.remotePort !== address.port) continue;
    // the turn of the loop in which the socket is closed already and has not told its listeners
    socket.once('end', () =>
      setImmediate(() => settled.push(insert(`sent-${settled.length}`).catch((thrown) => thrown))),
    );
  }
  for (const socket of relays) socket.end();
  await eventually(() => expect(settled.length).toBeGreaterThan(3), { describe: 'statements in that turn' });
  const answers = await eventually(() => Promise.all(settled), { describe: 'every statement is answered' });
  for (const answer of answers) if (answer instanceof Error) expect(isDatabaseUnavailable(answer)).toBe(true);
  await eventually(() => insert('afterwards'), { describe: 'the database is written to again' });
}, 30_000);

it('is not ready with a server that is connected and silent', async () => {
  silent = true;
  for (const socket of relays) socket.pause();
  const asked = performance.now();
  const ready = await database.isReady();
  silent = false;
  const waitedMs = performance.now() - asked;
  for (const socket of relays) socket.resume();
  expect(ready).toBe(false);
  // Two seconds, as it is meant; the driver by itself finds out after a heartbeat of ten.
  expect(waitedMs).toBeLessThan(7_000);
  await eventually(async () => expect(await database.isReady()).toBe(true), {
    describe: 'the database is ready again',
  });
}, 30_000);
