import pino, { type DestinationStream, type Logger as PinoLogger } from 'pino';
import { reducedError, type ReducedError } from './reduced-error.js';

/**
 * Every field that a log line may have, and nothing else: what is not named here is dropped before it is written, so
 * that a whole object passed by mistake (a request, a referral, a mongoose error) leaves no personal data behind.
 * Add a field only if its values are ids, codes, counts or times of our own making.
 */
const ALLOWED_FIELDS = [
  'actor',
  'aggregateId',
  'attempt',
  'code',
  'component',
  'correlationId',
  'count',
  'delayMs',
  'dependency',
  'durationMs',
  'event',
  'eventId',
  'eventType',
  'exchange',
  'kind',
  'lastSeq',
  'method',
  'pending',
  'pid',
  'port',
  'queue',
  'readyInMs',
  'reason',
  'retryAfterSeconds',
  'roles',
  'route',
  'routingKey',
  'seq',
  'signal',
  'state',
  'status',
  'version',
] as const;

type Scalar = string | number | boolean;

/** What a log line may say besides its message. `error` may be anything that was thrown; see {@link reducedError}. */
export type LogFields = { [field in (typeof ALLOWED_FIELDS)[number]]?: Scalar | readonly string[] | undefined } & {
  error?: unknown;
};

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** A value longer than this is no id, code or count; it is cut, so that it cannot carry a document into the log. */
const MAX_VALUE_LENGTH = 200;

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

const cut = (value: Scalar): Scalar => (typeof value === 'string' ? value.slice(0, MAX_VALUE_LENGTH) : value);

/** The part of `fields` that may be logged: allowed names, scalars or lists of strings, errors reduced. */
export function allowedFields(fields: object): Record<string, Scalar | string[] | ReducedError> {
  const allowed: Record<string, Scalar | string[] | ReducedError> = {};
  for (const name of ALLOWED_FIELDS) {
    const value = (fields as Record<string, unknown>)[name];
    if (isScalar(value)) {
      allowed[name] = cut(value);
    } else if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) {
      allowed[name] = value.slice(0, 20).map((entry) => entry.slice(0, MAX_VALUE_LENGTH));
    }
  }
  const error = (fields as { error?: unknown }).error;
  if (error !== undefined) {
    allowed['error'] = reducedError(error);
  }
  return allowed;
}

/**
 * The log of one service: JSON lines on standard output with time, level, service, a message and allowed fields, among
 * them the trace id of the request or event (`correlationId`).
 *
 * A message is a constant sentence of the programmer; whatever varies goes into a field, where the allow-list sees it.
 */
export class Log {
  readonly #pino: PinoLogger;

  constructor(options: { service: string; level?: LogLevel; destination?: DestinationStream }) {
    this.#pino = pino(
      {
        level: options.level ?? 'info',
        base: { service: options.service },
        formatters: { level: (label) => ({ level: label }) },
        timestamp: pino.stdTimeFunctions.isoTime,
      },
      options.destination ?? pino.destination({ fd: 1, sync: true }),
    );
  }

  debug(message: string, fields: LogFields = {}): void {
    this.#write('debug', message, fields);
  }

  info(message: string, fields: LogFields = {}): void {
    this.#write('info', message, fields);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.#write('warn', message, fields);
  }

  error(message: string, fields: LogFields = {}): void {
    this.#write('error', message, fields);
  }

  fatal(message: string, fields: LogFields = {}): void {
    this.#write('fatal', message, fields);
  }

  #write(level: 'debug' | 'info' | 'warn' | 'error' | 'fatal', message: string, fields: LogFields): void {
    if (!this.#pino.isLevelEnabled(level)) {
      return;
    }
    this.#pino[level](allowedFields(fields), message);
  }
}
