import { Decimal } from './decimal.js';
import {
  Bin,
  Code,
  DateTime,
  Double,
  Oid,
  REST,
  Regex,
  Singleton,
  Symbolic,
  Timestamp,
  Unread,
  type Doc,
  type Value,
} from './values.js';

let out = Buffer.allocUnsafe(64 * 1024);
let at = 0;

function room(bytes: number): void {
  if (at + bytes <= out.length) return;
  const bigger = Buffer.allocUnsafe(Math.max(out.length * 2, at + bytes));
  out.copy(bigger, 0, 0, at);
  out = bigger;
}

/** Bytes already encoded that stand for one document: a reply carries stored documents without reading them. */
export class Raw {
  constructor(readonly bytes: Buffer) {}
}
export type Encodable = Value | Raw | Unread | Map<string, Encodable> | Encodable[];

/** The document as BSON, in a buffer of its own, behind `head` bytes that are left to the caller. */
export function encode(doc: Map<string, Encodable>, head = 0): Buffer {
  at = head;
  writeDocument(doc);
  const bytes = Buffer.from(out.subarray(0, at));
  if (out.length > 1024 * 1024) out = Buffer.allocUnsafe(64 * 1024);
  return bytes;
}

function writeDocument(doc: Map<string, Encodable>): void {
  const start = at;
  room(5);
  at += 4;
  for (const [name, value] of doc) writeField(name, value);
  room(1);
  out[at++] = 0;
  out.writeInt32LE(at - start, start);
}

function cstring(s: string): void {
  room(s.length * 3 + 1);
  at += out.write(s, at);
  out[at++] = 0;
}
function text(s: string): void {
  room(s.length * 3 + 5);
  const size = out.write(s, at + 4);
  out.writeInt32LE(size + 1, at);
  at += size + 4;
  out[at++] = 0;
}
function name(type: number, key: string): void {
  room(1);
  out[at++] = type;
  cstring(key);
}

function writeField(key: string, v: Encodable): void {
  if (typeof v === 'string') {
    name(0x02, key);
    text(v);
  } else if (typeof v === 'number') {
    name(0x10, key);
    room(4);
    at = out.writeInt32LE(v, at);
  } else if (v === null) name(0x0a, key);
  else if (typeof v === 'boolean') {
    name(0x08, key);
    room(1);
    out[at++] = v ? 1 : 0;
  } else if (typeof v === 'bigint') {
    name(0x12, key);
    room(8);
    at = out.writeBigInt64LE(v, at);
  } else if (v instanceof Map) {
    name(0x03, key);
    writeDocument(v);
  } else if (Array.isArray(v)) {
    name(0x04, key);
    const start = at;
    room(5);
    at += 4;
    for (let i = 0; i < v.length; i += 1) writeField(String(i), v[i]!);
    room(1);
    out[at++] = 0;
    out.writeInt32LE(at - start, start);
  } else if (v instanceof Raw) {
    name(0x03, key);
    room(v.bytes.length);
    at += v.bytes.copy(out, at);
  } else if (v instanceof Unread) {
    if (v.type !== REST) name(v.type, key);
    room(v.end - v.start);
    at += v.source.copy(out, at, v.start, v.end);
  } else writeRest(key, v);
}

function writeRest(
  key: string,
  v: Exclude<Encodable, string | number | boolean | bigint | null | Doc | Value[]>,
): void {
  if (v instanceof Double) {
    name(0x01, key);
    room(8);
    at = out.writeDoubleLE(v.value, at);
  } else if (v instanceof DateTime) {
    name(0x09, key);
    room(8);
    at = out.writeBigInt64LE(BigInt(v.ms), at);
  } else if (v instanceof Oid) {
    name(0x07, key);
    room(12);
    at += out.write(v.bytes, at, 'latin1');
  } else if (v instanceof Bin) {
    name(0x05, key);
    room(v.bytes.length + 5);
    at = out.writeInt32LE(v.bytes.length, at);
    out[at++] = v.subType;
    at += v.bytes.copy(out, at);
  } else if (v instanceof Decimal) {
    name(0x13, key);
    room(16);
    out.set(v.raw.bytes, at);
    at += 16;
  } else if (v instanceof Regex) {
    name(0x0b, key);
    cstring(v.pattern);
    cstring(v.flags);
  } else if (v instanceof Timestamp) {
    name(0x11, key);
    room(8);
    out.writeUInt32LE(v.increment, at);
    at = out.writeUInt32LE(v.seconds, at + 4);
  } else if (v instanceof Singleton) name(v.type, key);
  else if (v instanceof Symbolic) {
    name(v.id ? 0x0c : 0x0e, key);
    text(v.text);
    if (v.id) {
      room(12);
      at += out.write(v.id.bytes, at, 'latin1');
    }
  } else if (v instanceof Code) {
    name(v.scope ? 0x0f : 0x0d, key);
    const start = at;
    if (v.scope) {
      room(4);
      at += 4;
    }
    text(v.code);
    if (v.scope) {
      writeDocument(v.scope);
      out.writeInt32LE(at - start, start);
    }
  }
}
