import { createService, listen, readConfig, type RunningService, type ServiceDefinition } from '../http/index.js';
import { testInfrastructure } from './test-infrastructure.js';

export interface RequestOptions {
  token?: string;
  /** Sent as JSON; a string or bytes are sent as they are. */
  body?: unknown;
  headers?: Record<string, string>;
}

export interface TestResponse<Body> {
  status: number;
  headers: Headers;
  /** The parsed JSON, or undefined where the answer is none. */
  body: Body;
  text: string;
}

export interface TestService extends RunningService {
  request: <Body = unknown>(method: string, path: string, options?: RequestOptions) => Promise<TestResponse<Body>>;
  /** Every log line so far. */
  logs: () => string[];
  mongodbUrl: string;
  amqpUrl: string;
}

export interface TestServiceOptions {
  /** Further environment, for example that of a `testIssuer`. */
  env?: Record<string, string>;
  /** An existing database or virtual host, which is left in place at the end. */
  database?: string;
  vhost?: string;
}

/** A typed client of one address. */
export function clientOf(url: string): TestService['request'] {
  return async <Body>(method: string, path: string, { token, body, headers }: RequestOptions = {}) => {
    const raw = typeof body === 'string' || body instanceof Uint8Array;
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: raw ? body : JSON.stringify(body) }),
      redirect: 'manual',
    });
    const text = await response.text();
    const isJson = /^application\/(?:[\w.-]+\+)?json/.test(response.headers.get('content-type') ?? '');
    const parsed = (isJson && text !== '' ? JSON.parse(text) : undefined) as Body;
    return { status: response.status, headers: response.headers, body: parsed, text };
  };
}

/**
 * Runs a service on a free port, on real infrastructure, with a database and a virtual host of its own. `close` drains
 * the service and removes both.
 */
export async function startTestService<Config extends object>(
  definition: ServiceDefinition<Config>,
  { env = {}, database, vhost }: TestServiceOptions = {},
): Promise<TestService> {
  const infrastructure = await testInfrastructure({
    ...(database !== undefined && { database }),
    ...(vhost !== undefined && { vhost }),
  });
  const { mongodbUrl, amqpUrl } = infrastructure;
  const lines: string[] = [];
  try {
    const config = readConfig(definition.config, {
      PORT: '0',
      MONGODB_URL: mongodbUrl,
      AMQP_URL: amqpUrl,
      RATE_LIMIT_PER_SECOND: '0',
      ...env,
    });
    const service = await createService(definition, config, { write: (line) => void lines.push(line) });
    const running = await listen(service, config);
    return {
      ...running,
      request: clientOf(running.url),
      logs: () => [...lines],
      mongodbUrl,
      amqpUrl,
      close: async () => {
        await running.close().finally(() => infrastructure.remove());
      },
    };
  } catch (error) {
    await infrastructure.remove();
    throw error;
  }
}
