import { randomUUID } from 'node:crypto';
import type { ServiceName } from '../start/services.js';
import { messageOf, Problem } from '../problem.js';

export interface Request {
  /** Persona whose token is sent; left out, none is. */
  as?: string;
  method?: 'GET' | 'POST' | 'PUT';
  service: ServiceName;
  path: string;
  body?: object;
  /** Repeating a request under its key changes nothing and gives the first answer. Random when it is left out. */
  idempotencyKey?: string;
  /** ETag of what the caller has seen. */
  ifMatch?: string;
  /** The status that is expected; another one is a Problem. */
  expect: number | number[];
}

export interface Answer<Body> {
  status: number;
  body: Body;
  etag?: string;
}

/** The public APIs of a running platform, as its people use them: each request with the token of a persona. */
export class Api {
  private readonly tokens = new Map<string, Promise<string>>();

  constructor(
    private readonly urls: Record<ServiceName, string>,
    private readonly tokenFor: (persona: string) => Promise<string>,
  ) {}

  async call<Body>({
    as,
    method,
    service,
    path,
    body,
    idempotencyKey,
    ifMatch,
    expect,
  }: Request): Promise<Answer<Body>> {
    const url = `${this.urls[service]}${path}`;
    const verb = method ?? (body ? 'POST' : 'GET');
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, {
        method: verb,
        headers: {
          ...(as && { authorization: `Bearer ${await this.token(as)}` }),
          ...(body && { 'content-type': 'application/json' }),
          ...(verb === 'POST' && { 'idempotency-key': idempotencyKey ?? randomUUID() }),
          ...(ifMatch && { 'if-match': ifMatch }),
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(120_000),
      });
      text = await response.text();
    } catch (thrown) {
      throw new Problem(`${verb} ${path} at ${service} was not answered: ${messageOf(thrown)}`);
    }
    const { status } = response;
    if (![expect].flat().includes(status)) {
      throw new Problem(`${verb} ${path} at ${service}, as ${as ?? 'nobody'}: ${status} instead of ${expect}. ${text}`);
    }
    const etag = response.headers.get('etag');
    return { status, body: JSON.parse(text) as Body, ...(etag && { etag }) };
  }

  private token(persona: string): Promise<string> {
    const known = this.tokens.get(persona) ?? this.tokenFor(persona);
    this.tokens.set(persona, known);
    return known;
  }
}
