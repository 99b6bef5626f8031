import { hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { principalOfRequest } from '../auth/index.js';
import { KeyedHash } from '../crypto/index.js';
import { Refusal } from '../domain/index.js';
import type { CommandKey } from '../persistence/index.js';
import { traceparentOf } from './request-hooks.js';

export type { CommandKey };

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;

/** JSON with sorted keys: equal values give equal texts, however they were written. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const record = value as Readonly<Record<string, unknown>>;
  let members = '';
  for (const name of Object.keys(record).sort()) {
    const entry = record[name];
    if (entry !== undefined) members += `${members && ','}${JSON.stringify(name)}:${canonicalJson(entry)}`;
  }
  return `{${members}}`;
}

const sha256 = (text: string): string => hash('sha256', text, 'hex');

/**
 * The key of a command: SHA-256 of caller, route, path parameters and header. Its hash: HMAC-SHA256 of the body under the
 * header, which is stored nowhere, so that nobody who holds the database can try names and birth dates against it. A
 * streamed body is not in the hash: its handler adds what it has read.
 */
export function commandKeyOf(request: FastifyRequest): CommandKey {
  const header = request.headers['idempotency-key'];
  if (header === undefined || header === '') {
    throw new Refusal(
      'malformed',
      'idempotency-key-required',
      'Send an Idempotency-Key header: a new value per command.',
    );
  }
  if (typeof header !== 'string' || !VISIBLE_ASCII.test(header)) {
    throw new Refusal(
      'malformed',
      'idempotency-key-malformed',
      'The Idempotency-Key header must have 1 to 255 visible ASCII characters.',
    );
  }
  const caller = principalOfRequest(request)?.id ?? '';
  const scope = [caller, request.method, request.routeOptions.url ?? '', request.params, header];
  const body: unknown = request.body;
  const content = Buffer.isBuffer(body) ? body : canonicalJson(body instanceof Readable ? null : body);
  return {
    key: sha256(canonicalJson(scope)),
    hash: new KeyedHash(Buffer.from(header)).hexOf(content),
    traceparent: traceparentOf(request),
  };
}

/** Marks a handler that takes the header, for the OpenAPI document. */
export const TAKES_IDEMPOTENCY_KEY = 'throughline:idempotency-key';

/** The {@link CommandKey} of a POST. Missing header: 400 `idempotency-key-required`. */
export const IdempotencyKey = createParamDecorator(
  (_: unknown, context: ExecutionContext): CommandKey =>
    commandKeyOf(context.switchToHttp().getRequest<FastifyRequest>()),
  [(target, handler) => Reflect.defineMetadata(TAKES_IDEMPOTENCY_KEY, true, target, handler as string)],
);
