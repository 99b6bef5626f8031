/** Wire framing: OP_MSG with document sequences, and OP_QUERY for the first hello of older drivers. */
import type { Socket } from 'node:net';
import { encode, type Encodable } from '../bson/encode.js';

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
export const MAX_MESSAGE = 48_000_000;
const HEADER = 16;

/** A message that breaks the protocol; the connection is closed. */
export class ProtocolError extends Error {}

export interface Message {
  readonly id: number;
  readonly legacy: boolean;
  readonly wantsReply: boolean;
  readonly body: Buffer;
  /** Document sequences by the name of the field they stand for. */
  readonly sequences: ReadonlyMap<string, Buffer[]>;
}

/** Cuts a stream into messages. */
export class Framer {
  #parts: Buffer[] = [];
  #have = 0;
  #need = HEADER;

  /** The messages complete with this chunk. @throws ProtocolError for an impossible length. */
  push(chunk: Buffer): Buffer[] {
    this.#parts.push(chunk);
    this.#have += chunk.length;
    const out: Buffer[] = [];
    while (this.#have >= this.#need) {
      const all = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
      const length = all.readInt32LE(0);
      if (length < HEADER || length > MAX_MESSAGE) throw new ProtocolError(`message length ${length}`);
      this.#need = length;
      if (all.length < length) {
        this.#parts = [all];
        break;
      }
      out.push(all.subarray(0, length));
      this.#parts = [all.subarray(length)];
      this.#have = all.length - length;
      this.#need = HEADER;
    }
    return out;
  }
}

export function parseMessage(m: Buffer): Message {
  const id = m.readInt32LE(4);
  const opCode = m.readInt32LE(12);
  if (opCode === OP_MSG) return parseMsg(m, id);
  if (opCode === OP_QUERY) return parseQuery(m, id);
  throw new ProtocolError(`op code ${opCode}`);
}

function parseQuery(m: Buffer, id: number): Message {
  const end = m.indexOf(0, 20);
  if (m.length < 25 || end < 0 || end + 9 > m.length) throw new ProtocolError('OP_QUERY is cut off');
  if (!m.toString('latin1', 20, end).endsWith('.$cmd')) throw new ProtocolError('OP_QUERY on a collection');
  return { id, legacy: true, wantsReply: true, body: document(m, end + 9, m.length), sequences: new Map() };
}

function parseMsg(m: Buffer, id: number): Message {
  if (m.length < 26) throw new ProtocolError('OP_MSG is cut off');
  const flags = m.readUInt32LE(16);
  if (flags & 0xffff & ~(CHECKSUM_PRESENT | MORE_TO_COME)) throw new ProtocolError('unknown required flag');
  const end = m.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
  let body: Buffer | undefined;
  const sequences = new Map<string, Buffer[]>();
  let at = 20;
  while (at < end) {
    const kind = m[at]!;
    at += 1;
    if (kind === 0) {
      if (body) throw new ProtocolError('two bodies');
      body = document(m, at, end);
      at += body.length;
    } else if (kind === 1) at = sequence(m, at, end, sequences);
    else throw new ProtocolError(`section kind ${kind}`);
  }
  if (!body) throw new ProtocolError('no body');
  return { id, legacy: false, wantsReply: !(flags & MORE_TO_COME), body, sequences };
}

function sequence(m: Buffer, start: number, end: number, into: Map<string, Buffer[]>): number {
  if (start + 5 > end) throw new ProtocolError('a sequence is cut off');
  const stop = start + m.readInt32LE(start);
  const nameEnd = m.indexOf(0, start + 4);
  if (stop > end || nameEnd < 0 || nameEnd >= stop) throw new ProtocolError('length of a sequence');
  const documents: Buffer[] = [];
  let at = nameEnd + 1;
  while (at < stop) {
    const d = document(m, at, stop);
    documents.push(d);
    at += d.length;
  }
  const name = m.toString('utf8', start + 4, nameEnd);
  if (into.has(name)) throw new ProtocolError('a sequence comes twice');
  into.set(name, documents);
  return stop;
}

function document(m: Buffer, at: number, end: number): Buffer {
  const length = at + 5 <= end ? m.readInt32LE(at) : 0;
  if (length < 5 || at + length > end) throw new ProtocolError('length of a document');
  return m.subarray(at, at + length);
}

let nextId = 1;

export function sendReply(socket: Socket, to: Message, reply: Map<string, Encodable>): void {
  if (socket.destroyed || !to.wantsReply) return;
  const head = to.legacy ? 36 : 21;
  const message = encode(reply, head).fill(0, 0, head);
  message.writeInt32LE(message.length, 0);
  nextId = (nextId + 1) & 0x7fffffff;
  message.writeInt32LE(nextId, 4);
  message.writeInt32LE(to.id, 8);
  message.writeInt32LE(to.legacy ? OP_REPLY : OP_MSG, 12);
  if (to.legacy) message.writeInt32LE(1, 32);
  socket.write(message);
}
