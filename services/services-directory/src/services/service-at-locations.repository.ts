import { Inject, Injectable } from '@nestjs/common';
import type { Document, Filter } from 'mongodb';
import { Schema, type Model } from 'mongoose';
import { Database } from '@throughline/shared/persistence';
import type { Coverage } from '../domain/coverage.js';
import type { Belt } from '../domain/geography.js';
import type { RecordFilter } from '../domain/list-query.js';
import type { PlaceFacts } from '../domain/place-facts.js';
import { READ_AT_ONCE } from '../records/in-batches.js';
import { statesOf, type RecordLife } from '../records/record-life.js';
import { filterOf } from '../records/record-filter.js';
import { writeNewer } from './derived-documents.js';

/** Where a service at a location stands, and what lists select it by: derived from its service, written by `Consequences`. */
interface PlaceState extends PlaceFacts {
  serviceId: string;
  hasAreas: boolean;
  modifiedAt: Date;
  withdrawn: boolean;
}

interface PlaceDocument {
  _id: string;
  /** Of the service that this was derived from: an older one never replaces a newer one. */
  serviceVersion: number;
  state: PlaceState;
}

/** One service at one location: the record itself stands in the service. */
export interface FoundPlace {
  id: string;
  serviceId: string;
}

/** The places of one service at one of its versions. */
export interface PlacesOfService {
  serviceId: string;
  version: number;
  modifiedAt: Date;
  places: readonly ({ id: string } & PlaceFacts)[];
}

/** A read model: the places of all services, each a document, so that they can be listed and counted by themselves. */
@Injectable()
export class ServiceAtLocationsRepository {
  private readonly model: Model<PlaceDocument>;

  constructor(@Inject(Database) database: Database) {
    const mixed = { type: Schema.Types.Mixed };
    const schema = new Schema<PlaceDocument>({ _id: String, serviceVersion: Number, state: mixed } as never, {
      versionKey: false,
      minimize: false,
    });
    for (const field of [
      'serviceId',
      'organizationId',
      'taxonomyTermIds',
      'taxonomyIds',
      'modifiedAt',
      'postcodes',
      'hasAreas',
      'position.latitude',
    ])
      schema.index({ [`state.${field}`]: 1 });
    this.model = database.model<PlaceDocument>('ServiceAtLocation', schema, 'service_at_locations');
  }

  async find(id: string): Promise<FoundPlace | undefined> {
    const doc = await this.model.collection.findOne({ _id: id as never, 'state.withdrawn': false });
    return doc ? found(doc) : undefined;
  }

  /** The service of a place, also of one that is gone. */
  async serviceOf(id: string): Promise<string | undefined> {
    const doc = await this.model.collection.findOne({ _id: id as never });
    return doc ? found(doc).serviceId : undefined;
  }

  /** When the places of these ids last changed and whether they are gone, by id. */
  statesOf(ids: readonly string[]): Promise<Map<string, RecordLife>> {
    return statesOf(this.model.collection, ids);
  }

  /** The ids of the places that the filter selects, in no order. */
  async ids(filter: RecordFilter): Promise<string[]> {
    const docs = this.model.collection.find(placeFilter(filter), { projection: { _id: 1 }, batchSize: READ_AT_ONCE });
    return (await docs.toArray()).map((doc) => String(doc._id));
  }

  /** The places of these ids that are there, in the order of the ids. */
  async byIds(ids: readonly string[]): Promise<FoundPlace[]> {
    const filter = { _id: { $in: ids as never[] }, 'state.withdrawn': false };
    const docs = this.model.collection.find(filter, { projection: { 'state.serviceId': 1 }, sort: { _id: 1 } });
    return (await docs.toArray()).map(found);
  }

  /**
   * Those that the filter selects and that may serve a postcode, with what decides it, in no order.
   * @param belt where they must be; undefined where it does not matter
   */
  async *candidates(
    filter: RecordFilter,
    postcode: string,
    belt?: Belt,
  ): AsyncGenerator<{ id: string; coverage: Coverage }> {
    const { south, north } = belt ?? {};
    // one index after the other: a query that may use either of them uses none
    const possible = belt
      ? [{ 'state.position.latitude': { $gte: south, $lte: north } }]
      : [{ 'state.postcodes': postcode }, { 'state.hasAreas': true }];
    const projection = { 'state.areas': 1, 'state.postcodes': 1, 'state.position': 1 };
    const seen = new Set<string>();
    for (const one of possible) {
      const docs = this.model.collection.find({ ...placeFilter(filter), ...one } as Filter<Document>, { projection });
      for await (const doc of docs) {
        const { _id: id, state } = doc as unknown as PlaceDocument;
        if (seen.has(id)) continue;
        seen.add(id);
        const { areas = [], postcodes, position } = state;
        yield { id, coverage: { areas, postcodes, ...(position ? { position } : {}) } };
      }
    }
  }

  /** Puts the places of services where those of older versions were; answers the ids of those that changed or went. */
  async replace(services: readonly PlacesOfService[]): Promise<string[]> {
    const documents = services.flatMap(({ serviceId, version, modifiedAt, places }) =>
      places.map(({ id, ...facts }) => ({
        id,
        serviceVersion: version,
        state: { ...facts, hasAreas: facts.areas !== undefined, serviceId, modifiedAt, withdrawn: false },
      })),
    );
    await writeNewer(this.model.collection, documents);
    // in its first version a service has not had other places
    const changed = services.filter(({ version }) => version > 1);
    const first = documents.filter(({ serviceVersion }) => serviceVersion === 1).map(({ id }) => id);
    if (changed.length === 0) return first;
    const withdrawals = changed.map(({ serviceId, version, modifiedAt }) => ({
      updateMany: {
        filter: { 'state.serviceId': serviceId, serviceVersion: { $lt: version }, 'state.withdrawn': false },
        update: { $set: { serviceVersion: version, 'state.withdrawn': true, 'state.modifiedAt': modifiedAt } },
      },
    }));
    await this.model.collection.bulkWrite(withdrawals as never, { ordered: false });
    const filter = { 'state.serviceId': { $in: changed.map(({ serviceId }) => serviceId) } };
    const docs = this.model.collection.find(filter, { projection: { serviceVersion: 1, 'state.serviceId': 1 } });
    const versions = new Map(changed.map(({ serviceId, version }) => [serviceId, version]));
    const current = ((await docs.toArray()) as unknown as PlaceDocument[]).filter(
      ({ serviceVersion, state }) => serviceVersion === versions.get(state.serviceId),
    );
    return [...first, ...current.map(({ _id }) => _id)];
  }
}

const found = (doc: unknown): FoundPlace => {
  const { _id: id, state } = doc as PlaceDocument;
  return { id, serviceId: state.serviceId };
};

const placeFilter = (filter: RecordFilter): Filter<Document> =>
  filterOf(filter, {
    organizationId: 'state.organizationId',
    taxonomyTermId: 'state.taxonomyTermIds',
    taxonomyId: 'state.taxonomyIds',
    modifiedAfter: 'state.modifiedAt',
    words: 'state.words',
  });
