import type { LoggerService } from '@nestjs/common';
import type { Log, LogFields } from './log.js';

/** What Nest says while it wires modules: useful when wiring fails, noise in every other start. */
const WIRING = new Set([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
  'NestApplication',
  'NestMicroservice',
]);

const isStack = (value: unknown): boolean => typeof value === 'string' && /\n\s+at /.test(value);

/** `logger.warn({ msg: 'database-unavailable', code })` is the form for a message with fields. */
const textOf = (message: unknown): string => {
  const text: unknown = typeof message === 'object' && message !== null && 'msg' in message ? message.msg : message;
  return typeof text === 'string' && !isStack(text) ? text.slice(0, 500) : 'unexpected failure';
};

/**
 * Lets `new Logger(context)` of Nest and its modules write to our log.
 *
 * The first argument is the message, the last string that is no stack is the context (our field `component`), objects
 * go through the allow-list, errors and stacks are reduced. A message that is no string is not written as such.
 */
export class NestLog implements LoggerService {
  constructor(private readonly logTo: Log) {}

  verbose(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.#write(WIRING.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.#write('fatal', message, rest);
  }

  #write(level: 'debug' | 'info' | 'warn' | 'error' | 'fatal', message: unknown, rest: unknown[]): void {
    let fields: LogFields = {};
    for (const part of [message, ...rest]) {
      if (part instanceof Error) {
        fields.error = part;
      } else if (isStack(part)) {
        fields.error = Object.assign(new Error(), { stack: String(part) });
      } else if (typeof part === 'object' && part !== null) {
        fields = { ...fields, ...part };
      }
    }
    const context = rest.at(-1);
    if (typeof context === 'string' && !isStack(context)) {
      fields.component = context;
    }
    this.logTo[level](textOf(message), fields);
  }
}
