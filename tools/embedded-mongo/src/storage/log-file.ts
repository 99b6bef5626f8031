/** One file of the log: records with a checksum, read back up to the first that is not whole. */
import { closeSync, fdatasync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/** length of payload u32, checksum u32 over all that follows, sequence number f64. */
const HEADER = 16;
const CHUNK = 4 * 1024 * 1024;
const LARGEST = 64 * 1024 * 1024;

/** The file system as the log uses it; tests put a failing one in its place. */
export interface Disk {
  /** Bytes written, into the page cache: the sync is what takes time, so only that leaves the event loop. */
  write(fd: number, data: Buffer): number;
  sync(fd: number, done: (error: Error | null) => void): void;
}
export const realDisk: Disk = { write: (fd, data) => writeSync(fd, data), sync: (fd, done) => fdatasync(fd, done) };

/** A payload in parts, framed: each part is copied once. */
export function frame(sequence: number, payload: readonly Buffer[]): Buffer {
  let length = 0;
  for (const part of payload) length += part.length;
  const out = Buffer.allocUnsafe(HEADER + length);
  out.writeUInt32LE(length, 0);
  out.writeDoubleLE(sequence, 8);
  let at = HEADER;
  for (const part of payload) at += part.copy(out, at);
  out.writeUInt32LE(crc32(out.subarray(8)), 4);
  return out;
}

export interface Replayed {
  /** Sequence number of the last record that counts. */
  readonly last: number;
  /** Length of the part of the file that is whole. */
  readonly good: number;
  readonly size: number;
}

/**
 * Reads the records of a file in order. Records whose number is not above `after` were seen before (a copied tail) and
 * are passed over; the first damaged or missing one ends the file.
 */
export function replay(fd: number, after: number, onRecord: (payload: Buffer) => void): Replayed {
  const size = fstatSync(fd).size;
  let [last, good, start] = [after, 0, 0];
  let buffer = Buffer.alloc(0);
  for (;;) {
    let at = 0;
    while (buffer.length - at >= HEADER) {
      const length = buffer.readUInt32LE(at);
      if (length > LARGEST) return { last, good, size };
      if (buffer.length - at < HEADER + length) break;
      const end = at + HEADER + length;
      if (crc32(buffer.subarray(at + 8, end)) !== buffer.readUInt32LE(at + 4)) return { last, good, size };
      const sequence = buffer.readDoubleLE(at + 8);
      if (sequence > last + 1 && last > 0) return { last, good, size };
      if (sequence > last) {
        onRecord(buffer.subarray(at + HEADER, end));
        last = sequence;
      }
      at = end;
      good = start + at;
    }
    const rest = buffer.subarray(at);
    start += at;
    const from = start + rest.length;
    const wanted = Math.min(size - from, Math.max(CHUNK, rest.length));
    if (wanted <= 0) return { last, good, size };
    const next = Buffer.allocUnsafe(rest.length + wanted);
    rest.copy(next);
    const got = readSync(fd, next, rest.length, wanted, from);
    if (got === 0) return { last, good, size };
    buffer = next.subarray(0, rest.length + got);
  }
}

/** Makes a rename or a new file in a folder last. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
