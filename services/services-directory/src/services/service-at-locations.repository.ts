import { Inject, Injectable } from '@nestjs/common';
import type { Document, Filter } from 'mongodb';
import { Schema, type Model } from 'mongoose';
import { Database, isDuplicateKey } from '@throughline/shared/persistence';
import type { Coverage } from '../domain/coverage.js';
import type { RecordFilter } from '../domain/list-query.js';
import type { PlaceFacts } from '../domain/place-facts.js';
import { statesOf, type RecordLife } from '../records/record-life.js';
import { filterOf } from '../records/record-filter.js';

/** Where a service at a location stands, and what lists select it by: derived from its service, written by `Consequences`. */
interface PlaceState extends PlaceFacts {
  serviceId: string;
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
    schema.index({ 'state.withdrawn': 1, _id: 1 });
    for (const field of ['serviceId', 'organizationId', 'taxonomyTermIds', 'taxonomyIds', 'modifiedAt', 'postcodes'])
      schema.index({ [`state.${field}`]: 1 });
    this.model = database.model<PlaceDocument>('ServiceAtLocation', schema, 'service_at_locations');
  }

  async find(id: string): Promise<FoundPlace | undefined> {
    const doc = await this.model.collection.findOne({ _id: id as never, 'state.withdrawn': false });
    return doc ? found(doc) : undefined;
  }

  /** When the places of these ids last changed and whether they are gone, by id. */
  statesOf(ids: readonly string[]): Promise<Map<string, RecordLife>> {
    return statesOf(this.model.collection, ids);
  }

  async count(filter: RecordFilter): Promise<number> {
    return this.model.collection.countDocuments(placeFilter(filter));
  }

  /** The places of one page in the order of their ids. */
  async page(filter: RecordFilter, skip: number, limit: number): Promise<FoundPlace[]> {
    return (await this.cursor(placeFilter(filter)).skip(skip).limit(limit).toArray()).map(found);
  }

  /** Every place that the filter selects, in the same order, one after the other from the database. */
  async *all(filter: RecordFilter): AsyncGenerator<FoundPlace> {
    for await (const doc of this.cursor(placeFilter(filter))) yield found(doc);
  }

  /** Those that the filter selects and that may serve a postcode, with what decides it, in the order of their ids. */
  async *candidates(
    filter: RecordFilter,
    postcode: string,
    near: boolean,
  ): AsyncGenerator<FoundPlace & { coverage: Coverage }> {
    const possible = near
      ? { 'state.position': { $exists: true } }
      : { $or: [{ 'state.postcodes': postcode }, { 'state.areas': { $exists: true } }] };
    const projection = { 'state.serviceId': 1, 'state.areas': 1, 'state.postcodes': 1, 'state.position': 1 };
    const docs = this.model.collection.find({ $and: [placeFilter(filter), possible] } as Filter<Document>, {
      projection,
      sort: { _id: 1 },
    });
    for await (const doc of docs) {
      const { areas = [], postcodes, position } = (doc as unknown as PlaceDocument).state;
      yield { ...found(doc), coverage: { areas, postcodes, ...(position ? { position } : {}) } };
    }
  }

  /** Puts the places of services where those of older versions were; answers the ids of those that changed or went. */
  async replace(services: readonly PlacesOfService[]): Promise<string[]> {
    const upserts = services.flatMap(({ serviceId, version, modifiedAt, places }) =>
      places.map(({ id, ...facts }) => ({
        updateOne: {
          filter: { _id: id, serviceVersion: { $lte: version } },
          update: { $set: { serviceVersion: version, state: { ...facts, serviceId, modifiedAt, withdrawn: false } } },
          upsert: true,
        },
      })),
    );
    if (upserts.length > 0) await this.write(upserts);
    const withdrawals = services.map(({ serviceId, version, modifiedAt }) => ({
      updateMany: {
        filter: { 'state.serviceId': serviceId, serviceVersion: { $lt: version }, 'state.withdrawn': false },
        update: { $set: { serviceVersion: version, 'state.withdrawn': true, 'state.modifiedAt': modifiedAt } },
      },
    }));
    await this.write(withdrawals);
    const filter = { 'state.serviceId': { $in: services.map(({ serviceId }) => serviceId) } };
    const docs = this.model.collection.find(filter, { projection: { serviceVersion: 1, 'state.serviceId': 1 } });
    const versions = new Map(services.map(({ serviceId, version }) => [serviceId, version]));
    return ((await docs.toArray()) as unknown as PlaceDocument[])
      .filter(({ serviceVersion, state }) => serviceVersion === versions.get(state.serviceId))
      .map(({ _id }) => _id);
  }

  /** A newer version stands in the way of an older one as a duplicate key: that is how the older one learns of it. */
  private async write(operations: object[]): Promise<void> {
    try {
      await this.model.collection.bulkWrite(operations as never, { ordered: false });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
  }

  private cursor(filter: Filter<Document>) {
    return this.model.collection.find(filter, { projection: { 'state.serviceId': 1 }, sort: { _id: 1 } });
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
