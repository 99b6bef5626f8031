import { Inject, Injectable } from '@nestjs/common';
import { Schema, type Model } from 'mongoose';
import { Refusal } from '@throughline/shared/domain';
import { Database, insertAbsent } from '@throughline/shared/persistence';
import type { PartTree } from '../domain/import/assemble.js';
import { inBatches, READ_AT_ONCE } from '../records/in-batches.js';
import type { TableName } from '../domain/import/map-row.js';
import { keyOf, type Part, type PartKind } from '../domain/import/row-reader.js';

/** A part with the row that it came from. */
export interface StoredPart extends Part {
  /** The table that it came from: within one, an id stands once. */
  table: TableName;
  line: number;
}

interface PartDocument extends StoredPart {
  _id: string;
  run: string;
  /** Place among the parts of the run, so that children keep the order of their file. */
  seq: number;
  key: string;
  /** When it was added: what a crash left behind goes a day later. */
  at: Date;
}

const DAY_SECONDS = 86_400;

/** So many parts of one batch of records are more than any honest dataset has, and as many as memory may hold. */
const MAX_PARTS = 100_000;

/**
 * The parts of a running import, on their way from rows to records. They wait in the database and not in memory: the
 * rows of a service stand in many files, and the largest of these would not fit.
 */
@Injectable()
export class ImportParts {
  private readonly model: Model<PartDocument>;

  constructor(@Inject(Database) database: Database) {
    const mixed = { type: Schema.Types.Mixed };
    const schema = new Schema<PartDocument>(
      {
        _id: String,
        run: String,
        table: String,
        line: Number,
        seq: Number,
        kind: String,
        id: String,
        key: String,
        owner: String,
        record: mixed,
        at: Date,
      } as never,
      { versionKey: false, minimize: false, id: false },
    );
    schema.index({ run: 1, owner: 1 });
    schema.index({ run: 1, key: 1 });
    schema.index({ run: 1, kind: 1 });
    schema.index({ at: 1 }, { expireAfterSeconds: DAY_SECONDS });
    this.model = database.model<PartDocument>('ImportPart', schema, 'import_parts');
  }

  /** Adds parts and answers the places of those that were not added, because the table had one of that kind and id. */
  async add(
    run: string,
    table: TableName,
    parts: readonly { seq: number; line: number; part: Part }[],
  ): Promise<number[]> {
    const at = new Date();
    const docs = parts.map(({ seq, line, part }) => {
      const key = keyOf(part.kind, part.id);
      return { _id: `${run}/${table}/${key}`, run, table, line, seq, key, at, ...part };
    });
    return insertAbsent(this.model.collection, docs, { durable: false });
  }

  /** All parts of a kind, in batches. */
  async *batchesOf(run: string, kind: PartKind, size: number): AsyncGenerator<StoredPart[]> {
    const docs = this.model.collection.find({ run, kind }, { batchSize: size });
    for await (const batch of inBatches(docs, size)) yield batch as unknown as PartDocument[];
  }

  /** The parts of these keys. */
  async byKeys(run: string, keys: readonly string[]): Promise<Part[]> {
    if (keys.length === 0) return [];
    return (await this.model.collection.find({ run, key: { $in: keys as never[] } }).toArray()) as unknown as Part[];
  }

  /** Those of these keys that parts from other tables have. */
  async takenElsewhere(run: string, table: string, keys: readonly string[]): Promise<Set<string>> {
    const filter = { run, key: { $in: keys as never[] }, table: { $ne: table } };
    const docs = this.model.collection.find(filter, { projection: { key: 1 } });
    return new Set((await docs.toArray()).map((doc) => (doc as unknown as PartDocument).key));
  }

  /**
   * Everything that belongs in these records, at any depth. Only parts of the kinds given are asked for parts of theirs.
   * @throws Refusal `record-too-large` where that is more than memory may hold
   */
  async treeOf(run: string, roots: readonly Part[], ownerKinds: ReadonlySet<PartKind>): Promise<PartTree> {
    const children = new Map<string, Part[]>();
    const singles = new Map<string, Part>();
    let frontier: readonly Part[] = roots;
    while (frontier.length > 0) {
      const linked = await this.byKeys(
        run,
        [...new Set(frontier.flatMap(linkedKeys))].filter((key) => !singles.has(key)),
      );
      for (const part of linked) singles.set(keyOf(part.kind, part.id), part);
      const owners = [...frontier, ...linked].map((part) => keyOf(part.kind, part.id));
      const asked = owners.filter((key) => !children.has(key));
      for (const key of asked) children.set(key, []);
      const found = (await this.model.collection
        .find({ run, owner: { $in: asked as never[] } })
        .limit(MAX_PARTS)
        .toArray()) as unknown as PartDocument[];
      if (found.length === MAX_PARTS)
        throw new Refusal('invalid', 'record-too-large', 'a record has more than one document can hold');
      found.sort((a, b) => a.seq - b.seq);
      for (const part of found) children.get(part.owner!)!.push(part);
      frontier = found.filter((part) => ownerKinds.has(part.kind) || linkedKeys(part).length > 0);
    }
    return { childrenOf: (key) => children.get(key) ?? [], find: (key) => singles.get(key) };
  }

  async clear(run: string): Promise<void> {
    // a statement that deletes them all would let nobody else have a turn
    const docs = this.model.collection.find({ run }, { projection: { _id: 1 }, batchSize: READ_AT_ONCE });
    for await (const batch of inBatches(docs, READ_AT_ONCE))
      await this.model.collection.deleteMany({ _id: { $in: batch.map(({ _id }) => _id) } });
  }
}

/** What a part refers to without owning it: a service its programme, a service at a location that location. */
function linkedKeys({ record }: Part): string[] {
  const { program_id: program, location_id: location } = record as { program_id?: string; location_id?: string };
  return [...(program ? [keyOf('program', program)] : []), ...(location ? [keyOf('location', location)] : [])];
}
