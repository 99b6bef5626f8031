/**
 * The write-ahead log of the engine: segments `log-<n>` and at most one `snapshot-<n>` that stands for all segments
 * before n. All records of one turn of the event loop share a write and an fdatasync.
 */
import {
  mkdirSync,
  readdirSync,
  renameSync,
  unlinkSync,
  closeSync,
  ftruncateSync,
  openSync,
  fsyncSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { frame, realDisk, replay, syncFolder, type Disk } from './log-file.js';

export interface LogOptions {
  readonly folder: string;
  readonly disk?: Disk;
  /** Called once when a write or sync fails; nothing is acknowledged afterwards. */
  readonly onFailure: (error: Error) => void;
  /** Called with what a start repaired. */
  readonly onRepair: (what: string) => void;
}

const numbered = (files: string[], kind: string): number[] =>
  files
    .filter((f) => new RegExp(`^${kind}-\\d+$`).test(f))
    .map((f) => Number(f.slice(kind.length + 1)))
    .sort((a, b) => a - b);

export class Log {
  readonly #disk: Disk;
  #segment = 1;
  #fd = -1;
  #sequence = 0;
  #pending: Buffer[] = [];
  #waiting: (() => void)[] = [];
  /** Who waits for the sync under way. */
  #inFlight: (() => void)[] = [];
  /** To be done between two writes. */
  #between?: () => void;
  #flushing = false;
  #failed = false;
  /** Bytes in segments since the last snapshot, and what the owner adds for records that cost a start more than their bytes. */
  bytes = 0;

  constructor(readonly options: LogOptions) {
    this.#disk = options.disk ?? realDisk;
    mkdirSync(options.folder, { recursive: true });
  }

  /** Reads everything that was written, repairs the tail, and opens the log for writing. */
  open(onRecord: (payload: Buffer) => void): void {
    const { folder } = this.options;
    const files = readdirSync(folder);
    for (const f of files) if (f.endsWith('.tmp')) unlinkSync(join(folder, f));
    const snapshot = numbered(files, 'snapshot').at(-1) ?? 0;
    const segments = numbered(files, 'log').filter((n) => n >= snapshot);
    if (snapshot) {
      const read = this.#read(`snapshot-${snapshot}`, 0, onRecord);
      if (read.good < read.size)
        throw new Error(`snapshot-${snapshot} is damaged at byte ${read.good}; the data cannot be opened`);
    }
    for (const [i, n] of segments.entries()) {
      const read = this.#read(`log-${n}`, this.#sequence, onRecord);
      this.#sequence = read.last;
      this.bytes += read.good;
      if (read.good < read.size) {
        this.#setAside(`log-${n}`, read.good, read.size);
        for (const later of segments.slice(i + 1)) this.#retire(`log-${later}`);
        break;
      }
    }
    for (const n of numbered(files, 'log')) if (n < snapshot) unlinkSync(join(folder, `log-${n}`));
    for (const n of numbered(files, 'snapshot')) if (n < snapshot) unlinkSync(join(folder, `snapshot-${n}`));
    this.#segment = Math.max(snapshot, segments.at(-1) ?? 0, 1);
    this.#openSegment();
  }

  #read(name: string, after: number, onRecord: (payload: Buffer) => void): ReturnType<typeof replay> {
    const fd = openSync(join(this.options.folder, name), 'r');
    try {
      return replay(fd, after, onRecord);
    } finally {
      closeSync(fd);
    }
  }

  /** What follows the first damaged record is kept beside the log, never thrown away unseen. */
  #setAside(name: string, good: number, size: number): void {
    const path = join(this.options.folder, name);
    writeFileSync(`${path}.damaged-${Date.now()}`, readFileSync(path).subarray(good));
    const fd = openSync(path, 'r+');
    ftruncateSync(fd, good);
    fsyncSync(fd);
    closeSync(fd);
    this.options.onRepair(`${name}: ${size - good} bytes after byte ${good} were not whole and were set aside`);
  }
  #retire(name: string): void {
    const path = join(this.options.folder, name);
    renameSync(path, `${path}.damaged-${Date.now()}`);
    this.options.onRepair(`${name} follows a damaged file and was set aside`);
  }

  #openSegment(): void {
    this.#fd = openSync(join(this.options.folder, `log-${this.#segment}`), 'a');
    syncFolder(this.options.folder);
  }

  /** Answers the record as it will be written, which must not be changed. */
  append(payload: readonly Buffer[]): Buffer {
    this.#sequence += 1;
    const record = frame(this.#sequence, payload);
    this.#pending.push(record);
    this.bytes += record.length;
    if (!this.#flushing) this.#schedule();
    return record;
  }

  /** Resolves when everything appended so far is on the disk; never if that failed. */
  durable(): Promise<void> | undefined {
    if (this.#pending.length) return new Promise((resolve) => this.#waiting.push(resolve));
    return this.#flushing ? new Promise((resolve) => this.#inFlight.push(resolve)) : undefined;
  }

  #schedule(): void {
    this.#flushing = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    if (this.#failed) return;
    const [data, waiting, fd] = [Buffer.concat(this.#pending), this.#waiting, this.#fd];
    this.#pending = [];
    this.#waiting = [];
    this.#inFlight = waiting;
    if (!this.#write(fd, data)) return;
    this.#disk.sync(fd, (error) => {
      if (error) return this.#fail(error);
      for (const resolve of waiting) resolve();
      this.#between?.();
      this.#between = undefined;
      if (this.#pending.length) this.#flush();
      else this.#flushing = false;
    });
  }

  /** Writes all of it, or fails for good. */
  #write(fd: number, data: Buffer): boolean {
    try {
      for (let at = 0; at < data.length;) at += this.#disk.write(fd, at ? data.subarray(at) : data);
      return true;
    } catch (error) {
      this.#fail(error as Error);
      return false;
    }
  }

  #fail(error: Error): void {
    if (this.#failed) return;
    this.#failed = true;
    this.options.onFailure(error);
  }

  /**
   * Replaces the segments written so far by a snapshot. New writes go to the next segment meanwhile, and the snapshot may
   * hold some of them already. That is harmless while they are whole documents, so from the call until the promise
   * resolves nothing else may be appended. Patches from before the call would be as harmful in the next segment: the
   * last of them are waited for. After the last record of the snapshot and of its time the replay then holds what memory
   * held, and patches that follow find the version that they were made of.
   */
  async compact(state: () => Iterable<readonly Buffer[]>): Promise<void> {
    await this.durable();
    await this.#betweenWrites(() => {
      closeSync(this.#fd);
      this.#segment += 1;
      this.#openSegment();
      this.bytes = 0;
    });
    if (this.#failed) return;
    const n = this.#segment;
    const { folder } = this.options;
    const temporary = join(folder, `snapshot-${n}.tmp`);
    const fd = openSync(temporary, 'w');
    try {
      await this.#writeSnapshot(fd, state);
    } finally {
      closeSync(fd);
    }
    await this.durable();
    if (this.#failed) return;
    renameSync(temporary, join(folder, `snapshot-${n}`));
    syncFolder(folder);
    for (const file of readdirSync(folder)) {
      const m = /^(log|snapshot)-(\d+)$/.exec(file);
      if (m && Number(m[2]) < n) unlinkSync(join(folder, file));
    }
  }

  async #writeSnapshot(fd: number, state: () => Iterable<readonly Buffer[]>): Promise<void> {
    let [parts, size, sequence]: [Buffer[], number, number] = [[], 0, 0];
    const out = async (): Promise<void> => {
      this.#write(fd, Buffer.concat(parts));
      [parts, size] = [[], 0];
      await new Promise((resolve) => setImmediate(resolve));
    };
    for (const payload of state()) {
      const record = frame((sequence += 1), payload);
      parts.push(record);
      size += record.length;
      if (size > 256 * 1024) await out();
    }
    await out();
    await new Promise<void>((resolve) => {
      this.#disk.sync(fd, (error) => (error ? this.#fail(error) : resolve()));
    });
  }

  /** Does something while no write is under way, however many writers there are. */
  async #betweenWrites(act: () => void): Promise<void> {
    if (!this.#flushing) act();
    else
      await new Promise<void>((resolve) => {
        this.#between = () => {
          act();
          resolve();
        };
      });
  }

  async close(): Promise<void> {
    while (!this.#failed && this.#flushing) await this.durable();
    closeSync(this.#fd);
  }
}
