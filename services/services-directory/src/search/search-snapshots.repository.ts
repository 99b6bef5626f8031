import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import { Inject, Injectable } from '@nestjs/common';
import type { Binary, Collection, Document } from 'mongodb';
import { Schema, type Model } from 'mongoose';
import { Database, isDuplicateKey } from '@throughline/shared/persistence';

/** What a snapshot is of. */
export interface SnapshotOrigin {
  /** Of the code that made it, see `STATE_EDITION`. */
  edition: number;
  /** The list of changes, by name, and the place in it up to which the snapshot holds everything. */
  list: string;
  place: number;
}

export interface Snapshot extends SnapshotOrigin {
  snapshot: string;
  chunks: number;
}

/** The newest snapshot, once there is one. */
interface HeadDocument {
  _id: typeof HEAD;
  newest?: Snapshot;
  /** Until then somebody else is writing one. */
  busyUntil: Date;
}

interface ChunkDocument {
  _id: string;
  snapshot: string;
  seq: number;
  piece: number;
  data: Binary;
}

const HEAD = 'newest';
const CHUNK_BYTES = 512 * 1024;
/** A writer that takes longer is taken for dead; should it be alive, both write, and the last one counts. */
const LEASE_MS = 120_000;
const compressed = promisify(gzip);
const expanded = promisify(gunzip);

/**
 * Snapshots of the search index, of which the newest is kept, so that a start reads that and the changes since instead
 * of all records. A cache: nothing is lost with it, and whoever deletes the collection has the records read again.
 */
@Injectable()
export class SearchSnapshots {
  private readonly model: Model<ChunkDocument>;

  constructor(@Inject(Database) database: Database) {
    const mixed = { type: Schema.Types.Mixed };
    const schema = new Schema<ChunkDocument>({ _id: String, snapshot: String, seq: Number, data: mixed } as never, {
      versionKey: false,
    });
    schema.index({ snapshot: 1, seq: 1 });
    this.model = database.model<ChunkDocument>('SearchSnapshot', schema, 'search_snapshots');
  }

  async newest(): Promise<Snapshot | undefined> {
    return ((await this.collection.findOne({ _id: HEAD })) as HeadDocument | null)?.newest;
  }

  /**
   * The pieces of a snapshot, in their order.
   * @throws Error where one is missing or damaged
   */
  async *read({ snapshot, chunks }: Snapshot): AsyncGenerator<Buffer> {
    const docs = this.collection.find({ snapshot }, { sort: { seq: 1 }, batchSize: 8 });
    let seq = 0;
    let piece = 0;
    let parts: Uint8Array[] = [];
    for await (const doc of docs) {
      const chunk = doc as unknown as ChunkDocument;
      if (chunk.seq !== seq) break;
      if (chunk.piece !== piece) {
        // the checksum of gzip tells whether it is what was written
        yield await expanded(Buffer.concat(parts));
        [parts, piece] = [[], chunk.piece];
      }
      parts.push(chunk.data.buffer);
      seq += 1;
    }
    if (seq !== chunks) throw new Error(`of a snapshot in ${chunks} chunks, chunk ${seq} is missing`);
    yield await expanded(Buffer.concat(parts));
  }

  /**
   * Keeps a snapshot in place of the newest one; answers false, and does nothing, while another process is writing one.
   * @param pieces at least one; each is taken when the one before is written
   */
  async write(origin: SnapshotOrigin, pieces: Iterable<Buffer>): Promise<boolean> {
    if (!(await this.claim(new Date()))) return false;
    const snapshot = randomUUID();
    let seq = 0;
    let piece = 0;
    for (const one of pieces) {
      const data = await compressed(one, { level: constants.Z_BEST_SPEED });
      for (let from = 0; from < data.length; from += CHUNK_BYTES) {
        const chunk = { snapshot, seq, piece, data: data.subarray(from, from + CHUNK_BYTES) };
        await this.collection.insertOne({ _id: `${snapshot}/${seq}`, ...chunk });
        seq += 1;
      }
      piece += 1;
    }
    const newest: Snapshot = { ...origin, snapshot, chunks: seq };
    await this.collection.updateOne({ _id: HEAD }, { $set: { newest, busyUntil: new Date(0) } });
    // those before, and what a writer left behind that did not come to its end
    await this.collection.deleteMany({ _id: { $ne: HEAD }, snapshot: { $ne: snapshot } });
    return true;
  }

  private async claim(now: Date): Promise<boolean> {
    const busyUntil = new Date(now.getTime() + LEASE_MS);
    try {
      const claimed = { _id: HEAD, busyUntil: { $lte: now } };
      await this.collection.updateOne(claimed, { $set: { busyUntil } }, { upsert: true });
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  private get collection(): Collection<Document & { _id: string }> {
    return this.model.collection as unknown as Collection<Document & { _id: string }>;
  }
}
