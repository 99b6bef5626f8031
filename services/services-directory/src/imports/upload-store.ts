import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Schema, type Model } from 'mongoose';
import { Refusal } from '@throughline/shared/domain';
import { Database } from '@throughline/shared/persistence';

interface ChunkDocument {
  _id: string;
  upload: string;
  seq: number;
  /** Base64, a third more than the bytes, because it is kept for minutes only. */
  data: string;
  at: Date;
}

const CHUNK_BYTES = 512 * 1024;
/** What a crash left behind goes after so long. A week, so that an import that waits for a database keeps its file. */
const KEPT_SECONDS = 7 * 86_400;

/**
 * Uploaded files until they are imported. In the database, so that whichever process is alive can go on with an import,
 * and in pieces, so that memory holds one of them at a time.
 */
@Injectable()
export class UploadStore {
  private readonly model: Model<ChunkDocument>;

  constructor(@Inject(Database) database: Database) {
    const schema = new Schema<ChunkDocument>(
      { _id: String, upload: String, seq: Number, data: String, at: Date },
      { versionKey: false, id: false },
    );
    schema.index({ upload: 1, seq: 1 });
    schema.index({ at: 1 }, { expireAfterSeconds: KEPT_SECONDS });
    this.model = database.model<ChunkDocument>('ImportUpload', schema, 'import_uploads');
  }

  /**
   * Keeps what the stream brings.
   * @returns SHA-256 of it, in hex
   * @throws Refusal `upload-too-large`, `upload-aborted`, `upload-empty`; then nothing is kept
   */
  async receive(upload: string, body: Readable, maxBytes: number): Promise<string> {
    const hash = createHash('sha256');
    let seq = 0;
    let received = 0;
    let waiting: Buffer[] = [];
    let size = 0;
    const keep = async (): Promise<void> => {
      const data = Buffer.concat(waiting).toString('base64');
      [waiting, size] = [[], 0];
      await this.model.collection.insertOne({ _id: `${upload}/${seq}`, upload, seq, data, at: new Date() } as never);
      seq += 1;
    };
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        received += chunk.length;
        if (received > maxBytes) throw tooLarge(maxBytes);
        hash.update(chunk);
        waiting.push(chunk);
        size += chunk.length;
        if (size >= CHUNK_BYTES) await keep();
      }
      if (received === 0) throw new Refusal('malformed', 'upload-empty', 'the body is empty: it has to be a file');
      if (size > 0) await keep();
      return hash.digest('hex');
    } catch (error) {
      await this.drop(upload);
      if (!body.destroyed || error instanceof Refusal || !isAborted(error)) throw error;
      throw new Refusal('malformed', 'upload-aborted', 'the upload ended in the middle');
    }
  }

  /** Writes an upload to a file. @throws Refusal `upload-gone` where it is there no more */
  async writeTo(upload: string, path: string): Promise<void> {
    const chunks = this.model.collection.find({ upload }, { sort: { seq: 1 }, batchSize: 8 });
    let seq = 0;
    async function* pieces() {
      for await (const doc of chunks) {
        const chunk = doc as unknown as ChunkDocument;
        if (chunk.seq !== seq) break;
        seq += 1;
        yield Buffer.from(chunk.data, 'base64');
      }
    }
    await pipeline(pieces, createWriteStream(path));
    if (seq === 0) throw new Refusal('invalid', 'upload-gone', 'the uploaded file is there no more: send it again');
  }

  async drop(upload: string): Promise<void> {
    await this.model.collection.deleteMany({ upload });
  }
}

export const tooLarge = (maxBytes: number): Refusal =>
  new Refusal('too-large', 'upload-too-large', `a file may have ${maxBytes} bytes`);

const isAborted = (error: unknown): boolean =>
  ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'].includes(
    (error as { code?: string }).code ?? '',
  ) || (error as Error).message === 'aborted';
