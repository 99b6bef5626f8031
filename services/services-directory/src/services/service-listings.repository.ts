import { Inject, Injectable } from '@nestjs/common';
import type { Document, Filter } from 'mongodb';
import { Schema, type Model } from 'mongoose';
import { Database } from '@throughline/shared/persistence';
import type { RecordFilter } from '../domain/list-query.js';
import type { TermsOfRecord } from '../domain/record-facts.js';
import { filterOf } from '../records/record-filter.js';
import { READ_AT_ONCE } from '../records/in-batches.js';
import { statesOf, type RecordLife } from '../records/record-life.js';
import { writeNewer } from './derived-documents.js';

/** What lists select a service by. */
export interface ServiceListing extends TermsOfRecord, RecordLife {
  organizationId: string;
  words: string;
}

interface ListingDocument {
  _id: string;
  /** Of the service that this was derived from: an older one never replaces a newer one. */
  serviceVersion: number;
  state: ServiceListing;
}

/**
 * A read model: of each service what lists select it by and nothing else, since a service is large and a list reads all
 * of them. Written by `Consequences`.
 */
@Injectable()
export class ServiceListingsRepository {
  private readonly model: Model<ListingDocument>;

  constructor(@Inject(Database) database: Database) {
    const mixed = { type: Schema.Types.Mixed };
    const schema = new Schema<ListingDocument>({ _id: String, serviceVersion: Number, state: mixed } as never, {
      versionKey: false,
      minimize: false,
    });
    for (const field of ['organizationId', 'taxonomyTermIds', 'taxonomyIds', 'modifiedAt'])
      schema.index({ [`state.${field}`]: 1 });
    this.model = database.model<ListingDocument>('ServiceListing', schema, 'service_listings');
  }

  /** The ids of the services that the filter selects, in no order. */
  async ids(filter: RecordFilter): Promise<string[]> {
    const docs = this.model.collection.find(listingFilter(filter), { projection: { _id: 1 }, batchSize: READ_AT_ONCE });
    return (await docs.toArray()).map((doc) => String(doc._id));
  }

  /** The organizations of the services that the filter selects. */
  async organizationIds(filter: RecordFilter): Promise<string[]> {
    return this.model.collection.distinct('state.organizationId', listingFilter(filter)) as Promise<string[]>;
  }

  /** When the services of these ids last changed and whether they are gone, by id. */
  statesOf(ids: readonly string[]): Promise<Map<string, RecordLife>> {
    return statesOf(this.model.collection, ids);
  }

  /** Writes listings over those of older versions. */
  async put(listings: readonly ({ id: string; version: number } & ServiceListing)[]): Promise<void> {
    await writeNewer(
      this.model.collection,
      listings.map(({ id, version, ...state }) => ({ id, serviceVersion: version, state })),
    );
  }
}

const listingFilter = (filter: RecordFilter): Filter<Document> =>
  filterOf(filter, {
    organizationId: 'state.organizationId',
    taxonomyTermId: 'state.taxonomyTermIds',
    taxonomyId: 'state.taxonomyIds',
    modifiedAfter: 'state.modifiedAt',
    words: 'state.words',
  });
