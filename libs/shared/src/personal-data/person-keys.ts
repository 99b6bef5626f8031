import { randomUUID } from 'node:crypto';
import { Schema, type Model } from 'mongoose';
import { randomPart } from '../crypto/index.js';
import { isDuplicateKey, type Database } from '../persistence/index.js';
import type { KeyEncryptionKeys, WrappedKey } from './key-encryption-keys.js';
import { PersonKey } from './person-key.js';

const KEY_BYTES = 32;
/** Keys in stock. Half of it is made at a time, so that a burst of intakes rarely waits for one. */
const STOCK = 256;
/** Records that one step of a rotation reads. */
const ROTATION_BATCH = 500;

/** Who erased a person, when and why. All that is left. */
export interface Erasure {
  by: string;
  at: Date;
  /** A code. */
  reason: string;
}

/** A person's key in the database; once erased, without the key and with the erasure instead. */
type KeyRecord = { _id: string } & (WrappedKey | { erased: Erasure });

const keyRecordSchema = new Schema({ _id: String, kek: String, wrapped: String, erased: {} } as never, {
  versionKey: false,
}).index({ kek: 1 }, { sparse: true });

/**
 * The keys of the people of a service, one record each, wrapped by the key-encryption key of the environment. Without
 * its key nothing of a person can be read, so that erasing a person is erasing a key. No key is kept in memory after it
 * was used: what one replica erases, no other can still open.
 */
export class PersonKeys {
  private readonly model: Model<KeyRecord>;
  private readonly stock: PersonKey[] = [];
  private filling: Promise<void> | undefined;

  constructor(
    database: Database,
    private readonly keys: KeyEncryptionKeys,
  ) {
    this.model = database.model<KeyRecord>('PersonKey', keyRecordSchema as never, 'person_keys');
  }

  /**
   * A key that nobody has yet. Its record is in the database already, made in advance with many others, so that who
   * takes it writes one document. Keys that a process had in stock when it ended are never used, and harm nobody.
   */
  async take(): Promise<PersonKey> {
    for (;;) {
      const key = this.stock.pop();
      if (this.stock.length < STOCK / 2) {
        this.filling ??= this.fill().finally(() => (this.filling = undefined));
        // with the database down the next one to find no key is told so
        this.filling.catch(() => undefined);
      }
      if (key) return key;
      await this.filling;
    }
  }

  /** The key of that id, which is made where there is none yet. Undefined once it was erased. */
  async keyFor(id: string): Promise<PersonKey | undefined> {
    const found = await this.find(id);
    if (found) return this.usable(found);
    const { key, record } = this.make(id);
    try {
      await this.model.collection.insertOne(record as never);
      return key;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const first = await this.find(id);
      return first && this.usable(first);
    }
  }

  /** The keys of these ids that have not been erased. */
  async keysOf(ids: readonly string[]): Promise<Map<string, PersonKey>> {
    const found = await this.model.collection.find({ _id: { $in: ids } } as never).toArray();
    const usable = (found as unknown as KeyRecord[]).map((record) => this.usable(record));
    return new Map(usable.flatMap((key) => (key ? [[key.id, key]] : [])));
  }

  /** Erases a key; a second time changes nothing. What was encrypted under it is lost for good. */
  async erase(id: string, erasure: Erasure): Promise<void> {
    await this.model.collection.updateOne(
      { _id: id, wrapped: { $exists: true } } as never,
      { $set: { erased: erasure }, $unset: { kek: '', wrapped: '' } } as never,
    );
  }

  /** When, by whom and why a person was erased. */
  async erasureOf(id: string): Promise<Erasure | undefined> {
    const record = await this.find(id);
    return record && 'erased' in record ? record.erased : undefined;
  }

  /**
   * Wraps every key by the current key-encryption key that is still wrapped by an earlier one; nothing that was
   * encrypted changes. May run on several replicas, be cut off, and be run again.
   * @returns how many were wrapped anew, and how many are still under an earlier key
   */
  async rotate(): Promise<{ rotated: number; remaining: number }> {
    const earlier = { $or: [{ kek: { $lt: this.keys.currentId } }, { kek: { $gt: this.keys.currentId } }] };
    let rotated = 0;
    for (let after = ''; ;) {
      const batch = (await this.model.collection
        .find({ ...earlier, _id: { $gt: after } } as never, { sort: { _id: 1 }, limit: ROTATION_BATCH })
        .toArray()) as unknown as ({ _id: string } & WrappedKey)[];
      const last = batch.at(-1);
      if (!last) break;
      after = last._id;
      const writes = batch.map((record) => ({
        updateOne: {
          // an erasure in between takes the key away, and must not get it back
          filter: { _id: record._id, wrapped: record.wrapped },
          update: { $set: this.keys.wrap(this.keys.unwrap(record, contextOf(record._id)), contextOf(record._id)) },
        },
      }));
      rotated += (await this.model.collection.bulkWrite(writes as never, { ordered: false })).modifiedCount;
    }
    return { rotated, remaining: await this.model.collection.countDocuments(earlier as never) };
  }

  private async find(id: string): Promise<KeyRecord | undefined> {
    return ((await this.model.collection.findOne({ _id: id } as never)) as KeyRecord | null) ?? undefined;
  }

  private usable(record: KeyRecord): PersonKey | undefined {
    if ('erased' in record) return undefined;
    return new PersonKey(record._id, this.keys.unwrap(record, contextOf(record._id)));
  }

  private make(id: string): { key: PersonKey; record: KeyRecord } {
    const bytes = randomPart(KEY_BYTES);
    return { key: new PersonKey(id, bytes), record: { _id: id, ...this.keys.wrap(bytes, contextOf(id)) } };
  }

  private async fill(): Promise<void> {
    const made = Array.from({ length: STOCK / 2 }, () => this.make(randomUUID()));
    await this.model.collection.insertMany(made.map(({ record }) => record) as never, { ordered: false });
    this.stock.push(...made.map(({ key }) => key));
  }
}

/** A wrapped key opens in its own record alone. */
const contextOf = (id: string): string => `person-key:${id}`;
