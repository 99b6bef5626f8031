import { Schema, type Model } from 'mongoose';
import type { Database } from './database.js';
import { isAlreadyApplied } from './stream-position.js';

interface CursorDocument {
  _id: string;
  last: number;
}

const cursorSchema = new Schema<CursorDocument>({ _id: String, last: Number } as never, { versionKey: false });

/**
 * How far one purpose has followed each stream, for streams whose events touch other records than one of their own.
 * The effect comes first and is guarded by its own record, then the cursor moves: a crash between the two repeats an
 * effect that recognises itself, and never skips one.
 */
export class StreamCursor {
  private readonly model: Model<CursorDocument>;

  constructor(
    database: Database,
    private readonly purpose: string,
  ) {
    this.model = database.model('StreamCursor', cursorSchema, 'stream_cursors');
  }

  /**
   * Runs `effect` if the event is the next one of its stream.
   * @throws GapInStream when an earlier one has not been seen yet
   */
  async follow(subject: string, seq: number, effect: () => Promise<void>): Promise<'applied' | 'already-applied'> {
    const _id = `${this.purpose}:${subject}` as never;
    const cursor = (await this.model.collection.findOne({ _id })) as CursorDocument | null;
    if (isAlreadyApplied({ subject, seq, contiguous: true }, cursor?.last)) return 'already-applied';
    await effect();
    await this.model.collection.updateOne({ _id }, { $max: { last: seq } }, { upsert: true });
    return 'applied';
  }
}
