import { decode, nestingOfLast } from '../bson/decode.js';
import { encode } from '../bson/encode.js';
import { keyOf } from '../bson/key.js';
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
  put(collection: number, bytes: Buffer): void;
  remove(collection: number, id: Buffer): void;
}

/** The documents of one collection and their indexes. Changes both together or neither. */
export class Collection {
  readonly documents = new Map<number, Stored>();
  readonly indexes = new Map<string, Index>();
  #next = 1;
  #bytes = 0;

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
    let bytes = given;
    let doc = decode(bytes);
    refuseDeep(nestingOfLast());
    let id = doc.get('_id');
    if (doc.keys().next().value !== '_id' || id === undefined) {
      id ??= newOid();
      const ordered: Doc = new Map([['_id', id]]);
      for (const [name, value] of doc) ordered.set(name, value);
      doc = ordered;
      bytes = encode(doc);
    } else bytes = Buffer.from(bytes);
    checkId(id);
    if (bytes.length > MAX_DOCUMENT) throw tooLarge(bytes.length);
    if (stampZeros(doc)) bytes = encode(doc);
    const keys = this.#keys(doc);
    this.#refuseDuplicates(doc, keys, -1);
    this.add(bytes, keys);
    this.journal.put(this.number, bytes);
  }

  /** Puts a document in without a check: after the checks of an insert, or from the log. */
  add(bytes: Buffer, keys: Map<Index, string[]>): void {
    const stored = { id: this.#next++, bytes };
    this.documents.set(stored.id, stored);
    this.#bytes += bytes.length;
    for (const [index, list] of keys) enter(index, list, stored.id);
  }

  /** `before` must be the keys of the stored version, taken by {@link keysOf} before it was changed. */
  replace(stored: Stored, before: Map<Index, string[]>, after: Doc, bytes: Buffer): void {
    if (bytes.length > MAX_DOCUMENT) throw tooLarge(bytes.length);
    const keys = this.#keys(after);
    this.#refuseDuplicates(after, keys, stored.id);
    for (const [index, list] of keys) {
      const old = before.get(index)!;
      if (old.length === list.length && old.every((k, i) => k === list[i])) continue;
      for (const k of old) index.entries.remove(k, stored.id);
      enter(index, list, stored.id);
    }
    this.#bytes += bytes.length - stored.bytes.length;
    stored.bytes = bytes;
    this.journal.put(this.number, bytes);
  }

  remove(stored: Stored): void {
    const doc = decode(stored.bytes);
    for (const [index, list] of this.#keys(doc)) for (const k of list) index.entries.remove(k, stored.id);
    this.documents.delete(stored.id);
    this.#bytes -= stored.bytes.length;
    this.journal.remove(this.number, encode(new Map([['_id', doc.get('_id')!]])));
  }

  keysOf(doc: Doc): Map<Index, string[]> {
    return this.#keys(doc);
  }

  /** Builds an index over what is stored. @throws MongoError 11000 or 171, and then there is no index. */
  addIndex(index: Index): void {
    for (const stored of this.documents.values()) {
      const doc = decode(stored.bytes, index.roots);
      const keys = index.keysOf(doc);
      if (index.unique)
        for (const k of keys)
          if (index.entries.find(k, stored.id) !== undefined) throw index.duplicate(doc, k, this.namespace);
      enter(index, keys, stored.id);
    }
    this.indexes.set(index.name, index);
  }

  #keys(doc: Doc): Map<Index, string[]> {
    const out = new Map<Index, string[]>();
    for (const index of this.indexes.values()) out.set(index, index.keysOf(doc));
    return out;
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

/** MongoDB documents 100 levels, and takes some more; what lies between is refused. */
function refuseDeep(levels: number): void {
  if (levels > 100) throw notImplemented('documents nested deeper than 100 levels');
}

const tooLarge = (bytes: number): MongoError =>
  new MongoError(10334, `BSONObj size: ${bytes} is invalid. Size must be between 0 and ${MAX_DOCUMENT}`);
