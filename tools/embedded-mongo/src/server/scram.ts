import type { Handler } from './command.js';

/** SCRAM-SHA-256 for one user. */
export class Scram {
  constructor(
    readonly user: string,
    readonly password: string,
  ) {}

  /** The handler of a command of the conversation, if it is one. */
  handler(_name: string): Handler | undefined {
    return undefined;
  }
}
