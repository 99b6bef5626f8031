import type { RecordCollection } from '../records/record-collection.js';
import { recordHash } from '../records/record-hash.js';
import { inParallel } from '../records/in-parallel.js';

export interface RecordCounts {
  written: number;
  unchanged: number;
  withdrawn: number;
}

/** Writes the records of one kind that a dataset brings, counts what became of them, and withdraws what has vanished. */
export class RecordsWriter<Content extends { id: string }> {
  readonly counts: RecordCounts = { written: 0, unchanged: 0, withdrawn: 0 };
  private readonly present = new Set<string>();

  constructor(
    private readonly collection: RecordCollection<Content>,
    private readonly dataset: string,
    private readonly dryRun: boolean,
  ) {}

  async write(contents: readonly Content[]): Promise<void> {
    const before = await this.collection.hashesOf(contents.map(({ id }) => id));
    const changed = contents.filter((content) => before.get(content.id) !== recordHash(content));
    for (const { id } of contents) this.present.add(id);
    this.counts.written += changed.length;
    this.counts.unchanged += contents.length - changed.length;
    if (this.dryRun) return;
    const there = await this.collection.saveNew(changed, this.dataset);
    await inParallel(there, async (content) => void (await this.collection.save(content, { dataset: this.dataset })));
  }

  async withdrawVanished(): Promise<void> {
    const vanished: string[] = [];
    for await (const id of this.collection.idsOf(this.dataset)) if (!this.present.has(id)) vanished.push(id);
    this.counts.withdrawn = vanished.length;
    if (!this.dryRun) await inParallel(vanished, (id) => this.collection.withdraw(id));
  }
}
