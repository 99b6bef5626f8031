/** Bad messages: an error or a closed connection, never a crash, and nobody else notices. */
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { BSON, MongoClient } from 'mongodb';
import { startEmbeddedMongo, type EmbeddedMongo } from './index.js';

let engine: EmbeddedMongo;
let client: MongoClient;
beforeAll(async () => {
  engine = await startEmbeddedMongo();
  client = await new MongoClient(engine.uri).connect();
  await client.db('w').collection('c').insertOne({ here: true });
});
afterAll(async () => {
  await client.close();
  await engine.close();
});

function message(body: Uint8Array, opCode = 2013, flags = 0): Buffer {
  const head = Buffer.alloc(21);
  head.writeInt32LE(21 + body.length, 0);
  head.writeInt32LE(7, 4);
  head.writeInt32LE(opCode, 12);
  head.writeUInt32LE(flags, 16);
  return Buffer.concat([head, body]);
}
const command = (doc: BSON.Document): Buffer => message(BSON.serialize(doc));

/** What comes back: a reply, or undefined when the connection was closed. */
async function send(bytes: Buffer): Promise<BSON.Document | undefined> {
  const socket: Socket = connect(engine.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(bytes);
  const first = await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => undefined)]);
  socket.destroy();
  return first ? BSON.deserialize((first[0] as Buffer).subarray(21)) : undefined;
}

const othersAreServed = async (): Promise<void> => {
  expect(
    await client
      .db('w')
      .collection('c')
      .findOne({}, { projection: { _id: 0 } }),
  ).toEqual({ here: true });
};
afterEach(othersAreServed);

const nested = (depth: number): BSON.Document => {
  let d: BSON.Document = { end: 1 };
  for (let i = 0; i < depth; i += 1) d = { d };
  return d;
};

describe('a bad message', () => {
  it.each<[string, Buffer]>([
    ['an unknown op code', message(Buffer.alloc(20), 9999)],
    ['a length below the header', Buffer.from('0500000001000000000000000000000000', 'hex')],
    ['a length of two gigabytes', Buffer.from('ffffff7f010000000000000000000000dd070000', 'hex')],
    ['an unknown required flag', message(BSON.serialize({ ping: 1 }), 2013, 4)],
    ['a document longer than the message', message(Buffer.from('ff000000', 'hex'))],
  ])('%s closes the connection', async (_, bytes) => {
    expect(await send(bytes)).toBeUndefined();
  });

  it('garbage inside a document is code 22', async () => {
    const bytes = command({ ping: 1, $db: 'admin', s: 'abcdef' });
    bytes[bytes.length - 10] = 0x7e;
    bytes.writeInt32LE(99, bytes.length - 12);
    expect(await send(bytes)).toMatchObject({ ok: 0, code: 22 });
  });

  it('invalid UTF-8 is code 22', async () => {
    const bytes = command({ insert: 'c', $db: 'w', documents: [{ s: 'abcdef' }] });
    bytes[bytes.indexOf('abcdef')] = 0xff;
    expect(await send(bytes)).toMatchObject({ ok: 1, n: 0, writeErrors: [{ code: 22 }] });
  });

  it('nesting over 100 is refused with an error', async () => {
    expect(await send(command({ insert: 'deep', $db: 'w', documents: [nested(99)] }))).toMatchObject({ ok: 1, n: 1 });
    expect(await send(command({ insert: 'deep', $db: 'w', documents: [nested(101)] }))).toMatchObject({
      ok: 0,
      code: 238,
    });
    const far = await send(command({ insert: 'deep', $db: 'w', documents: [nested(250)] }));
    expect(far).toMatchObject({ ok: 1, n: 0, writeErrors: [{ code: 15 }] });
  });

  it('a document over 16 MB is code 10334', async () => {
    const big = { insert: 'c', $db: 'w', documents: [{ s: 'x'.repeat(16 * 1024 * 1024) }] };
    expect(await send(command(big))).toMatchObject({ ok: 1, n: 0, writeErrors: [{ code: 10334 }] });
  });

  it('half a message and a hang-up is forgotten', async () => {
    const socket = connect(engine.port, '127.0.0.1');
    socket.end(command({ ping: 1, $db: 'admin' }).subarray(0, 30));
    socket.resume();
    await once(socket, 'close');
  });

  it('hundreds of damaged messages get a reply or a closed connection', async () => {
    const good = command({ find: 'c', $db: 'w', filter: { a: { $gt: 1 }, b: ['x', null] }, sort: { a: 1 }, limit: 3 });
    for (let seed = 1; seed <= 300; seed += 1) {
      const bytes = Buffer.from(good);
      for (let k = 0; k < 1 + (seed % 4); k += 1)
        bytes[20 + ((seed * 31 + k * 17) % (bytes.length - 20))] = (seed * 13 + k * 101) & 255;
      const reply = await send(bytes);
      if (reply) expect(reply).toHaveProperty('ok');
    }
  });
});

describe('the greeting', () => {
  it('says what it is, and is answered to the oldest handshake', async () => {
    expect(await client.db('admin').command({ hello: 1 })).toMatchObject({
      engine: expect.stringContaining('development and tests only'),
    });
    const name = Buffer.from('admin.$cmd\0');
    const query = Buffer.concat([Buffer.alloc(20), name, Buffer.alloc(8), BSON.serialize({ ismaster: 1 })]);
    query.writeInt32LE(query.length, 0);
    query.writeInt32LE(2004, 12);
    const socket = connect(engine.port, '127.0.0.1');
    socket.write(query);
    const [data] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(BSON.deserialize(data.subarray(36))).toMatchObject({ ismaster: true, ok: 1 });
  });
});
