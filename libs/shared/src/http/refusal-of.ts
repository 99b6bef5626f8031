import { HttpException } from '@nestjs/common';
import { Refusal } from '../domain/index.js';
import { isDatabaseUnavailable } from '../persistence/database-errors.js';

/** After this many seconds a primary has usually been elected, or a server restarted. */
const DATABASE_RETRY_SECONDS = 5;

const FASTIFY_REFUSALS: Record<string, () => Refusal> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => new Refusal('too-large', 'body-too-large', 'The body is too large.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    new Refusal('unsupported-media-type', 'unsupported-media-type', 'This route does not take that content type.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new Refusal('malformed', 'malformed-body', 'The body does not have the announced length.'),
  FST_ERR_BAD_URL: () => new Refusal('malformed', 'malformed-url', 'The address is not a valid URL.'),
  FST_ERR_MAX_PARAM_LENGTH: () => new Refusal('malformed', 'malformed-url', 'A part of the address is too long.'),
};

const fromStatus = (status: number): Refusal | undefined => {
  switch (status) {
    case 400:
      return new Refusal('malformed', 'malformed-request', 'The request cannot be read.');
    case 404:
      return new Refusal('not-found', 'not-found', 'There is nothing at this address.');
    case 413:
      return FASTIFY_REFUSALS['FST_ERR_CTP_BODY_TOO_LARGE']?.();
    case 414:
      return FASTIFY_REFUSALS['FST_ERR_MAX_PARAM_LENGTH']?.();
    case 415:
      return FASTIFY_REFUSALS['FST_ERR_CTP_INVALID_MEDIA_TYPE']?.();
    default:
      return undefined;
  }
};

/**
 * The refusal that something thrown amounts to, or undefined where it is a fault of ours.
 * Texts of frameworks and drivers are never passed on, because they quote the input.
 */
export function refusalOf(thrown: unknown): Refusal | undefined {
  if (thrown instanceof Refusal) {
    return thrown;
  }
  if (isDatabaseUnavailable(thrown)) {
    return new Refusal('unavailable', 'database-unavailable', 'The database cannot be reached. Nothing was changed.', {
      retryAfterSeconds: DATABASE_RETRY_SECONDS,
    });
  }
  if (!(thrown instanceof Error)) {
    return undefined;
  }
  if (thrown instanceof HttpException) {
    return refusalOf(thrown.cause) ?? fromStatus(thrown.getStatus());
  }
  const code: unknown = (thrown as { code?: unknown }).code;
  const known = typeof code === 'string' ? FASTIFY_REFUSALS[code]?.() : undefined;
  const status: unknown = (thrown as { statusCode?: unknown }).statusCode;
  return known ?? (thrown.name === 'FastifyError' && typeof status === 'number' ? fromStatus(status) : undefined);
}
