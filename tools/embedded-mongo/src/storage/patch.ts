/**
 * What an update changed of a document's bytes, as the log keeps it: one stretch, between the bytes at the front and at
 * the end that stayed. The first four bytes, a document's total length, change with nearly every update, so they are
 * left out and made again from the length of what comes out.
 */
import { crc32 } from 'node:zlib';

/** Bytes kept at the front, bytes kept at the end, length before, checksum of the document after: u32 each. */
const HEAD = 16;
const LENGTH = 4;
/** Below this comparing byte by byte costs less than another native call. */
const FEW = 128;

/**
 * What makes `after` of `before`, in parts; the second is a part of `after`.
 * @returns undefined where that would take more than half of the bytes of `after`
 */
export function difference(before: Buffer, after: Buffer): readonly [Buffer, Buffer] | undefined {
  const shorter = Math.min(before.length, after.length);
  const front = equalAtFront(before, after, shorter);
  const end = equalAtEnd(before, after, shorter - front);
  if (HEAD + after.length - front - end > after.length / 2) return undefined;
  const head = Buffer.allocUnsafe(HEAD);
  head.writeUInt32LE(front, 0);
  head.writeUInt32LE(end, 4);
  head.writeUInt32LE(before.length, 8);
  head.writeUInt32LE(crc32(after), 12);
  return [head, after.subarray(front, after.length - end)];
}

/**
 * The document that {@link difference} was taken for, in a buffer of its own.
 * @returns undefined where it was taken from other bytes than `before`: length or checksum tell
 */
export function patched(before: Buffer, patch: Buffer): Buffer | undefined {
  const [front, end] = [patch.readUInt32LE(0), patch.readUInt32LE(4)];
  if (patch.readUInt32LE(8) !== before.length) return undefined;
  const after = Buffer.allocUnsafe(front + patch.length - HEAD + end);
  before.copy(after, 0, 0, front);
  patch.copy(after, front, HEAD);
  before.copy(after, after.length - end, before.length - end);
  after.writeInt32LE(after.length, 0);
  return crc32(after) === patch.readUInt32LE(12) ? after : undefined;
}

/** How many bytes are equal from the front, the length counted as equal: by halves, each compared natively. */
function equalAtFront(a: Buffer, b: Buffer, shorter: number): number {
  let [from, to] = [LENGTH, shorter];
  while (to - from > FEW) {
    const middle = (from + to) >>> 1;
    if (a.compare(b, from, middle, from, middle) === 0) from = middle;
    else to = middle;
  }
  while (from < to && a[from] === b[from]) from += 1;
  return from;
}

/** How many bytes, `most` at most, are equal from the end. */
function equalAtEnd(a: Buffer, b: Buffer, most: number): number {
  let [from, to] = [0, most];
  while (to - from > FEW) {
    const middle = (from + to) >>> 1;
    const same = a.compare(b, b.length - middle, b.length - from, a.length - middle, a.length - from) === 0;
    if (same) from = middle;
    else to = middle;
  }
  while (from < to && a[a.length - 1 - from] === b[b.length - 1 - from]) from += 1;
  return from;
}
