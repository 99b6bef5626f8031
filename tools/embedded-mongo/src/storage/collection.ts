import { check } from '../bson/check.js';
import { decode } from '../bson/decode.js';
import { encode } from '../bson/encode.js';
import { keyOf } from '../bson/key.js';
import { Parts } from '../bson/parts.js';
import { pathTree } from '../bson/path-tree.js';
import { newOid, doc as docOf, type Doc, type Value } from '../bson/values.js';
import { MongoError, notImplemented } from '../errors.js';
import { checkId, stampZeros } from '../update/storable.js';
import { Index } from './index.js';

export const MAX_DOCUMENT = 16 * 1024 * 1024;

/** A stored document: its place in natural order and its bytes. A new version replaces the bytes. */
export interface Stored {
  readonly id: number;
  bytes: Buffer;
}

/** Where changes of documents are written down before they are acknowledged. */
export interface Journal {
  /** Answers a copy of the bytes that stays as it is. */
  put(collection: number, bytes: Buffer): Buffer;
  /** `id` is a document of nothing but the `_id` of the one that changed. */
  replace(collection: number, id: Buffer, before: Buffer, after: Buffer): void;
  remove(collection: number, id: Buffer): void;
}

/** The documents of one collection and their indexes. Changes both together or neither. */
export class Collection {
  readonly documents = new Map<number, Stored>();
  readonly indexes = new Map<string, Index>();
  #next = 1;
  #bytes = 0;
  /** What of a new document the indexes read. */
  #parts?: Parts;

  constructor(
    readonly number: number,
    readonly database: string,
    readonly name: string,
    readonly options: Doc,
    readonly journal: Journal,
  ) {
    this.indexes.set('_id_', new Index(docOf({ v: 2, key: docOf({ _id: 1 }), name: '_id_' })));
  }

  get namespace(): string {
    return `${this.database}.${this.name}`;
  }
  /** Bytes of all documents. */
  get size(): number {
    return this.#bytes;
  }
  get idIndex(): Index {
    return this.indexes.get('_id_')!;
  }

  byId(id: Value): Stored | undefined {
    const place = this.idIndex.entries.find(keyOf(id));
    return place === undefined ? undefined : this.documents.get(place);
  }

  /** Stores a new document, giving it an `_id` when it has none and putting that first. */
  insert(given: Buffer): void {
    const { doc: read, nesting, stamps } = check(given, this.#readByIndexes().wanted);
    refuseDeep(nesting);
    let [doc, bytes] = [read, given];
    if (!startsWithId(given)) {
      doc = new Map([['_id', read.get('_id') ?? newOid()]]);
      for (const [name, value] of decode(given)) if (name !== '_id') doc.set(name, value);
      bytes = encode(doc);
    }
    checkId(doc.get('_id')!);
    if (bytes.length > MAX_DOCUMENT) throw tooLarge(bytes.length);
    if (stamps) {
      doc = decode(bytes);
      if (stampZeros(doc)) bytes = encode(doc);
    }
    const keys = this.keysOf(doc);
    this.#refuseDuplicates(doc, keys, -1);
    this.add(this.journal.put(this.number, bytes), keys);
  }

  /** Puts a document in without a check: after the checks of an insert, or from the log. */
  add(bytes: Buffer, keys: Map<Index, string[]>): void {
    const stored = { id: this.#next++, bytes };
    this.documents.set(stored.id, stored);
    this.#bytes += bytes.length;
    for (const [index, list] of keys) enter(index, list, stored.id);
  }

  /**
   * `before` are the keys of the stored version, taken by {@link keysOf} before it was changed; other indexes stay as they are.
   * `bytes` become the stored document, so nobody else may write to them.
   */
  replace(stored: Stored, before: Map<Index, string[]>, after: Doc, bytes: Buffer): void {
    if (bytes.length > MAX_DOCUMENT) throw tooLarge(bytes.length);
    const keys = this.keysOf(after, before.keys());
    this.#refuseDuplicates(after, keys, stored.id);
    for (const [index, list] of keys) {
      const old = before.get(index)!;
      if (old.length === list.length && old.every((k, i) => k === list[i])) continue;
      for (const k of old) index.entries.remove(k, stored.id);
      enter(index, list, stored.id);
    }
    this.#bytes += bytes.length - stored.bytes.length;
    this.journal.replace(this.number, idOf(after), stored.bytes, bytes);
    stored.bytes = bytes;
  }

  remove(stored: Stored): void {
    const doc = this.#readByIndexes().read(stored.bytes);
    for (const [index, list] of this.keysOf(doc)) for (const k of list) index.entries.remove(k, stored.id);
    this.documents.delete(stored.id);
    this.#bytes -= stored.bytes.length;
    this.journal.remove(this.number, idOf(doc));
  }

  keysOf(doc: Doc, indexes: Iterable<Index> = this.indexes.values()): Map<Index, string[]> {
    const out = new Map<Index, string[]>();
    for (const index of indexes) out.set(index, index.keysOf(doc));
    return out;
  }

  /** Builds an index over what is stored. @throws MongoError 11000 or 171, and then there is no index. */
  addIndex(index: Index): void {
    const parts = new Parts(pathTree(index.reads));
    for (const stored of this.documents.values()) {
      const doc = parts.read(stored.bytes);
      const keys = index.keysOf(doc);
      if (index.unique)
        for (const k of keys)
          if (index.entries.find(k, stored.id) !== undefined) throw index.duplicate(doc, k, this.namespace);
      enter(index, keys, stored.id);
    }
    this.indexes.set(index.name, index);
    this.#parts = undefined;
  }

  #readByIndexes(): Parts {
    return (this.#parts ??= new Parts(pathTree([...this.indexes.values()].flatMap((index) => index.reads))));
  }

  #refuseDuplicates(doc: Doc, keys: Map<Index, string[]>, except: number): void {
    for (const [index, list] of keys)
      if (index.unique)
        for (const k of list)
          if (index.entries.find(k, except) !== undefined) throw index.duplicate(doc, k, this.namespace);
  }
}

function enter(index: Index, keys: string[], id: number): void {
  if (keys.length > 1) index.multikey = true;
  for (const k of keys) index.entries.add(k, id);
}

const idOf = (doc: Doc): Buffer => encode(new Map([['_id', doc.get('_id')!]]));

/** Whether the first field is called `_id`. */
const startsWithId = (bytes: Buffer): boolean => bytes.length > 9 && bytes.readUInt32LE(5) === 0x0064695f;

/** MongoDB documents 100 levels, and takes some more; what lies between is refused. */
function refuseDeep(levels: number): void {
  if (levels > 100) throw notImplemented('documents nested deeper than 100 levels');
}

const tooLarge = (bytes: number): MongoError =>
  new MongoError(10334, `BSONObj size: ${bytes} is invalid. Size must be between 0 and ${MAX_DOCUMENT}`);
