import { Refusal, type FieldError, type RefusalKind } from '../domain/index.js';

/** The status code of each kind of refusal (RFC 9110, RFC 6585). */
export const STATUS_OF: Record<RefusalKind, number> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  'precondition-failed': 412,
  'too-large': 413,
  'unsupported-media-type': 415,
  invalid: 422,
  'precondition-required': 428,
  'too-many': 429,
  unavailable: 503,
};

const TITLE_OF: Record<RefusalKind, string> = {
  malformed: 'The request cannot be read',
  unauthenticated: 'A valid access token is needed',
  forbidden: 'Not permitted',
  'not-found': 'Not found',
  'method-not-allowed': 'Method not allowed',
  conflict: 'In conflict with the present state',
  'precondition-failed': 'Changed by somebody else in the meantime',
  'too-large': 'Too large',
  'unsupported-media-type': 'Unsupported media type',
  invalid: 'The request is not acceptable',
  'precondition-required': 'A condition is required',
  'too-many': 'Too many requests',
  unavailable: 'Unavailable for the moment',
};

/** Problem types are stable names, not addresses to be called. */
export const PROBLEM_BASE = 'https://throughline.example/problems/';

/** Problem details of RFC 9457, with our extensions `correlationId` and `errors`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  correlationId: string;
  errors?: FieldError[];
  [extension: string]: unknown;
}

/** Which request a problem is about. */
export interface ProblemInstance {
  /** The path of the request without its query, which may hold personal data. */
  instance: string;
  correlationId: string;
}

export function problemOf(refusal: Refusal, { instance, correlationId }: ProblemInstance): Problem {
  const { errors, extra } = refusal.details;
  return {
    ...extra,
    type: PROBLEM_BASE + refusal.code,
    title: TITLE_OF[refusal.kind],
    status: STATUS_OF[refusal.kind],
    detail: refusal.message,
    instance,
    correlationId,
    ...(errors !== undefined && { errors }),
  };
}

/** What a caller learns of a fault of ours: that it happened, and what to quote when asking about it. */
export function internalProblem({ instance, correlationId }: ProblemInstance): Problem {
  return {
    type: `${PROBLEM_BASE}internal-error`,
    title: 'Internal error',
    status: 500,
    detail: 'Something went wrong on our side. Quote the correlation id when you ask about it.',
    instance,
    correlationId,
  };
}

/** The headers that belong to a refusal. */
export function headersOf(refusal: Refusal): Record<string, string> {
  const headers: Record<string, string> = {};
  if (refusal.kind === 'unauthenticated') {
    // RFC 6750, 3.1: no error code for a request that carries no authentication at all
    headers['www-authenticate'] = refusal.code === 'invalid-token' ? 'Bearer error="invalid_token"' : 'Bearer';
  }
  const { retryAfterSeconds, extra } = refusal.details;
  if (retryAfterSeconds !== undefined) {
    headers['retry-after'] = String(Math.max(1, Math.ceil(retryAfterSeconds)));
  }
  if (refusal.kind === 'method-not-allowed' && Array.isArray(extra?.['allowed'])) {
    headers['allow'] = extra['allowed'].join(', ');
  }
  return headers;
}
