import { Raw, type Encodable } from '../bson/encode.js';
import { MongoError } from '../errors.js';

const MAX_BATCH_BYTES = 16 * 1024 * 1024;
const IDLE_MS = 10 * 60 * 1000;

interface Open {
  readonly namespace: string;
  readonly rest: Iterator<Buffer>;
  /** Read ahead when a batch was full by bytes. */
  held?: Buffer;
  used: number;
  /** How many the limit still allows: a cursor that has reached it is closed. */
  left: number;
  readonly keep: boolean;
}

export interface CursorOptions {
  /** Close after the first batch whatever is left. */
  readonly single?: boolean;
  readonly limit?: number;
  /** Never close for being idle. */
  readonly keep?: boolean;
}

export interface Batch {
  readonly documents: Encodable[];
  readonly id: bigint;
}

/** The open cursors of all clients. One idle for ten minutes is closed, unless it was opened to stay. */
export class Cursors {
  readonly #open = new Map<bigint, Open>();
  #next = BigInt(Math.floor(Math.random() * 2 ** 40)) + 1n;

  get count(): number {
    return this.#open.size;
  }

  /** The first batch; a cursor stays open when the batch filled up, as in the server, even if nothing is left. */
  start(namespace: string, results: Iterator<Buffer>, batchSize: number, options: CursorOptions = {}): Batch {
    const { single = false, limit = 0, keep = false } = options;
    const open: Open = { namespace, rest: results, used: Date.now(), keep, left: limit || Infinity };
    const { documents, done } = take(open, batchSize);
    if (done || single) {
      results.return?.();
      return { documents, id: 0n };
    }
    const id = this.#next++;
    this.#open.set(id, open);
    return { documents, id };
  }

  /** @throws MongoError 43 for an unknown cursor, 13 for one of another collection. */
  more(id: bigint, namespace: string, batchSize: number): Batch {
    const open = this.#open.get(id);
    if (!open) throw new MongoError(43, `cursor id ${id} not found`);
    if (open.namespace !== namespace)
      throw new MongoError(
        13,
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace`,
      );
    open.used = Date.now();
    const { documents, done } = take(open, batchSize);
    if (done) this.#open.delete(id);
    return { documents, id: done ? 0n : id };
  }

  kill(id: bigint, namespace: string): boolean {
    const open = this.#open.get(id);
    if (!open || open.namespace !== namespace) return false;
    open.rest.return?.();
    return this.#open.delete(id);
  }

  closeIdle(now: number): void {
    for (const [id, open] of this.#open) if (!open.keep && now - open.used > IDLE_MS) this.#open.delete(id);
  }
}

function take(open: Open, batchSize: number): { documents: Encodable[]; done: boolean } {
  const documents: Encodable[] = [];
  let bytes = 0;
  while (documents.length < batchSize) {
    const next = open.held ?? nextOf(open.rest);
    open.held = undefined;
    if (next === undefined) return { documents, done: true };
    if (documents.length && bytes + next.length > MAX_BATCH_BYTES) {
      open.held = next;
      break;
    }
    documents.push(new Raw(next));
    bytes += next.length;
    open.left -= 1;
    if (open.left === 0) return { documents, done: true };
  }
  return { documents, done: false };
}

function nextOf(rest: Iterator<Buffer>): Buffer | undefined {
  const r = rest.next();
  return r.done ? undefined : r.value;
}
