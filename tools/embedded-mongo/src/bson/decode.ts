import { isUtf8 } from 'node:buffer';
import { Decimal128 } from 'bson';
import { MongoError, notImplemented } from '../errors.js';
import { Decimal } from './decimal.js';
import { FIXED_WIDTHS } from './fixed-widths.js';
import {
  BSON_UNDEFINED,
  Bin,
  Code,
  DateTime,
  Double,
  MAX_KEY,
  MIN_KEY,
  Oid,
  Regex,
  Symbolic,
  Timestamp,
  type Doc,
  type Value,
} from './values.js';

/** Levels of nesting that the server lets a user store. */
export const MAX_DEPTH = 180;
export const invalidBson = (why: string): MongoError => new MongoError(22, `Invalid BSON: ${why}`);

/** Which top-level fields to read. */
export interface Fields {
  has(name: string): boolean;
}

let buffer: Buffer = Buffer.alloc(0);
let at = 0;
let limit = 0;

/**
 * Reads one document. `only` keeps these top-level fields and steps over all others, so that a scan pays for the
 * fields it looks at.
 * @throws MongoError 22 when the bytes are not a well-formed document, 15 when it nests too deep.
 */
export function decode(bytes: Buffer, only?: Fields): Doc {
  buffer = bytes;
  at = 0;
  limit = bytes.length;
  if (limit < 5 || bytes.readInt32LE(0) !== limit) throw invalidBson('length of document');
  return readDocument(0, only);
}

/** One value of a well-formed document, and where it ends. */
export function readAt(bytes: Buffer, type: number, start: number, depth: number): { value: Value; end: number } {
  buffer = bytes;
  at = start;
  limit = bytes.length;
  return { value: readValue(type, depth), end: at };
}

/**
 * Reads a command. The documents of an insert stay the bytes they came as: each is read, checked and stored by itself.
 */
export function decodeCommand(bytes: Buffer): { command: Doc; documents?: Buffer[] } {
  const command = decode(bytes, { has: (name) => name !== 'documents' });
  const documents = command.has('insert') ? sliceArray(bytes, 'documents') : undefined;
  if (documents) return { command, documents };
  return { command: command.has('insert') ? command : decode(bytes) };
}

function sliceArray(bytes: Buffer, field: string): Buffer[] | undefined {
  buffer = bytes;
  limit = bytes.length;
  at = 4;
  while (at < limit - 1) {
    const type = buffer[at++]!;
    if (cstring(limit) !== field) skip(type, limit - 1);
    else {
      if (type !== 4) throw new MongoError(14, `BSON field '${field}' is the wrong type, expected type 'array'`);
      const end = enter(0);
      const out: Buffer[] = [];
      while (at < end) {
        const element = buffer[at++]!;
        cstring(end);
        if (element !== 3)
          throw new MongoError(14, `BSON field '${field}.${out.length}' is the wrong type, expected type 'object'`);
        const size = need(4) && buffer.readInt32LE(at);
        if (size < 5 || at + size > end) throw invalidBson('length of document');
        out.push(buffer.subarray(at, at + size));
        at += size;
      }
      return out;
    }
  }
  return undefined;
}

function enter(depth: number): number {
  if (depth > MAX_DEPTH) throw new MongoError(15, `document exceeded the maximum nesting depth of ${MAX_DEPTH}`);
  const size = need(4) && buffer.readInt32LE(at);
  const end = at + size;
  if (size < 5 || end > limit || buffer[end - 1] !== 0) throw invalidBson('length of document');
  at += 4;
  return end - 1;
}

function readDocument(depth: number, only?: Fields): Doc {
  const end = enter(depth);
  const out: Doc = new Map();
  while (at < end) {
    const type = buffer[at++]!;
    const name = cstring(end);
    if (only && !only.has(name)) skip(type, end);
    else out.set(name, readValue(type, depth));
  }
  if (at !== end) throw invalidBson('a value reaches beyond its document');
  at += 1;
  return out;
}

function readArray(depth: number): Value[] {
  const end = enter(depth);
  const out: Value[] = [];
  while (at < end) {
    const type = buffer[at++]!;
    while (at < end && buffer[at] !== 0) at += 1;
    at += 1;
    out.push(readValue(type, depth));
  }
  if (at !== end) throw invalidBson('a value reaches beyond its array');
  at += 1;
  return out;
}

function need(bytes: number): true {
  if (at + bytes > limit) throw invalidBson('a value is cut off');
  return true;
}

function cstring(end: number): string {
  let stop = at;
  let ascii = true;
  while (stop < end && buffer[stop] !== 0) {
    if (buffer[stop]! > 127) ascii = false;
    stop += 1;
  }
  if (stop >= end) throw invalidBson('a name has no end');
  const text = slice(at, stop, ascii);
  at = stop + 1;
  return text;
}

function slice(from: number, to: number, ascii: boolean): string {
  if (ascii) return buffer.toString('latin1', from, to);
  if (!isUtf8(buffer.subarray(from, to))) throw invalidBson('a string is not UTF-8');
  return buffer.toString('utf8', from, to);
}

function text(): string {
  const size = need(4) && buffer.readInt32LE(at);
  at += 4;
  if (size < 1 || !need(size) || buffer[at + size - 1] !== 0) throw invalidBson('length of string');
  const end = at + size - 1;
  let ascii = true;
  for (let i = at; i < end; i += 1)
    if (buffer[i]! > 127) {
      ascii = false;
      break;
    }
  const out = slice(at, end, ascii);
  at = end + 1;
  return out;
}

function readValue(type: number, depth: number): Value {
  switch (type) {
    case 0x10:
      need(4);
      at += 4;
      return buffer.readInt32LE(at - 4);
    case 0x02:
      return text();
    case 0x03:
      return readDocument(depth + 1);
    case 0x04:
      return readArray(depth + 1);
    case 0x01:
      need(8);
      at += 8;
      return new Double(buffer.readDoubleLE(at - 8));
    case 0x12:
      need(8);
      at += 8;
      return buffer.readBigInt64LE(at - 8);
    case 0x09: {
      need(8);
      at += 8;
      const ms = buffer.readInt32LE(at - 4) * 2 ** 32 + buffer.readUInt32LE(at - 8);
      if (!Number.isSafeInteger(ms)) throw notImplemented('dates more than 2^53 milliseconds from 1970');
      return new DateTime(ms);
    }
    case 0x07:
      need(12);
      at += 12;
      return new Oid(buffer.toString('latin1', at - 12, at));
    case 0x08:
      need(1);
      if (buffer[at]! > 1) throw invalidBson('a boolean is neither true nor false');
      return buffer[at++] === 1;
    case 0x0a:
      return null;
    case 0x06:
      return BSON_UNDEFINED;
    case 0x05:
      return binary();
    case 0x0b: {
      const pattern = cstring(limit);
      return new Regex(pattern, cstring(limit));
    }
    case 0x11:
      need(8);
      at += 8;
      return new Timestamp(buffer.readUInt32LE(at - 4), buffer.readUInt32LE(at - 8));
    case 0x13:
      need(16);
      at += 16;
      return new Decimal(new Decimal128(Uint8Array.prototype.slice.call(buffer, at - 16, at)));
    case 0x0d:
      return new Code(text());
    case 0x0e:
      return new Symbolic(text());
    case 0x0c: {
      const ns = text();
      need(12);
      at += 12;
      return new Symbolic(ns, new Oid(buffer.toString('latin1', at - 12, at)));
    }
    case 0x0f: {
      need(4);
      at += 4;
      const code = text();
      return new Code(code, readDocument(depth + 1));
    }
    case 0xff:
      return MIN_KEY;
    case 0x7f:
      return MAX_KEY;
    default:
      throw invalidBson(`type ${type}`);
  }
}

function binary(): Bin {
  const size = need(4) && buffer.readInt32LE(at);
  at += 4;
  if (size < 0) throw invalidBson('length of binary');
  need(size + 1);
  const subType = buffer[at]!;
  const bytes = Buffer.from(buffer.subarray(at + 1, at + 1 + size));
  at += size + 1;
  return new Bin(subType, bytes);
}

function skip(type: number, end: number): void {
  const fixed = FIXED_WIDTHS.get(type);
  if (fixed !== undefined) at += fixed;
  else if (type === 0x0b) {
    cstring(limit);
    cstring(limit);
  } else {
    const size = need(4) && buffer.readInt32LE(at);
    at +=
      type === 3 || type === 4 || type === 0x0f ? size : type === 5 ? size + 5 : type === 0x0c ? size + 16 : size + 4;
  }
  if (at > end) throw invalidBson('a value is cut off');
}
