import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';

async function listen(port: number): Promise<Server> {
  const server = createServer();
  server.listen({ port, host: '127.0.0.1', exclusive: true });
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

/**
 * Where systems do not take the ports of outgoing connections from (Linux begins at 32768, the others at 49152): else such
 * a connection may sit on the port of a server that is being started again, and it could not have it back.
 */
const LOWEST = 10_000;
const ABOVE_HIGHEST = 32_768;

/** `count` different TCP ports of the loopback interface that nothing listens on right now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers: Server[] = [];
  try {
    // All are held until all are found, so that they differ; another process meanwhile finds others.
    while (servers.length < count) {
      const server = await listen(randomInt(LOWEST, ABOVE_HIGHEST)).catch(() => undefined);
      if (server) servers.push(server);
    }
    return servers.map((server) => (server.address() as { port: number }).port);
  } finally {
    await Promise.all(servers.map(close));
  }
}

/** Whether a process of ours could listen on this loopback port. */
export async function isFree(port: number): Promise<boolean> {
  try {
    await close(await listen(port));
    return true;
  } catch {
    return false;
  }
}
