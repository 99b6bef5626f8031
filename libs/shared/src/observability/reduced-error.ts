import { Refusal } from '../domain/index.js';

export interface ReducedError {
  name: string;
  code?: string | number;
  message?: string;
  frames: string[];
  cause?: ReducedError;
}

const MAX_FRAMES = 12;
const MAX_CAUSES = 3;
const NAME = /^[A-Za-z_$][\w$.-]{0,79}$/;
const CODE = /^[\w.:/-]{1,80}$/;

/** The frames of a stack without its message: a message may span lines and quote the value that was wrong. */
const framesOf = (stack: string, message: string): string[] =>
  stack
    .slice(stack.includes(message) ? stack.indexOf(message) + message.length : 0)
    .split('\n')
    .filter((line) => /^\s{2,}at [^\n]*(?::\d+:\d+\)?|\(native\)|\(<anonymous>\)|\[native code\])$/.test(line))
    .map((line) => line.trim().slice(0, 300))
    .slice(0, MAX_FRAMES);

/**
 * What may be logged of something thrown: class name, machine-readable code and stack frames.
 *
 * The message is left out, because drivers and validators quote their input in it (a duplicate key error holds the
 * whole key, a cast error the value). Only a Refusal keeps its message: it is written by us without personal data.
 */
export function reducedError(thrown: unknown, depth = 0): ReducedError {
  if (!(thrown instanceof Error)) {
    return { name: thrown === null ? 'null' : typeof thrown, frames: [] };
  }
  const code: unknown = (thrown as { code?: unknown }).code;
  return {
    name: NAME.test(thrown.name) ? thrown.name : 'Error',
    ...((typeof code === 'number' || (typeof code === 'string' && CODE.test(code))) && { code }),
    ...(thrown instanceof Refusal && { message: thrown.message }),
    frames: thrown.stack === undefined ? [] : framesOf(thrown.stack, thrown.message),
    ...(thrown.cause instanceof Error && depth < MAX_CAUSES && { cause: reducedError(thrown.cause, depth + 1) }),
  };
}
