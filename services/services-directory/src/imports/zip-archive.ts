import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { Refusal } from '@throughline/shared/domain';
import yauzl, { type Entry } from 'yauzl';

/** Bounds of an archive. An HSDS data package has 26 entries, and its tables shrink to a tenth. */
export const ZIP_LIMITS = { entries: 1000, bytes: 4_000_000_000, ratio: 200 };
/** Below this size the ratio says nothing: a table with one column of the same word is no bomb. */
const SMALL = 10_000_000;
const SYMLINK = 0o120000;
const FILE_TYPE = 0o170000;

export interface ArchiveEntry {
  name: string;
  bytes: number;
  /** The content, whose size and checksum are held against what the directory of the archive says. */
  open: () => AsyncGenerator<Buffer>;
}

export interface Archive {
  entries: ArchiveEntry[];
  close: () => void;
}

const refused = (detail: string): Refusal =>
  new Refusal('invalid', 'zip-refused', `The zip file was refused: ${detail}.`);

/**
 * Opens a zip file by its central directory. Nothing is unpacked to the disk, so no name in it can reach a file.
 * @throws Refusal `zip-refused` for what is no zip file or holds what none of ours does: a path that leaves it, a link,
 * a name twice, an encrypted entry, more entries or bytes than the limits, or far more bytes than it can honestly hold
 */
export async function openArchive(path: string, limits = ZIP_LIMITS): Promise<Archive> {
  const zip = await yauzl.openPromise(path, { autoClose: false }).catch((error: unknown) => {
    throw refused(reasonOf(error));
  });
  const close = (): void => zip.close();
  try {
    if (zip.entryCount > limits.entries) throw refused(`it has more than ${limits.entries} entries`);
    const entries: ArchiveEntry[] = [];
    const names = new Set<string>();
    let bytes = 0;
    for await (const entry of zip.eachEntry()) {
      check(entry, limits);
      bytes += entry.uncompressedSize;
      if (bytes > limits.bytes) throw refused(`it unpacks to more than ${limits.bytes} bytes`);
      const name = entry.fileName.toLowerCase();
      if (names.has(name)) throw refused('it has two entries of the same name');
      names.add(name);
      if (!name.endsWith('/'))
        entries.push({
          name: entry.fileName,
          bytes: entry.uncompressedSize,
          open: () => content(entry, () => zip.openReadStreamPromise(entry)),
        });
    }
    return { entries, close };
  } catch (error) {
    close();
    // yauzl throws plain errors, also for names that are absolute or climb out
    throw error instanceof Refusal ? error : refused(reasonOf(error));
  }
}

function check(entry: Entry, { ratio }: typeof ZIP_LIMITS): void {
  if (entry.isEncrypted()) throw refused('it is encrypted');
  if (((entry.externalFileAttributes >>> 16) & FILE_TYPE) === SYMLINK) throw refused('it holds a symbolic link');
  if (entry.uncompressedSize > SMALL && entry.uncompressedSize > entry.compressedSize * ratio)
    throw refused(`an entry unpacks to more than ${ratio} times its size`);
}

async function* content(entry: Entry, open: () => Promise<Readable>): AsyncGenerator<Buffer> {
  let checksum = 0;
  try {
    for await (const chunk of (await open()) as AsyncIterable<Buffer>) {
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof Refusal ? error : refused(`an entry cannot be unpacked: ${reasonOf(error)}`);
  }
  if (checksum !== entry.crc32) throw refused('an entry is damaged: its checksum is wrong');
}

/** What yauzl says, without the names of entries: they are the sender's. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : 'it cannot be read';
  return message.replace(/: .*$/s, '');
}
