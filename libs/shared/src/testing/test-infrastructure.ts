import { randomBytes } from 'node:crypto';
import mongoose from 'mongoose';

export interface TestInfrastructure {
  /** Connection string with a database that nobody else uses. */
  mongodbUrl: string;
  /** Connection string with a virtual host that nobody else uses. */
  amqpUrl: string;
  /** Removes both. */
  remove: () => Promise<void>;
}

const required = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(`${name} is not set. Run npm test, which starts the infrastructure and sets it.`);
  }
  return value;
};

async function manage(base: URL, method: string, path: string, body?: object): Promise<void> {
  const url = new URL(path, base);
  const authorization = `Basic ${Buffer.from(`${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`).toString('base64')}`;
  url.username = '';
  url.password = '';
  const response = await fetch(url, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(15_000),
  });
  await response.arrayBuffer();
  if (!response.ok && !(method === 'DELETE' && response.status === 404)) {
    throw new Error(`the broker's management API answered ${response.status} to ${method} ${url.pathname}`);
  }
}

/**
 * A virtual host and a database of their own for one test file, on the servers that AMQP_URL, AMQP_MANAGEMENT_URL and
 * MONGODB_URL name. Throws an Error that says what to do where one of them is not set.
 *
 * @param names given names are used and left in place at the end, so that two services of a test can share them
 */
export async function testInfrastructure(
  names: { database?: string; vhost?: string } = {},
): Promise<TestInfrastructure> {
  const amqp = new URL(required('AMQP_URL'));
  const mongodb = new URL(required('MONGODB_URL'));
  const management = new URL(required('AMQP_MANAGEMENT_URL'));
  management.username ||= amqp.username;
  management.password ||= amqp.password;
  const own = `test-${randomBytes(6).toString('hex')}`;
  const vhost = names.vhost ?? own;
  const database = names.database ?? own;

  const vhostPath = `/api/vhosts/${encodeURIComponent(vhost)}`;
  await manage(management, 'PUT', vhostPath);
  await manage(management, 'PUT', `/api/permissions/${encodeURIComponent(vhost)}/${amqp.username}`, {
    configure: '.*',
    write: '.*',
    read: '.*',
  });
  amqp.pathname = `/${encodeURIComponent(vhost)}`;
  mongodb.pathname = `/${database}`;

  return {
    mongodbUrl: mongodb.href,
    amqpUrl: amqp.href,
    remove: async () => {
      if (names.vhost === undefined) {
        await manage(management, 'DELETE', vhostPath);
      }
      if (names.database === undefined) {
        const connection = await mongoose.createConnection(mongodb.href).asPromise();
        await connection.dropDatabase();
        await connection.close();
      }
    },
  };
}
