import { Inject, Injectable } from '@nestjs/common';
import type { Document, Filter } from 'mongodb';
import type { Model } from 'mongoose';
import { Refusal } from '@throughline/shared/domain';
import { ServicePublished, ServiceWithdrawn } from '@throughline/shared/contracts';
import {
  aggregateSchema,
  AggregateStore,
  Database,
  occurred,
  OutboxRegistry,
  type AggregateDocument,
  type Change,
  type CommandKey,
} from '@throughline/shared/persistence';
import { announcementOf, factsOf, type ServiceFacts } from '../domain/directory-entry.js';
import type { HsdsOrganization, HsdsServiceContent } from '../domain/hsds.js';
import { locationIdsOf, withLocations, withoutLocations, type LinkedServiceContent } from '../domain/record-links.js';
import type { ServiceQuery } from '../domain/service-query.js';
import { DirectoryRecords } from '../records/directory-records.js';
import { serviceHash } from '../records/record-hash.js';

/** A service as it is kept: the HSDS record without organization and locations, and what lists select it by. */
interface ServiceState extends ServiceFacts {
  /** The dataset that brought it; only an import of the same dataset may withdraw it. */
  dataset: string;
  /** Of the record with its organization and its locations, so that what has not changed is neither written nor announced again. */
  hash: string;
  modifiedAt: Date;
  /** A withdrawn service stays as a tombstone: its event log ends with why it is gone. */
  withdrawn: boolean;
  /** True until everything that follows from its last change was done, see `Consequences`. */
  pending?: true;
  content: LinkedServiceContent;
}

type ServiceDocument = AggregateDocument<ServiceState>;

/** A service on its way into the directory. */
export interface ServiceToPublish {
  content: HsdsServiceContent;
  organization: HsdsOrganization;
  dataset: string;
}

/** A service with its locations, but for its organization, which many services share. */
export interface FoundService {
  id: string;
  version: number;
  organizationId: string;
  modifiedAt: Date;
  content: HsdsServiceContent;
}

/** A change of the directory: `content` and all else of a service that is there, or that it is gone. */
export type ServiceChange = FoundService & { withdrawn: boolean };

/** So many services share one look-up of their locations while a list is streamed. */
const STREAMED_TOGETHER = 100;

@Injectable()
export class ServicesRepository {
  private readonly model: Model<ServiceDocument>;
  private readonly store: AggregateStore<ServiceState>;

  constructor(
    @Inject(Database) database: Database,
    @Inject(OutboxRegistry) outboxes: OutboxRegistry,
    @Inject(DirectoryRecords) private readonly records: DirectoryRecords,
  ) {
    const schema = aggregateSchema<ServiceState>([
      { key: { 'state.dataset': 1 } },
      { key: { 'state.organizationId': 1 } },
      { key: { 'state.taxonomyTermIds': 1 } },
      { key: { 'state.taxonomyIds': 1 } },
      { key: { 'state.locationIds': 1 } },
      { key: { 'state.modifiedAt': 1 } },
    ]);
    schema.index({ 'state.pending': 1 }, { sparse: true });
    this.model = database.model<ServiceDocument>('Service', schema, 'services');
    this.store = new AggregateStore(this.model, outboxes);
  }

  async find(id: string): Promise<FoundService | undefined> {
    const doc = await this.model.collection.findOne({ _id: id as never, 'state.withdrawn': false });
    return doc ? (await this.joined([doc]))[0] : undefined;
  }

  async count(query: ServiceQuery): Promise<number> {
    return this.model.collection.countDocuments(filterOf(query));
  }

  /** The services of one page in the order of their ids, which never changes. */
  async page(query: ServiceQuery): Promise<FoundService[]> {
    const docs = this.cursor(filterOf(query))
      .skip((query.page - 1) * query.perPage)
      .limit(query.perPage);
    return this.joined(await docs.toArray());
  }

  /** Every service that the query selects, in the same order, some at a time from the database. */
  async *all(query: ServiceQuery): AsyncGenerator<FoundService> {
    yield* this.stream(filterOf(query));
  }

  /** Every service that has changed or was withdrawn at or after that time, in the order of their ids. */
  async *changedSince(time: Date): AsyncGenerator<ServiceChange> {
    yield* this.stream({ 'state.modifiedAt': { $gte: time } });
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
    for await (const doc of this.model.collection.find(filter, { projection: { _id: 1 } })) yield String(doc._id);
  }

  /** Puts a service into the directory, or its changed record, and announces it. Does nothing when nothing changed. */
  async publish(service: ServiceToPublish, importId: string): Promise<void> {
    const { content, organization, dataset } = service;
    const now = new Date();
    const hash = serviceHash(content, organization);
    const state: ServiceState = {
      dataset,
      hash,
      modifiedAt: now,
      withdrawn: false,
      pending: true,
      ...factsOf(content, organization),
      content: withoutLocations(content),
    };
    const change = { state, events: [occurred(ServicePublished, announcementOf(content, organization, now))] };
    if (await this.created(content.id, change, { key: `import:${importId}:${hash}`, hash })) return;
    await this.store.change(content.id, ({ state: current }) =>
      isCurrent(current, hash) ? { state: current } : change,
    );
  }

  /** Takes a service out of the directory and announces that. */
  async withdraw(id: string): Promise<void> {
    const now = new Date();
    const events = [occurred(ServiceWithdrawn, { serviceId: id, withdrawnAt: now.toISOString() })];
    await this.store.change(id, ({ state }) =>
      state.withdrawn ? { state } : { state: { ...state, withdrawn: true, pending: true, modifiedAt: now }, events },
    );
  }

  /** False where there is one already. */
  private async created(id: string, change: Change<ServiceState>, command: CommandKey): Promise<boolean> {
    try {
      return !(await this.store.create(id, change, command)).repeated;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'already-exists') return false;
      throw error;
    }
  }

  private async *stream(filter: Filter<Document>): AsyncGenerator<ServiceChange> {
    let batch: unknown[] = [];
    for await (const doc of this.cursor(filter)) {
      batch.push(doc);
      if (batch.length < STREAMED_TOGETHER) continue;
      yield* await this.joined(batch);
      batch = [];
    }
    yield* await this.joined(batch);
  }

  private cursor(filter: Filter<Document>) {
    const fields = ['content', 'organizationId', 'modifiedAt', 'withdrawn'].map((field) => [`state.${field}`, 1]);
    return this.model.collection.find(filter, {
      projection: { version: 1, ...Object.fromEntries(fields) },
      sort: { _id: 1 },
    });
  }

  private async joined(docs: readonly unknown[]): Promise<ServiceChange[]> {
    const services = docs as ServiceDocument[];
    const locations = await this.records.locationsByIds(services.flatMap(({ state }) => locationIdsOf(state.content)));
    return services.map(({ _id: id, version, state: { content, organizationId, modifiedAt, withdrawn } }) => ({
      id,
      version,
      organizationId,
      modifiedAt,
      withdrawn,
      content: withLocations(content, locations),
    }));
  }
}

const isCurrent = (state: ServiceState, hash: string): boolean => state.hash === hash && !state.withdrawn;

function filterOf({
  words,
  organizationId,
  taxonomyTermId,
  taxonomyId,
  modifiedAfter,
}: ServiceQuery): Filter<Document> {
  return {
    'state.withdrawn': false,
    ...(organizationId ? { 'state.organizationId': organizationId } : {}),
    ...(taxonomyTermId ? { 'state.taxonomyTermIds': taxonomyTermId } : {}),
    ...(taxonomyId ? { 'state.taxonomyIds': taxonomyId } : {}),
    ...(modifiedAfter ? { 'state.modifiedAt': { $gte: modifiedAfter } } : {}),
    // a word holds letters and digits alone, so that none of them means anything to a regular expression
    ...(words ? { $and: words.map((word) => ({ 'state.words': { $regex: `^${word}` } })) } : {}),
  };
}
