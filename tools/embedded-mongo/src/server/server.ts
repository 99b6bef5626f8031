/** Accepts connections and answers their messages one after the other. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Client } from './command.js';
import { answer, failure, type Engine } from './dispatch.js';
import { Framer, parseMessage, sendReply } from './wire.js';

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/** @throws the error of `listen`, such as EADDRINUSE */
export async function listen(engine: Engine, port: number, host: string): Promise<Listening> {
  const sockets = new Set<Socket>();
  let clients = 0;
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(engine, socket, { id: (clients += 1) });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function serve(engine: Engine, socket: Socket, client: Client): void {
  socket.setNoDelay(true);
  const framer = new Framer();
  let last: Promise<void> = Promise.resolve();
  const end = (): void => {
    socket.destroy();
  };
  socket.on('error', end);
  socket.on('data', (chunk: Buffer) => {
    let messages: Buffer[];
    try {
      messages = framer.push(chunk);
    } catch {
      end();
      return;
    }
    for (const bytes of messages) last = last.then(() => handle(engine, socket, client, bytes)).catch(end);
  });
}

async function handle(engine: Engine, socket: Socket, client: Client, bytes: Buffer): Promise<void> {
  if (socket.destroyed) return;
  const message = parseMessage(bytes);
  const reply = await answer(engine, client, message);
  try {
    sendReply(socket, message, reply);
  } catch (error) {
    sendReply(socket, message, failure(error));
  }
  if (socket.writableNeedDrain)
    await new Promise<void>((resolve) => {
      const go = (): void => {
        socket.off('drain', go).off('close', go);
        resolve();
      };
      socket.on('drain', go).on('close', go);
    });
}
