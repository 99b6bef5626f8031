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

/** `count` different TCP ports of the loopback interface that nothing listens on right now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers: Server[] = [];
  try {
    // All are held at once: released one by one, the system could hand out the same port twice.
    for (let taken = 0; taken < count; taken++) servers.push(await listen(0));
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
