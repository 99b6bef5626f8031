/**
 * Stored documents in parts. They were checked when they came in, so what nobody asks for is stepped over by its
 * length, down to the level asked for, and no name or value of it is ever built.
 */
import { decode, readAt } from './decode.js';
import { FIXED_WIDTHS } from './fixed-widths.js';
import { wantedAt, wantedOf, type Wanted } from './names.js';
import { isArrayIndex } from './paths.js';
import type { Paths } from './path-tree.js';
import { REST, Unread, type Doc, type Value } from './values.js';

const WIDTHS = Array.from({ length: 256 }, (_, type) => FIXED_WIDTHS.get(type) ?? -1);
/** Names that no field can have, for what lies between the fields asked for. */
const BETWEEN = Array.from({ length: 32 }, (_, i) => '\0'.repeat(i + 1));

let bytes: Buffer = Buffer.alloc(0);
let at = 0;
/** Whether what was asked for is left as bytes, and whether what lies between is kept. */
let unread = false;
let keepsRest = false;

/**
 * Fields of documents, to be read without the others. Documents in arrays on the way are read in part as well, unless
 * an element is asked for by its number.
 */
export class Parts {
  readonly wanted: readonly Wanted[];

  constructor(paths: Paths) {
    this.wanted = wantedOf(paths);
  }

  /** These fields and no others. */
  read(document: Buffer): Doc {
    return this.#begin(document, false, false);
  }

  /** These fields and no others, each {@link Unread}: for what is written as it is. */
  pick(document: Buffer): Doc {
    return this.#begin(document, true, false);
  }

  /** These fields, and all that lies between them {@link Unread}: for what is written again. */
  open(document: Buffer): Doc {
    return this.#begin(document, false, true);
  }

  #begin(document: Buffer, asBytes: boolean, withRest: boolean): Doc {
    [bytes, at, unread, keepsRest] = [document, 0, asBytes, withRest];
    return readDocument(this.wanted);
  }
}

/** Reads what is asked for; undefined: all. */
export const readParts = (parts: Parts | undefined, document: Buffer): Doc =>
  parts ? parts.read(document) : decode(document);

function readDocument(wanted: readonly Wanted[]): Doc {
  const end = at + bytes.readInt32LE(at) - 1;
  at += 4;
  const out: Doc = new Map();
  let rest = at;
  while (at < end && (keepsRest || out.size < wanted.length)) {
    const field = at;
    const type = bytes[at]!;
    while (bytes[at] !== 0) at += 1;
    const found = wantedAt(wanted, bytes, field + 1, at);
    at += 1;
    if (!found) at = after(type, at);
    else {
      if (keepsRest && rest < field) keep(out, rest, field);
      out.set(found.name, readValue(type, found.below));
      rest = at;
    }
  }
  if (keepsRest && rest < end) keep(out, rest, end);
  at = end + 1;
  return out;
}

function keep(out: Doc, start: number, end: number): void {
  out.set(BETWEEN[out.size] ?? '\0'.repeat(out.size + 1), new Unread(REST, bytes, start, end) as never);
}

function readValue(type: number, below: readonly Wanted[] | undefined): Value {
  if (below && type === 3) return readDocument(below);
  if (below && type === 4 && !below.some(({ name }) => isArrayIndex(name))) return readArray(below);
  const start = at;
  if (unread && !below) {
    at = after(type, at);
    return new Unread(type, bytes, start, at) as never;
  }
  const { value, end } = readAt(bytes, type, start, 0);
  at = end;
  return value;
}

/** Elements that are documents in part, others whole: what is in an array in an array is reached by number alone. */
function readArray(below: readonly Wanted[]): Value[] {
  const end = at + bytes.readInt32LE(at) - 1;
  at += 4;
  const out: Value[] = [];
  while (at < end) {
    const type = bytes[at]!;
    while (bytes[at] !== 0) at += 1;
    at += 1;
    if (type === 3) out.push(readDocument(below));
    else {
      const { value, end: next } = readAt(bytes, type, at, 0);
      out.push(value);
      at = next;
    }
  }
  at = end + 1;
  return out;
}

/** Where a value that begins at a place ends. */
function after(type: number, start: number): number {
  const width = WIDTHS[type]!;
  if (width >= 0) return start + width;
  if (type === 0x0b) return bytes.indexOf(0, bytes.indexOf(0, start) + 1) + 1;
  const size = bytes.readInt32LE(start);
  if (type === 3 || type === 4 || type === 0x0f) return start + size;
  return start + size + (type === 5 ? 5 : type === 0x0c ? 16 : 4);
}
