import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../domain/index.js';

/** The strong ETag of a version of a document. */
export const etagOf = (version: number): string => `"${version}"`;

/** The version that an `If-Match` header names. Only one strong ETag of ours is taken, neither `*` nor a list. */
export function versionOf(header: string | undefined): number {
  if (header === undefined || header === '') {
    throw new Refusal(
      'precondition-required',
      'if-match-required',
      'Send the ETag that you read as an If-Match header.',
    );
  }
  const digits = /^"(\d{1,15})"$/.exec(header)?.[1];
  if (digits === undefined) {
    throw new Refusal(
      'malformed',
      'if-match-malformed',
      'The If-Match header must hold one ETag as it was sent, as in "3".',
    );
  }
  return Number(digits);
}

/** Marks a handler that takes the header, for the OpenAPI document. */
export const TAKES_IF_MATCH = 'throughline:if-match';

/** The version that the caller has seen. Missing: 428 `if-match-required`; unreadable: 400 `if-match-malformed`. */
export const IfMatch = createParamDecorator(
  (_: unknown, context: ExecutionContext): number =>
    versionOf(context.switchToHttp().getRequest<FastifyRequest>().headers['if-match']),
  [(target, handler) => Reflect.defineMetadata(TAKES_IF_MATCH, true, target, handler as string)],
);
