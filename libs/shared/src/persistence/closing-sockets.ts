import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { MongoNetworkError } from 'mongodb';

type WriteCommand = (this: { socket: Socket }, command: unknown, options: unknown) => Promise<void>;

const { Connection } = createRequire(import.meta.url)('mongodb/lib/cmap/connection.js') as {
  Connection: { prototype: { writeCommand: WriteCommand } };
};

/**
 * Makes a statement fail that is written to a socket which the server has closed and which has not said so yet.
 *
 * A pooled connection hears the end of its server one turn of the loop before its `close`. What the driver (7.8, and 7.9)
 * writes in between is refused without an error event, and it then waits for a `drain` that never comes: no timeout of
 * the driver ends that. A database that restarts under load could so leave a creation, a stock of keys or the relay
 * waiting until the service is started anew. As a MongoNetworkError the driver and we can deal with it.
 */
export function failOnClosingSockets(): void {
  const { prototype } = Connection;
  const { writeCommand } = prototype;
  if (patched.has(writeCommand)) return;
  const guarded: WriteCommand = async function (command, options) {
    const { socket } = this;
    let onClose: () => void = () => undefined;
    const closed = new Promise<never>((_, reject) => {
      onClose = () => reject(new MongoNetworkError('the connection was closed while a statement was written to it'));
      socket.once('close', onClose);
    });
    try {
      await Promise.race([writeCommand.call(this, command, options), closed]);
    } finally {
      socket.off('close', onClose);
    }
  };
  patched.add(guarded);
  prototype.writeCommand = guarded;
}

const patched = new WeakSet<WriteCommand>();
