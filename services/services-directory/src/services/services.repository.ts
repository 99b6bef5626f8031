import { Inject, Injectable } from '@nestjs/common';
import type { Document, Filter } from 'mongodb';
import type { Model } from 'mongoose';
import { ServiceWithdrawn } from '@throughline/shared/contracts';
import {
  aggregateSchema,
  AggregateStore,
  Database,
  occurred,
  OutboxRegistry,
  type AggregateDocument,
  type Change,
  type ChangeOptions,
} from '@throughline/shared/persistence';
import { editsAfter } from '../domain/edits.js';
import type { HsdsServiceContent } from '../domain/hsds.js';
import { locationIdsOf, withLocations } from '../domain/record-links.js';
import { changesTo, createdBy, historyAfter, withdrawal, type HistoryEntry } from '../domain/history/record-history.js';
import { DirectoryRecords } from '../records/directory-records.js';
import { OlderHistoryRepository } from '../records/older-history.repository.js';
import { BY_HAND, MADE_BY_HAND, type EditedRecord, type WriteOptions } from '../records/record-writes.js';
import { READ_AT_ONCE } from '../records/in-batches.js';
import {
  eventsOf,
  publicationOf,
  withOrganizationId,
  type OwnedService,
  type ServiceState,
  type ServiceToPublish,
} from './service-state.js';
import { historiesIn, pendingOf, settle, statesOf, type RecordLife, type Settled } from '../records/record-life.js';

export type { ServiceToPublish } from './service-state.js';

/** A service that a person has changed or withdrawn. */
export type EditedService = EditedRecord<OwnedService>;

type ServiceDocument = AggregateDocument<ServiceState>;

/** A service with its locations, but for its organization, which many services share. */
export interface FoundService {
  id: string;
  version: number;
  dataset: string;
  organizationId: string;
  modifiedAt: Date;
  /** Of the service with all that it shows, as it was published, see `hashesOfNested`. */
  hash: string;
  content: HsdsServiceContent;
}

/** What a service shows, by id and hash. */
export type ServiceShowing = Pick<ServiceState, 'organizationId' | 'locationIds' | 'shownHash'> & { id: string };

/** A change of the directory: `content` and all else of a service that is there, or that it is gone. */
export type ServiceChange = FoundService & { withdrawn: boolean };

/** So many services, at most, share one look-up of their locations while all are read. */
const STREAMED_TOGETHER = 250;

@Injectable()
export class ServicesRepository {
  private readonly model: Model<ServiceDocument>;
  private readonly store: AggregateStore<ServiceState>;

  constructor(
    @Inject(Database) database: Database,
    @Inject(OutboxRegistry) outboxes: OutboxRegistry,
    @Inject(DirectoryRecords) private readonly records: DirectoryRecords,
    @Inject(OlderHistoryRepository) private readonly older: OlderHistoryRepository,
  ) {
    const schema = aggregateSchema<ServiceState>([
      { key: { 'state.dataset': 1 } },
      { key: { 'state.organizationId': 1 } },
      { key: { 'state.taxonomyTermIds': 1 } },
      { key: { 'state.locationIds': 1 } },
    ]);
    schema.index({ 'state.withdrawn': 1, _id: 1 });
    schema.index({ 'state.pending': 1 }, { sparse: true });
    this.model = database.model<ServiceDocument>('Service', schema, 'services');
    this.store = new AggregateStore(this.model, outboxes);
  }

  async find(id: string): Promise<FoundService | undefined> {
    const doc = await this.model.collection.findOne({ _id: id as never, 'state.withdrawn': false });
    return doc ? (await this.joined([doc]))[0] : undefined;
  }

  /** Every service, in the order of the ids, some at a time from the database. */
  async *all(): AsyncGenerator<FoundService> {
    for await (const batch of this.batches()) yield* batch;
  }

  /** The same, those together that share one look-up of their locations. */
  async *batches(): AsyncGenerator<FoundService[]> {
    const docs = this.cursor({ 'state.withdrawn': false });
    while (await docs.hasNext()) yield await this.joined(docs.readBufferedDocuments(STREAMED_TOGETHER));
  }

  /** The services of these ids that there are, tombstones among them, by id. */
  async byIds(ids: readonly string[]): Promise<Map<string, ServiceChange>> {
    const docs = await this.cursor({ _id: { $in: [...new Set(ids)] as never[] } }).toArray();
    return new Map((await this.joined(docs)).map((service) => [service.id, service]));
  }

  /** The services of these organizations, in the order of their ids. */
  async ofOrganizations(ids: readonly string[]): Promise<FoundService[]> {
    const filter = { 'state.withdrawn': false, 'state.organizationId': { $in: ids as never[] } };
    return this.joined(await this.cursor(filter).toArray());
  }

  /** Which services show one of these records, with what they show: see `Consequences`. */
  async *showing(records: {
    organizations: readonly string[];
    locations: readonly string[];
    terms: readonly string[];
  }): AsyncGenerator<ServiceShowing> {
    const projection = { 'state.organizationId': 1, 'state.locationIds': 1, 'state.shownHash': 1 };
    const seen = new Set<string>();
    // one index after the other: a query that may use any of them uses none
    for (const [field, ids] of [
      ['organizationId', records.organizations],
      ['locationIds', records.locations],
      ['taxonomyTermIds', records.terms],
    ] as const) {
      if (ids.length === 0) continue;
      const filter = { [`state.${field}`]: { $in: ids }, 'state.withdrawn': false } as Filter<Document>;
      for await (const doc of this.model.collection.find(filter, { projection, batchSize: READ_AT_ONCE })) {
        const { _id: id, state } = doc as unknown as ServiceDocument;
        if (seen.has(id)) continue;
        seen.add(id);
        const { organizationId, locationIds, shownHash } = state;
        yield { id, organizationId, locationIds, shownHash };
      }
    }
  }

  /** Those of these organizations that have services. */
  async organizationsAmong(ids: readonly string[]): Promise<Set<string>> {
    const filter = { 'state.organizationId': { $in: ids as never[] }, 'state.withdrawn': false };
    return new Set((await this.model.collection.distinct('state.organizationId', filter)) as string[]);
  }

  /** Services whose change still has consequences to be drawn, see `Consequences`. */
  pending(before: Date, limit: number): Promise<Settled[]> {
    return pendingOf(this.model.collection, before, limit);
  }

  /** Notes that the consequences are drawn; answers false where one of the services has changed again meanwhile. */
  settled(services: readonly Settled[]): Promise<boolean> {
    return settle(this.model.collection, services);
  }

  /** When the services of these ids last changed and whether they are gone, by id. */
  statesOf(ids: readonly string[]): Promise<Map<string, RecordLife>> {
    return statesOf(this.model.collection, ids);
  }

  /** The hashes of those of these services that are in the directory now. */
  async hashesOf(ids: readonly string[]): Promise<Map<string, string>> {
    const docs = this.model.collection.find(
      { _id: { $in: ids as never[] }, 'state.withdrawn': false },
      { projection: { 'state.hash': 1 } },
    );
    const hashes = new Map<string, string>();
    for await (const doc of docs) hashes.set(String(doc._id), (doc as unknown as ServiceDocument).state.hash);
    return hashes;
  }

  /** The ids of the services that a dataset has brought and that are in the directory now. */
  async *idsOf(dataset: string): AsyncGenerator<string> {
    const filter = { 'state.dataset': dataset, 'state.withdrawn': false };
    const docs = this.model.collection.find(filter, { projection: { _id: 1 }, batchSize: READ_AT_ONCE });
    for await (const doc of docs) yield String(doc._id);
  }

  /**
   * Puts a service into the directory, or its changed record, and announces it. Does nothing when nothing changed.
   * @param origin names what makes the change, for example an import
   */
  async publish(service: ServiceToPublish, origin: string, options: WriteOptions = {}): Promise<void> {
    const { by, edits, ...guards } = options;
    const author = { by, dataset: service.dataset, edits };
    const now = new Date();
    const { id, change, command } = publicationOf(service, origin, now);
    const next = change.state;
    const { hash } = next;
    const first = by === undefined ? next : { ...next, edits: MADE_BY_HAND, history: createdBy(id, by, now) };
    const create = options.expectedVersion === undefined;
    const creation = { id, change: { ...change, state: first }, command: options.command ?? command };
    if (create && (await this.store.createMany([creation])).size === 0) return;
    await this.changing(
      id,
      (current, moved) => {
        const { edits: before, ...state } = current;
        const [was, is] = [withOrganizationId(current), withOrganizationId(next)];
        const left = editsAfter(before, author, was, is);
        if (isCurrent(current, hash)) return { state: { ...state, ...left } };
        const changes = changesTo({ ...current, content: was }, is);
        const history = historyAfter(current, changes, {
          by: by ?? service.dataset ?? current.dataset,
          at: now,
          moved,
        });
        const dataset = current.dataset === BY_HAND ? BY_HAND : (service.dataset ?? current.dataset);
        return { state: { ...next, dataset, history, ...left }, events: eventsOf(current, next, service) };
      },
      guards,
    );
  }

  /**
   * Puts services that are new into the directory and announces them, all in one statement.
   * Answers those that there are already, which stay as they are: `publish` changes them.
   */
  async publishNew(services: readonly ServiceToPublish[], origin: string): Promise<ServiceToPublish[]> {
    const now = new Date();
    const there = await this.store.createMany(services.map((service) => publicationOf(service, origin, now)));
    return services.filter(({ content }) => there.has(content.id));
  }

  /** Takes a service out of the directory and announces that. */
  async withdraw(id: string, { by, ...options }: WriteOptions = {}): Promise<void> {
    const now = new Date();
    const events = [occurred(ServiceWithdrawn, { serviceId: id, withdrawnAt: now.toISOString() })];
    await this.changing(
      id,
      (current, moved) => {
        if (current.withdrawn) return { state: current };
        const author = { by: by ?? current.dataset, at: now, moved };
        const history = historyAfter(current, withdrawal(current), author);
        const mark = by === undefined ? {} : { edits: { ...current.edits, withdrawn: true as const } };
        return { state: { ...current, ...mark, withdrawn: true, pending: true, modifiedAt: now, history }, events };
      },
      options,
    );
  }

  /** The newest part of the history of each of these services, tombstones among them, oldest entry first. */
  historiesOf(ids: readonly string[]): Promise<Map<string, HistoryEntry[]>> {
    return historiesIn(this.model.collection, ids);
  }

  /** Those of these services that a person has changed or withdrawn. */
  async editedAmong(ids: readonly string[]): Promise<Map<string, EditedService>> {
    const filter = { _id: { $in: ids as never[] }, 'state.edits': { $exists: true } };
    const docs = (await this.model.collection.find(filter).toArray()) as unknown as ServiceDocument[];
    return new Map(
      docs.map(({ _id: id, version, state }) => [
        id,
        { version, withdrawn: state.withdrawn, content: withOrganizationId(state), edits: state.edits! },
      ]),
    );
  }

  private async changing(
    id: string,
    next: (current: ServiceState, moved: number) => Change<ServiceState>,
    options: ChangeOptions,
  ): Promise<void> {
    await this.older.making(`services/${id}`, (moved) =>
      this.store.change(id, ({ state }) => next(state, moved), options),
    );
  }

  private cursor(filter: Filter<Document>) {
    const fields = ['content', 'dataset', 'organizationId', 'modifiedAt', 'hash', 'withdrawn'].map((field) => [
      `state.${field}`,
      1,
    ]);
    return this.model.collection.find(filter, {
      projection: { version: 1, ...Object.fromEntries(fields) },
      sort: { _id: 1 },
      batchSize: READ_AT_ONCE,
    });
  }

  private async joined(docs: readonly unknown[]): Promise<ServiceChange[]> {
    const services = docs as ServiceDocument[];
    const locations = await this.records.locationsByIds(services.flatMap(({ state }) => locationIdsOf(state.content)));
    return services.map(({ _id: id, version, state }) => {
      const { content, dataset, organizationId, modifiedAt, hash, withdrawn } = state;
      const joined = withLocations(content, locations);
      return { id, version, dataset, organizationId, modifiedAt, hash, withdrawn, content: joined };
    });
  }
}

const isCurrent = (state: ServiceState, hash: string): boolean => state.hash === hash && !state.withdrawn;
