/** All databases of the engine, and what the log says about them. */
import { decode } from '../bson/decode.js';
import { encode } from '../bson/encode.js';
import { keyOf } from '../bson/key.js';
import { doc as docOf, type Doc } from '../bson/values.js';
import { MongoError } from '../errors.js';
import { Collection, type Journal } from './collection.js';
import { Index } from './index.js';
import { lockFolder } from './lock.js';
import { Log } from './log.js';
import type { Disk } from './log-file.js';
import { difference, patched } from './patch.js';

const PUT = 1;
const REMOVE = 2;
const CREATE = 3;
const DROP = 4;
const CREATE_INDEX = 5;
const DROP_INDEX = 6;
const PATCH = 7;

export interface StoreOptions {
  /** Without a folder nothing is kept. */
  readonly folder?: string;
  readonly disk?: Disk;
  readonly onFailure: (error: Error) => void;
  readonly onRepair: (what: string) => void;
}

/** Log bytes that were superseded before it is worth compacting. */
const COMPACT_ABOVE = 16 * 1024 * 1024;

export class Store implements Journal {
  readonly databases = new Map<string, Map<string, Collection>>();
  readonly #byNumber = new Map<number, Collection>();
  readonly #log?: Log;
  readonly #unlock?: () => void;
  #next = 1;
  #compacting?: Promise<void>;

  constructor(options: StoreOptions) {
    if (!options.folder) return;
    this.#log = new Log({ ...options, folder: options.folder });
    this.#unlock = lockFolder(options.folder);
    try {
      this.#load();
    } catch (error) {
      this.#unlock();
      throw error;
    }
  }

  collection(database: string, name: string): Collection | undefined {
    return this.databases.get(database)?.get(name);
  }

  create(database: string, name: string, options: Doc = new Map()): Collection {
    checkNamespace(database, name);
    const collection = this.#add(this.#next++, database, name, options);
    this.#write(CREATE, collection.number, encode(docOf({ database, name, options })));
    return collection;
  }

  drop(collection: Collection): void {
    this.#forget(collection);
    this.#write(DROP, collection.number);
  }

  addIndex(collection: Collection, definition: Doc): void {
    collection.addIndex(new Index(definition));
    this.#write(CREATE_INDEX, collection.number, encode(definition));
  }

  /** Changes the definition of an index or, without one, drops it. */
  dropIndex(collection: Collection, name: string): void {
    collection.indexes.delete(name);
    this.#write(DROP_INDEX, collection.number, encode(docOf({ name })));
  }

  put(collection: number, bytes: Buffer): Buffer {
    // the copy in the record of the log is kept as the document: one allocation serves both
    return this.#write(PUT, collection, bytes)?.subarray(-bytes.length) ?? Buffer.from(bytes);
  }
  /**
   * Writes down what changed, where that is shorter than the document. At replay it needs the very version that it was
   * made of, so while a compaction is under way documents are written whole: see {@link Log.compact}.
   */
  replace(collection: number, id: Buffer, before: Buffer, after: Buffer): void {
    const patch = this.#log && !this.#compacting && difference(before, after);
    if (!patch) return void this.#write(PUT, collection, after);
    this.#weigh(after);
    this.#write(PATCH, collection, id, ...patch);
  }
  /** A start makes the whole document for each patch: counted by its bytes alone, the log would grow until that takes minutes. */
  #weigh(patched: Buffer): void {
    this.#log!.bytes += patched.length >> 3;
  }
  remove(collection: number, id: Buffer): void {
    this.#write(REMOVE, collection, id);
  }
  durable(): Promise<void> | undefined {
    return this.#log?.durable();
  }

  async close(): Promise<void> {
    await this.#compacting;
    await this.#log?.close();
    this.#unlock?.();
  }

  #write(kind: number, collection: number, ...body: Buffer[]): Buffer | undefined {
    if (!this.#log) return undefined;
    const written = this.#log.append(record(kind, collection, ...body));
    if (this.#log.bytes > COMPACT_ABOVE && !this.#compacting) this.#compactIfWorth();
    return written;
  }

  #compactIfWorth(): void {
    let live = 0;
    for (const c of this.#byNumber.values()) live += c.size;
    if (this.#log!.bytes > 2 * live + COMPACT_ABOVE) void this.compact();
  }

  /** Writes what there is into a snapshot and forgets the older log. */
  compact(): Promise<void> {
    this.#compacting ??= (this.#log?.compact(() => this.#state()) ?? Promise.resolve()).finally(() => {
      this.#compacting = undefined;
    });
    return this.#compacting;
  }

  *#state(): Generator<readonly Buffer[]> {
    for (const c of this.#byNumber.values()) {
      yield record(CREATE, c.number, encode(docOf({ database: c.database, name: c.name, options: c.options })));
      for (const index of c.indexes.values())
        if (index.name !== '_id_') yield record(CREATE_INDEX, c.number, encode(index.definition));
      for (const stored of c.documents.values()) yield record(PUT, c.number, stored.bytes);
    }
  }

  #add(number: number, database: string, name: string, options: Doc): Collection {
    const collection = new Collection(number, database, name, options, this);
    let collections = this.databases.get(database);
    if (!collections) this.databases.set(database, (collections = new Map()));
    collections.set(name, collection);
    this.#byNumber.set(number, collection);
    return collection;
  }

  #forget(collection: Collection): void {
    const collections = this.databases.get(collection.database)!;
    // A snapshot taken while the name changed hands holds both collections; only the owner of the name gives it up.
    if (collections.get(collection.name) === collection) collections.delete(collection.name);
    if (!collections.size) this.databases.delete(collection.database);
    this.#byNumber.delete(collection.number);
  }

  /** Reads the log into maps by `_id`, then builds collections and indexes from what is left. */
  #load(): void {
    const contents = new Map<number, { documents: Map<string, Buffer>; indexes: Map<string, Doc> }>();
    this.#log!.open((payload) => {
      const kind = payload[0]!;
      const number = payload.readUInt32LE(1);
      const body = Buffer.from(payload.subarray(5));
      if (kind === CREATE) {
        const d = decode(body);
        if (!contents.has(number)) contents.set(number, { documents: new Map(), indexes: new Map() });
        if (!this.#byNumber.has(number))
          this.#add(number, d.get('database') as string, d.get('name') as string, d.get('options') as Doc);
        this.#next = Math.max(this.#next, number + 1);
        return;
      }
      const content = contents.get(number);
      if (kind === PATCH) return this.#weigh(patchIn(content?.documents, body));
      const collection = this.#byNumber.get(number);
      if (!content || !collection) return; // dropped since
      if (kind === DROP) {
        this.#forget(collection);
        contents.delete(number);
      } else if (kind === CREATE_INDEX) content.indexes.set(decode(body).get('name') as string, decode(body));
      else if (kind === DROP_INDEX) content.indexes.delete(decode(body).get('name') as string);
      else if (kind === PUT) content.documents.set(idIn(body), body);
      else if (kind === REMOVE) content.documents.delete(idIn(body));
      else throw damaged(`there is a record of an unknown kind, ${kind}`);
    });
    for (const [number, content] of contents) {
      const collection = this.#byNumber.get(number)!;
      const { idIndex } = collection;
      for (const [id, bytes] of content.documents) collection.add(bytes, new Map([[idIndex, [id]]]));
      for (const definition of content.indexes.values()) collection.addIndex(new Index(definition));
    }
  }
}

const ID = new Set(['_id']);
const idIn = (document: Buffer): string => keyOf(decode(document, ID).get('_id'));

const damaged = (why: string): Error => new Error(`the log is damaged, ${why}; the data cannot be opened`);

/** Makes the new version of a document from the one that the log holds before it. */
function patchIn(documents: Map<string, Buffer> | undefined, body: Buffer): Buffer {
  const end = body.readInt32LE(0);
  const id = idIn(body.subarray(0, end));
  const before = documents?.get(id);
  const after = before && patched(before, body.subarray(end));
  if (!after) throw damaged('a change does not fit the document before it');
  documents!.set(id, after);
  return after;
}

function record(kind: number, collection: number, ...body: Buffer[]): readonly Buffer[] {
  const head = Buffer.allocUnsafe(5);
  head[0] = kind;
  head.writeUInt32LE(collection, 1);
  return [head, ...body];
}

/** @throws MongoError 73 when the name cannot be a collection's. */
export function checkNamespace(database: string, name: string): void {
  const bad = (why: string): MongoError =>
    new MongoError(73, `Invalid namespace specified '${database}.${name}': ${why}`);
  if (!database || /[/\\. "$\0]/.test(database) || database.length > 63) throw bad('database name');
  if (!name || name.includes('$') || name.includes('\0') || name.startsWith('.') || name.endsWith('.'))
    throw bad('collection name');
  if (name.startsWith('system.')) throw bad('system collections are not writable');
  if (Buffer.byteLength(`${database}.${name}`) > 255) throw bad('too long');
}
