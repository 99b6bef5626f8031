/** Why something is refused. The kind decides what a caller may do about it; HTTP turns it into a status code. */
export type RefusalKind =
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'conflict'
  | 'precondition-failed'
  | 'too-large'
  | 'unsupported-media-type'
  | 'invalid'
  | 'precondition-required'
  | 'too-many'
  | 'unavailable';

/** One field that is wrong: a JSON pointer as a URI fragment (RFC 6901, section 6), and what is wrong with it. */
export interface FieldError {
  pointer: string;
  detail: string;
}

export interface RefusalDetails {
  errors?: FieldError[];
  /** How long a caller should wait before it tries again, in seconds. */
  retryAfterSeconds?: number;
  /** Further members of the problem document, for example the transitions that are allowed. Never personal data. */
  extra?: Record<string, unknown>;
}

/**
 * The one way to say no, in the domain and at every door.
 *
 * `code` is stable and documented; `message` is for a person and must hold no personal data, because it is shown
 * and may be logged. An event handler that throws a Refusal sends its message to the dead letters without a retry,
 * since the same input would be refused again; only `unavailable` is retried.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly kind: RefusalKind,
    readonly code: string,
    message: string,
    readonly details: RefusalDetails = {},
  ) {
    super(message);
  }
}
