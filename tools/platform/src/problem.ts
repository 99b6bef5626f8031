/**
 * Something that a person has to put right (a busy port, a missing program, an unreachable server).
 * The message says what is wrong and what to do; commands print it alone, without a stack.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
}

/** The message of anything that was thrown, on one line; `fetch` hides the reason of a failure in its cause. */
export function messageOf(thrown: unknown): string {
  const { message, cause, errors } = Object(thrown) as Partial<AggregateError>;
  if (message === 'fetch failed' && cause !== undefined) return messageOf(cause);
  if (!message && Array.isArray(errors)) return errors.map(messageOf).join('; ');
  return (message || String(thrown)).replaceAll(/\s*\n\s*/g, ' ').trim();
}

/**
 * Runs a command of the platform. A thrown error becomes one message on stderr and exit code 1;
 * `THROUGHLINE_DEBUG=1` adds the stack for those who work on the platform itself.
 */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (thrown) {
    const text = thrown instanceof Problem ? thrown.message : `Unexpected failure: ${messageOf(thrown)}`;
    process.stderr.write(`${text}\n`);
    if (process.env['THROUGHLINE_DEBUG'] === '1' && thrown instanceof Error) process.stderr.write(`${thrown.stack}\n`);
    process.exitCode = 1;
  }
}
