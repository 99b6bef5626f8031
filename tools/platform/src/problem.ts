/**
 * Something that a person has to put right (a busy port, a missing program, an unreachable server).
 * The message says what is wrong and what to do; commands print it alone, without a stack.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
}

/** The message of anything that was thrown, on one line. */
export function messageOf(thrown: unknown): string {
  const text =
    thrown instanceof AggregateError && thrown.message === ''
      ? thrown.errors.map(messageOf).join('; ')
      : thrown instanceof Error
        ? thrown.message || thrown.name
        : String(thrown);
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
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
