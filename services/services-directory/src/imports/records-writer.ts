import { Refusal } from '@throughline/shared/domain';
import { takenIn } from '../domain/edits.js';
import { sameValue } from '../domain/history/field-changes.js';
import type { AsEdited } from '../domain/import/as-edited.js';
import type { KeptEdits, RowPlace } from '../domain/import/kept-edits.js';
import type { RecordCollection } from '../records/record-collection.js';
import type { EditedRecord } from '../records/record-writes.js';
import { recordHash } from '../records/record-hash.js';
import { inParallel } from '../records/in-parallel.js';

export interface RecordCounts {
  written: number;
  unchanged: number;
  withdrawn: number;
}

/** What the writers of one import have in common. */
export interface Writing {
  dataset: string;
  dryRun: boolean;
  kept: KeptEdits;
}

/** Whether a person has edited a record after it was read: it has to be read again. */
export const isOvertaken = (error: unknown): boolean =>
  error instanceof Refusal && ['edited-by-hand', 'version-mismatch'].includes(error.code);

/**
 * Writes the records of one kind that a dataset brings, counts what became of them, and withdraws what has vanished. What
 * a person has edited is kept, see `Edits`.
 */
export class RecordsWriter<Content extends { id: string }> {
  readonly counts: RecordCounts = { written: 0, unchanged: 0, withdrawn: 0 };
  private readonly present = new Set<string>();
  private edits = new Map<string, EditedRecord<Content>>();
  private readonly taken = new Map<string, AsEdited<Content>>();

  constructor(
    private readonly kind: string,
    private readonly collection: RecordCollection<Content>,
    private readonly writing: Writing,
  ) {}

  /** Learns what people have edited. */
  async prepare(): Promise<this> {
    this.edits = await this.collection.editedAmong();
    return this;
  }

  /** The records that people have edited, as they are after all that was written. */
  get edited(): ReadonlyMap<string, AsEdited<Content>> {
    return new Map<string, AsEdited<Content>>([...this.edits, ...this.taken]);
  }

  /** @param placeOf where a record stands in the dataset */
  async write(contents: readonly Content[], placeOf: (id: string) => RowPlace | undefined): Promise<void> {
    for (const { id } of contents) this.present.add(id);
    for (const content of contents) {
      const edited = this.edits.get(content.id);
      if (edited) await this.keep(content, edited, placeOf(content.id));
    }
    const untouched = contents.filter(({ id }) => !this.edits.has(id));
    const before = await this.collection.hashesOf(untouched.map(({ id }) => id));
    const changed = untouched.filter((content) => before.get(content.id) !== recordHash(content));
    this.counts.written += changed.length;
    this.counts.unchanged += untouched.length - changed.length;
    const { dataset, dryRun } = this.writing;
    if (dryRun) return;
    const there = await this.collection.saveNew(changed, dataset);
    await inParallel(there, async (content) => {
      try {
        await this.collection.save(content, { dataset });
      } catch (error) {
        if (!isOvertaken(error)) throw error;
        this.counts.written -= 1;
        await this.again(content, placeOf(content.id));
      }
    });
  }

  async withdrawVanished(): Promise<void> {
    const { dataset, dryRun, kept } = this.writing;
    const vanished: string[] = [];
    for await (const id of this.collection.idsOf(dataset)) if (!this.present.has(id)) vanished.push(id);
    this.counts.withdrawn = vanished.length;
    for (const id of vanished) if (this.edits.has(id)) kept.add({ code: 'withdrawn-edited', kind: this.kind, id });
    if (!dryRun) await inParallel(vanished, (id) => this.collection.withdraw(id));
  }

  private async keep(brings: Content, edited: EditedRecord<Content>, place: RowPlace | undefined): Promise<void> {
    const { dataset, dryRun, kept } = this.writing;
    const told = { kind: this.kind, id: brings.id, ...place };
    if (edited.edits.withdrawn) {
      kept.add({ code: 'kept-withdrawn', ...told });
      this.counts.unchanged += 1;
      return;
    }
    const { content, edits, kept: fields } = takenIn(edited.edits, edited.content, brings);
    const unchanged = !edited.withdrawn && sameValue(content, edited.content);
    if (!dryRun && !(unchanged && sameValue(edits, edited.edits))) {
      const options = { dataset, edits: edits ?? null, expectedVersion: edited.version };
      try {
        await this.collection.save(unchanged ? edited.content : content, options);
      } catch (error) {
        if (!isOvertaken(error)) throw error;
        return this.again(brings, place);
      }
    }
    for (const field of fields) kept.add({ code: 'kept-edited', ...told, field });
    this.counts[unchanged ? 'unchanged' : 'written'] += 1;
    this.taken.set(brings.id, { content: unchanged ? edited.content : content, withdrawn: false });
  }

  private async again(brings: Content, place: RowPlace | undefined): Promise<void> {
    const edited = (await this.collection.editedAmong([brings.id])).get(brings.id);
    if (edited) this.edits.set(brings.id, edited);
    else this.edits.delete(brings.id);
    await this.write([brings], () => place);
  }
}
