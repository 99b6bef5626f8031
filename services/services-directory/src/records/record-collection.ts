import type { Document, Filter } from 'mongodb';
import type { IndexDefinition, Model } from 'mongoose';
import { Refusal } from '@throughline/shared/domain';
import {
  aggregateSchema,
  AggregateStore,
  type AggregateDocument,
  type ChangeOptions,
  type Database,
  type OutboxRegistry,
  type Snapshot,
} from '@throughline/shared/persistence';
import { editsAfter, type Edits } from '../domain/edits.js';
import { changesTo, createdBy, historyAfter, withdrawal, type HistoryEntry } from '../domain/history/record-history.js';
import { inBatches, READ_AT_ONCE } from './in-batches.js';
import type { OlderHistoryRepository } from './older-history.repository.js';
import { BY_HAND, MADE_BY_HAND, type EditedRecord, type SaveOptions, type WriteOptions } from './record-writes.js';
import { historiesIn, pendingOf, settle, statesOf, type RecordLife, type Settled } from './record-life.js';
import { recordHash } from './record-hash.js';

/** A record of the directory, as it is kept. `facts` is what lists select it by. */
export interface RecordState<Content> {
  /** Where it came from: a dataset, or a name for what was written by hand. */
  dataset: string;
  /** Of the content, so that what has not changed is neither written nor counted as modified. */
  hash: string;
  modifiedAt: Date;
  /** A withdrawn record stays as a tombstone. */
  withdrawn: boolean;
  /** True until everything that follows from its last change was done, see `Consequences`. */
  pending?: true;
  /** Of a location: the organizations that it belonged to before its pending changes. */
  formerOrganizations?: string[];
  facts: object;
  content: Content;
  /** What has been changed, the newest part of it; absent as long as the record is as it was first written. */
  history?: HistoryEntry[];
  /** What a person has changed and no import may undo. */
  edits?: Edits;
}

export interface RecordKind<Content> {
  /** Name of the model and of the collection. */
  model: string;
  collection: string;
  factsOf: (content: Content) => object;
  indexes?: IndexDefinition[];
}

export type StoredRecord<Content> = RecordState<Content> & { id: string; version: number };

/**
 * The records of one kind: the one door through which imports and editing write them and everybody reads them. Each
 * write is one atomic change of one document, guarded by its version.
 */
export class RecordCollection<Content extends { id: string }> {
  private readonly model: Model<AggregateDocument<RecordState<Content>>>;
  private readonly store: AggregateStore<RecordState<Content>>;

  constructor(
    database: Database,
    outboxes: OutboxRegistry,
    private readonly older: OlderHistoryRepository,
    private readonly kind: RecordKind<Content>,
  ) {
    const schema = aggregateSchema<RecordState<Content>>([
      { key: { 'state.dataset': 1 } },
      ...(kind.indexes ?? []).map((key) => ({ key })),
    ]);
    schema.index({ 'state.withdrawn': 1, _id: 1 });
    schema.index({ 'state.pending': 1 }, { sparse: true });
    this.model = database.model<AggregateDocument<RecordState<Content>>>(kind.model, schema, kind.collection);
    this.store = new AggregateStore(this.model, outboxes);
  }

  /** The record of this id, unless it was withdrawn. */
  async find(id: string): Promise<StoredRecord<Content> | undefined> {
    const record = (await this.byIds([id])).get(id);
    return record?.withdrawn ? undefined : record;
  }

  /** The records of these ids that there are, tombstones among them, by id. */
  async byIds(ids: readonly string[]): Promise<Map<string, StoredRecord<Content>>> {
    if (ids.length === 0) return new Map();
    const docs = await this.cursor({ _id: { $in: [...new Set(ids)] as never[] } }).toArray();
    return new Map(docs.map((doc) => stored<Content>(doc)).map((record) => [record.id, record]));
  }

  /** When the records of these ids last changed and whether they are gone, by id. */
  statesOf(ids: readonly string[]): Promise<Map<string, RecordLife>> {
    return statesOf(this.model.collection, ids);
  }

  /** The hashes of those of these records that are in the directory now. */
  async hashesOf(ids: readonly string[]): Promise<Map<string, string>> {
    const filter = { _id: { $in: ids as never[] }, 'state.withdrawn': false };
    const hashes = new Map<string, string>();
    for await (const doc of this.model.collection.find(filter, { projection: { 'state.hash': 1 } }))
      hashes.set(String(doc._id), (doc as unknown as { state: { hash: string } }).state.hash);
    return hashes;
  }

  /** The hashes of what the filter selects, tombstones too, with the organization that a record belongs to. */
  async hashesWithTombstones(
    filter: Filter<Document>,
  ): Promise<Map<string, { hash: string; organizationId?: string }>> {
    const projection = { 'state.hash': 1, 'state.withdrawn': 1, 'state.facts.organizationId': 1 };
    const hashes = new Map<string, { hash: string; organizationId?: string }>();
    for await (const doc of this.model.collection.find(filter, { projection })) {
      const { hash, withdrawn, facts } = (doc as unknown as { state: RecordState<Content> }).state;
      const { organizationId } = facts as { organizationId?: string };
      hashes.set(String(doc._id), { hash, ...(organizationId && !withdrawn ? { organizationId } : {}) });
    }
    return hashes;
  }

  /** The ids of the records that a dataset has brought and that are in the directory now. */
  async *idsOf(dataset: string): AsyncGenerator<string> {
    const filter = { 'state.dataset': dataset, 'state.withdrawn': false };
    const docs = this.model.collection.find(filter, { projection: { _id: 1 }, batchSize: READ_AT_ONCE });
    for await (const doc of docs) yield String(doc._id);
  }

  /** The ids of the records that the filter selects, in no order. */
  async ids(filter: Filter<Document>): Promise<string[]> {
    const options = { projection: { _id: 1 }, batchSize: READ_AT_ONCE };
    const docs = this.model.collection.find({ 'state.withdrawn': false, ...filter }, options);
    return (await docs.toArray()).map((doc) => String(doc._id));
  }

  /** Every record that the filter selects, in the same order, one after the other from the database. */
  async *all(filter: Filter<Document> = {}): AsyncGenerator<StoredRecord<Content>> {
    yield* this.matching({ 'state.withdrawn': false, ...filter });
  }

  /**
   * Writes a new record, a changed one, or one that comes back. Does nothing when nothing has changed.
   * @throws Refusal as `AggregateStore.change`
   */
  async save(content: Content, { dataset, by, ...rest }: SaveOptions): Promise<Snapshot<RecordState<Content>>> {
    const { edits, ...options }: WriteOptions = rest;
    const now = new Date();
    const state = this.firstState(content, dataset ?? BY_HAND, now);
    const { hash, facts } = state;
    if (options.expectedVersion === undefined) {
      const first =
        by === undefined ? state : { ...state, edits: MADE_BY_HAND, history: createdBy(content.id, by, now) };
      const command = options.command ?? commandOf(state);
      const created = await this.created(content.id, first, command);
      // without a command of the caller's, the record that was first written so may have changed since
      if (created && (options.command || !created.repeated)) return created;
    }
    return this.changing(
      content.id,
      (current, moved) => {
        const { edits: before, ...unmarked } = current;
        const left = editsAfter(before, { by, dataset, edits }, current.content, content);
        if (current.hash === hash && !current.withdrawn) return { ...unmarked, ...left };
        const author = { by: by ?? dataset ?? current.dataset, at: now, moved };
        return {
          ...state,
          dataset: current.dataset === BY_HAND ? BY_HAND : (dataset ?? current.dataset),
          history: historyAfter(current, changesTo(current, content), author),
          ...formerOf(current, facts),
          ...left,
        };
      },
      options,
    );
  }

  /**
   * Writes records that are new, all in one statement. Answers those that there are already, which stay as they are:
   * `save` changes them.
   */
  async saveNew(contents: readonly Content[], dataset: string): Promise<Content[]> {
    const now = new Date();
    const creations = contents.map((content) => {
      const state = this.firstState(content, dataset, now);
      return { id: content.id, change: { state }, command: commandOf(state) };
    });
    const there = await this.store.createMany(creations);
    return contents.filter(({ id }) => there.has(id));
  }

  /** Takes a record out of the directory and leaves a tombstone. */
  async withdraw(id: string, { by, ...options }: WriteOptions = {}): Promise<void> {
    const now = new Date();
    await this.changing(
      id,
      (current, moved) => {
        if (current.withdrawn) return current;
        const author = { by: by ?? current.dataset, at: now, moved };
        const history = historyAfter(current, withdrawal(current), author);
        const mark = by === undefined ? {} : { edits: { ...current.edits, withdrawn: true as const } };
        return { ...current, ...mark, withdrawn: true, pending: true, modifiedAt: now, history };
      },
      options,
    );
  }

  /** Those of these records, or of all, that a person has changed or withdrawn. */
  async editedAmong(ids?: readonly string[]): Promise<Map<string, EditedRecord<Content>>> {
    const filter = { ...(ids ? { _id: { $in: ids as never[] } } : {}), 'state.edits': { $exists: true } };
    const edited = new Map<string, EditedRecord<Content>>();
    for await (const { id, version, withdrawn, content, edits } of this.matching(filter))
      edited.set(id, { version, withdrawn, content, edits: edits! });
    return edited;
  }

  /** The newest part of the history of each of these records, tombstones among them, oldest entry first. */
  async historiesOf(ids: readonly string[]): Promise<Map<string, HistoryEntry[]>> {
    return historiesIn(this.model.collection, ids);
  }

  /** Records whose change still has consequences to be drawn, see `Consequences`. */
  pending(before: Date, limit: number): Promise<Settled[]> {
    return pendingOf(this.model.collection, before, limit);
  }

  /** Those of them that are in their first version, in batches, each with the organization that it belongs to. */
  async *pendingNew(size: number): AsyncGenerator<(Settled & { organizationId?: string })[]> {
    const projection = { version: 1, 'state.facts.organizationId': 1 };
    const docs = this.model.collection.find(
      { 'state.pending': true, version: 1 },
      { projection, batchSize: READ_AT_ONCE },
    );
    for await (const batch of inBatches(docs, size))
      yield (batch as unknown as AggregateDocument<{ facts: { organizationId?: string } }>[]).map(
        ({ _id: id, version, state }) => ({ id, version, ...state.facts }),
      );
  }

  /** Notes that the consequences are drawn; answers false where one of the records has changed again meanwhile. */
  settled(records: readonly Settled[]): Promise<boolean> {
    return settle(this.model.collection, records);
  }

  private firstState(content: Content, dataset: string, now: Date) {
    const [hash, facts] = [recordHash(content), this.kind.factsOf(content)];
    return { dataset, hash, modifiedAt: now, withdrawn: false, pending: true as const, facts, content };
  }

  private changing(
    id: string,
    next: (current: RecordState<Content>, moved: number) => RecordState<Content>,
    options: ChangeOptions,
  ): Promise<Snapshot<RecordState<Content>>> {
    return this.older.making(`${this.kind.collection}/${id}`, (moved) =>
      this.store.change(id, ({ state }) => ({ state: next(state, moved) }), options),
    );
  }

  /** Undefined where there is one already. */
  private async created(id: string, state: RecordState<Content>, command: { key: string; hash: string }) {
    try {
      return await this.store.create(id, { state }, command);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'already-exists') return undefined;
      throw error;
    }
  }

  private async *matching(filter: Filter<Document>): AsyncGenerator<StoredRecord<Content>> {
    for await (const doc of this.cursor(filter)) yield stored<Content>(doc);
  }

  private cursor(filter: Filter<Document>) {
    return this.model.collection.find(filter, {
      projection: { state: 1, version: 1 },
      sort: { _id: 1 },
      batchSize: READ_AT_ONCE,
    });
  }
}

const commandOf = ({ dataset, hash }: RecordState<unknown>) => ({ key: `${dataset}:${hash}`, hash });

/** The organizations whose services no longer show a record, once it names another one. */
function formerOf(current: RecordState<unknown>, facts: object): { formerOrganizations?: string[] } {
  const { organizationId: before } = current.facts as { organizationId?: string };
  const { organizationId: now } = facts as { organizationId?: string };
  const former = current.pending ? (current.formerOrganizations ?? []) : [];
  const all = before && before !== now ? [...former, before] : former;
  return all.length > 0 ? { formerOrganizations: all } : {};
}

function stored<Content>(doc: unknown): StoredRecord<Content> {
  const { _id: id, version, state } = doc as AggregateDocument<RecordState<Content>>;
  return { id, version, ...state };
}
