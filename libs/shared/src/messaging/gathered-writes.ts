import type { Writable } from 'node:stream';

/**
 * Lets what is written to a stream in one turn leave in one system call. amqplib writes each message by itself, and a
 * relay publishes hundreds at once: for a small message the call costs more than all the rest.
 */
export function gatherWrites(stream: Writable): void {
  const write = stream.write.bind(stream) as (...written: unknown[]) => boolean;
  const gathered = (...written: unknown[]): boolean => {
    if (stream.writableCorked === 0) {
      stream.cork();
      process.nextTick(() => stream.uncork());
    }
    return write(...written);
  };
  stream.write = gathered as typeof stream.write;
}
