import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { TableName } from '../domain/import/map-row.js';
import { keyOf, type Part, type PartKind } from '../domain/import/row-reader.js';
import { ChainedIndex } from './chained-index.js';
import { PartList } from './part-list.js';

/** A part with the row that it came from. */
export interface StoredPart extends Part {
  /** The table that it came from: within one, an id stands once. */
  table: TableName;
  line: number;
}

/** Why a part was not taken: the table had one of that kind and id, or its record has all that a document can hold. */
export type Refused = 'id-repeated' | 'record-too-large';

/** What waits for the file at most. In bytes. */
const WAITING = 256 * 1024;
/** One reading takes in at most so much, and what it does not need between two parts it does. In bytes. */
const READ_TOGETHER = 512 * 1024;
const READ_ANYWAY = 8 * 1024;

/** The records of one batch. In bytes. */
const BATCH_BYTES = 16_000_000;

/**
 * The parts of a running import, on their way from rows to records. They wait in a file and not in memory: the rows of a
 * service stand in many tables, and the largest of these would not fit. Memory holds some 60 bytes for each, by which it
 * is found. The file goes with its folder; an attempt that was given up leaves nothing that the next one would need.
 */
export class PartSpool {
  private readonly list = new PartList();
  private readonly byKey = new ChainedIndex();
  private readonly byOwner = new ChainedIndex();
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private written = 0;

  private constructor(private readonly file: FileHandle) {}

  /** @param folder is there for this import alone */
  static async in(folder: string): Promise<PartSpool> {
    return new PartSpool(await open(join(folder, 'parts'), 'wx+'));
  }

  /** Takes parts in, and answers the places of those that it refuses. */
  async add(table: TableName, parts: readonly { line: number; part: Part }[]): Promise<Map<number, Refused>> {
    const refused = new Map<number, Refused>();
    for (const [place, { line, part }] of parts.entries()) {
      const key = keyOf(part.kind, part.id);
      const stored: StoredPart = { ...part, table, line };
      const bytes = Buffer.from(JSON.stringify(stored));
      if (await this.holds(key, table)) refused.set(place, 'id-repeated');
      else if (!this.list.add(part.kind, table, bytes.length, this.rootItem(part)))
        refused.set(place, 'record-too-large');
      else {
        this.byKey.add(key);
        this.byOwner.add(part.owner);
        this.waiting.push(bytes);
        this.waitingBytes += bytes.length;
      }
    }
    if (this.waitingBytes > WAITING) await this.flush();
    return refused;
  }

  /** All parts of a kind in their order, in batches, of so many or of what memory may hold. */
  async *batchesOf(kind: PartKind, size: number): AsyncGenerator<StoredPart[]> {
    let items: number[] = [];
    let bytes = 0;
    for (const item of this.list.ofKind(kind)) {
      if (items.length === size || (items.length > 0 && bytes + this.list.bytesOf(item) > BATCH_BYTES)) {
        yield await this.read(items);
        [items, bytes] = [[], 0];
      }
      items.push(item);
      bytes += this.list.bytesOf(item);
    }
    if (items.length > 0) yield await this.read(items);
  }

  /** The parts of these keys. */
  async byKeys(keys: readonly string[]): Promise<StoredPart[]> {
    const wanted = new Set(keys);
    const found = await this.read([...wanted].flatMap((key) => [...this.byKey.find(key)]));
    return found.filter((part) => wanted.has(keyOf(part.kind, part.id)));
  }

  /** The parts that belong in the records of these keys, in their order. */
  async childrenOf(keys: readonly string[]): Promise<StoredPart[]> {
    const wanted = new Set(keys);
    const found = await this.read([...wanted].flatMap((key) => [...this.byOwner.find(key)]));
    return found.filter(({ owner }) => wanted.has(owner!));
  }

  /** Those of these keys that parts from other tables have. */
  async takenElsewhere(table: TableName, keys: readonly string[]): Promise<Set<string>> {
    const elsewhere = (key: string) => [...this.byKey.find(key)].filter((item) => this.list.tableOf(item) !== table);
    const suspects = keys.flatMap(elsewhere);
    const taken = new Set((await this.read(suspects)).map((part) => keyOf(part.kind, part.id)));
    return new Set(keys.filter((key) => taken.has(key)));
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async holds(key: string, table: TableName): Promise<boolean> {
    const suspects = [...this.byKey.find(key)].filter((item) => this.list.tableOf(item) === table);
    return suspects.length > 0 && (await this.read(suspects)).some((part) => keyOf(part.kind, part.id) === key);
  }

  /** The item of the record in whose document a part will stand; undefined where it begins one. */
  private rootItem({ kind, owner }: Part): number | undefined {
    if (owner === undefined || kind === 'location' || kind === 'service') return undefined;
    for (const item of this.byKey.find(owner)) return this.list.rootOf(item);
    return undefined;
  }

  /** The parts of these items, in their order. */
  private async read(items: readonly number[]): Promise<StoredPart[]> {
    if (items.length === 0) return [];
    const sorted = [...items].sort((a, b) => a - b);
    if (this.list.endOf(sorted.at(-1)!) > this.written) await this.flush();
    const parts: StoredPart[] = [];
    for (let first = 0; first < sorted.length;) {
      const start = this.list.startOf(sorted[first]!);
      let last = first;
      while (last + 1 < sorted.length && this.isNear(start, sorted[last]!, sorted[last + 1]!)) last += 1;
      const length = this.list.endOf(sorted[last]!) - start;
      const { buffer } = await this.file.read(Buffer.allocUnsafe(length), 0, length, start);
      for (const item of sorted.slice(first, last + 1)) {
        const text = buffer.toString('utf8', this.list.startOf(item) - start, this.list.endOf(item) - start);
        parts.push(JSON.parse(text) as StoredPart);
      }
      first = last + 1;
    }
    return parts;
  }

  private isNear(start: number, item: number, next: number): boolean {
    return (
      this.list.startOf(next) - this.list.endOf(item) <= READ_ANYWAY && this.list.endOf(next) - start <= READ_TOGETHER
    );
  }

  private async flush(): Promise<void> {
    const waiting = Buffer.concat(this.waiting);
    [this.waiting, this.waitingBytes] = [[], 0];
    await this.file.appendFile(waiting);
    this.written += waiting.length;
  }
}
