/**
 * Checks documents that come from outside as strictly as reading them would, without building what nobody asks for: an
 * insert stores the bytes and needs the values of its indexes alone.
 */
import { isUtf8 } from 'node:buffer';
import { MongoError } from '../errors.js';
import { invalidBson, MAX_DEPTH, readAt } from './decode.js';
import { wantedAt, type Wanted } from './names.js';
import type { Doc } from './values.js';

export interface Checked {
  /** What lies on the paths. */
  readonly doc: Doc;
  /** Its deepest level. */
  readonly nesting: number;
  /** Whether it has an empty timestamp on its top level. */
  readonly stamps: boolean;
}

const STRING = 0x02;
const DOCUMENT = 0x03;
const ARRAY = 0x04;
const TIMESTAMP = 0x11;

let bytes: Buffer = Buffer.alloc(0);
let at = 0;
let deepest = 0;
let stamps = false;

/** @throws MongoError 22 when the bytes are not a well-formed document, 15 when it nests too deep */
export function check(document: Buffer, wanted: readonly Wanted[]): Checked {
  [bytes, at, deepest, stamps] = [document, 0, 0, false];
  if (bytes.length < 5 || bytes.readInt32LE(0) !== bytes.length) throw invalidBson('length of document');
  const doc: Doc = new Map();
  read(0, wanted, doc);
  return { doc, nesting: deepest, stamps };
}

/** Goes through a document and keeps what lies on the paths. */
function read(depth: number, wanted: readonly Wanted[], into: Doc): void {
  const end = enter(depth);
  while (at < end) {
    const type = bytes[at++]!;
    const from = at;
    passName(end);
    const found = wantedAt(wanted, bytes, from, at - 1);
    if (type === TIMESTAMP && depth === 0 && at + 8 <= end && bytes.readDoubleLE(at) === 0) stamps = true;
    if (!found) pass(type, depth);
    else if (found.below && type === DOCUMENT) {
      const inner: Doc = new Map();
      into.set(found.name, inner);
      read(depth + 1, found.below, inner);
    } else {
      const start = at;
      pass(type, depth);
      into.set(found.name, readAt(bytes, type, start, depth).value);
    }
  }
  leave(end);
}

/** Goes over a value. */
function pass(type: number, depth: number): void {
  if (type === STRING) passText();
  else if (type === DOCUMENT || type === ARRAY) {
    const end = enter(depth + 1);
    while (at < end) {
      const inner = bytes[at++]!;
      passName(end);
      pass(inner, depth + 1);
    }
    leave(end);
  } else at = readAt(bytes, type, at, depth).end;
}

function enter(depth: number): number {
  if (depth > deepest) deepest = depth;
  if (depth > MAX_DEPTH) throw new MongoError(15, `document exceeded the maximum nesting depth of ${MAX_DEPTH}`);
  const size = at + 4 <= bytes.length ? bytes.readInt32LE(at) : 0;
  const end = at + size;
  if (size < 5 || end > bytes.length || bytes[end - 1] !== 0) throw invalidBson('length of document');
  at += 4;
  return end - 1;
}

function leave(end: number): void {
  if (at !== end) throw invalidBson('a value reaches beyond its document');
  at += 1;
}

/** Goes over a name. */
function passName(end: number): void {
  const start = at;
  let ascii = true;
  while (at < end && bytes[at] !== 0) {
    if (bytes[at]! > 127) ascii = false;
    at += 1;
  }
  if (at >= end) throw invalidBson('a name has no end');
  if (!ascii) assertUtf8(start, at);
  at += 1;
}

function passText(): void {
  const size = at + 4 <= bytes.length ? bytes.readInt32LE(at) : 0;
  const end = at + 4 + size - 1;
  if (size < 1 || end >= bytes.length || bytes[end] !== 0) throw invalidBson('length of string');
  for (let i = at + 4; i < end; i += 1)
    if (bytes[i]! > 127) {
      assertUtf8(at + 4, end);
      break;
    }
  at = end + 1;
}

function assertUtf8(from: number, to: number): void {
  if (!isUtf8(bytes.subarray(from, to))) throw invalidBson('a string is not UTF-8');
}
