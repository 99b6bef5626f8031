import { decodeCursor } from '@throughline/shared/http';
import {
  aggregateSchema,
  AggregateStore,
  type AggregateDocument,
  type Database,
  type OutboxRegistry,
} from '@throughline/shared/persistence';
import { z } from 'zod';
import type { KnownService, ServiceDetails } from '../domain/known-service.js';
import { wordsOf } from '../domain/search-words.js';

type ServiceDocument = AggregateDocument<KnownService>;

const serviceSchema = aggregateSchema<KnownService>([
  { key: { 'state.keys': 1, 'state.sortName': 1, _id: 1 } },
  { key: { 'state.listed': 1, 'state.sortName': 1, _id: 1 } },
]);

const position = z.tuple([z.string().max(400), z.string().min(1).max(128)]);

/** One service in a list, with what the list is ordered by. */
export type FoundService = ServiceDetails & Pick<KnownService, 'sortName' | 'capacities'>;

/** This service's own copy of the directory, so that a need can be linked while the directory is away. */
export class KnownServicesRepository {
  readonly store: AggregateStore<KnownService>;
  private readonly collection;

  constructor(database: Database, outboxes: OutboxRegistry) {
    const model = database.model<ServiceDocument>('KnownService', serviceSchema, 'known_services');
    this.store = new AggregateStore(model, outboxes);
    this.collection = model.collection;
  }

  /**
   * Services that clients can be linked to, by name; those that hold each word of `search`, or a beginning of it, in
   * their name, category, city or provider.
   * @throws Refusal `cursor-malformed`
   */
  async find(search: string | undefined, limit: number, cursor?: string): Promise<FoundService[]> {
    const words = search === undefined ? [] : wordsOf(search);
    if (search !== undefined && words.length === 0) return [];
    const filters = [{ 'state.listed': true }, ...words.map((word) => ({ 'state.keys': word })), ...afterName(cursor)];
    const found = await this.collection
      .find({ $and: filters } as never, {
        projection: { 'state.details': 1, 'state.sortName': 1, 'state.capacities': 1 },
        sort: { 'state.sortName': 1, _id: 1 },
        limit,
      })
      .toArray();
    return (found as unknown as ServiceDocument[]).flatMap(({ state: { details, sortName, capacities } }) =>
      details === undefined ? [] : [{ ...details, sortName, ...(capacities ? { capacities } : {}) }],
    );
  }
}

function afterName(cursor: string | undefined): object[] {
  if (cursor === undefined) return [];
  const [sortName, id] = decodeCursor(cursor, position);
  return [{ $or: [{ 'state.sortName': { $gt: sortName } }, { 'state.sortName': sortName, _id: { $gt: id } }] }];
}
