import { Agent, request as send } from 'node:http';

export interface Call {
  path: string;
  headers: Record<string, string>;
  body: string;
}

/**
 * Sends POSTs over kept connections, `concurrency` at a time, and resolves when each was answered.
 * @throws Error for the first answer that is not 201
 */
export async function load(url: string, calls: readonly Call[], concurrency: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < calls.length) {
      const call = calls[next]!;
      next += 1;
      await post(agent, url, call);
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, client));
  } finally {
    agent.destroy();
  }
}

function post(agent: Agent, url: string, { path, headers, body }: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = send(url + path, { agent, method: 'POST', headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        if (response.statusCode === 201) resolve();
        else reject(new Error(`${path} answered ${response.statusCode}: ${Buffer.concat(parts).toString()}`));
      });
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
