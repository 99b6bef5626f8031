import type { Model } from 'mongoose';
import type { CloudEvent } from '@throughline/shared/contracts';
import {
  aggregateSchema,
  AggregateStore,
  positionOf,
  type AggregateDocument,
  type Database,
  type OutboxRegistry,
} from '@throughline/shared/persistence';

/** A record of one generation. Generations share a collection, so that its indexes are there before its first record. */
type Stored<Content> = Content & { generation: number };

/** How far a generation has come. */
export interface Size {
  records: number;
  events: number;
}

const BATCH = 1_000;
/** An event reaches the active generation a moment before the other; a counterpart that is behind is looked at again. */
const LOOKS = 3;

/**
 * The records of one kind, one for each source aggregate, fed by its events and by nothing else. Each event is one
 * guarded write, so that it counts once however often it arrives, and only after its predecessor.
 */
export class Projection<Content extends object> {
  private readonly model: Model<AggregateDocument<Stored<Content>>>;
  private readonly store: AggregateStore<Stored<Content>>;

  /**
   * @param name the collection, for example `journeys`
   * @param evolve answers the record after an event; also for a type that it does not know, since the stream goes on
   */
  constructor(
    database: Database,
    outboxes: OutboxRegistry,
    readonly name: string,
    private readonly evolve: (content: Content | undefined, event: CloudEvent) => Content,
  ) {
    const schema = aggregateSchema<Stored<Content>>([{ key: { 'state.generation': 1, _id: 1 } }]);
    this.model = database.model(name, schema, name);
    this.store = new AggregateStore(this.model, outboxes);
  }

  /** Applies an event to one generation. @throws GapInStream where an earlier event has not been applied there yet */
  async apply(event: CloudEvent, generation: number): Promise<void> {
    const position = positionOf(event, { contiguous: true });
    await this.store.receive(idOf(generation, event.subject), position, (current) => ({
      state: { ...this.evolve(current?.state, event), generation },
    }));
  }

  /** All records of a generation. */
  all(generation: number): Promise<Content[]> {
    return this.find({ 'state.generation': generation });
  }

  /** The records of these source aggregates, as far as they are there. */
  some(generation: number, subjects: readonly string[]): Promise<Content[]> {
    return this.find({ _id: { $in: subjects.map((subject) => idOf(generation, subject)) } });
  }

  async size(generation: number): Promise<Size> {
    const [size] = await this.model.collection
      .aggregate([
        { $match: { 'state.generation': generation } },
        // every event that was applied is one version of its record
        { $group: { _id: null, records: { $sum: 1 }, events: { $sum: '$version' } } },
      ])
      .toArray();
    return { records: (size?.['records'] as number) ?? 0, events: (size?.['events'] as number) ?? 0 };
  }

  /** True when each record of `reference` has in `generation` a counterpart that has applied as many events or more. */
  async covers(generation: number, reference: number): Promise<boolean> {
    const cursor = this.model.collection.find({ 'state.generation': reference } as never, {
      projection: { version: 1 },
      batchSize: BATCH,
    });
    let batch = new Map<string, number>();
    for await (const doc of cursor) {
      batch.set(subjectOf(String(doc._id)), doc['version'] as number);
      if (batch.size < BATCH) continue;
      if (!(await this.coversAll(generation, batch))) return false;
      batch = new Map();
    }
    return this.coversAll(generation, batch);
  }

  /** Forgets all generations before this one. */
  async dropBefore(generation: number): Promise<void> {
    await this.model.collection.deleteMany({ 'state.generation': { $lt: generation } } as never);
  }

  private async find(filter: object): Promise<Content[]> {
    const found = await this.model.collection
      .find(filter as never, { projection: { state: 1 }, batchSize: BATCH })
      .toArray();
    return found.map((doc) => {
      const { generation: _generation, ...content } = (doc as unknown as { state: Stored<Content> }).state;
      return content as unknown as Content;
    });
  }

  private async coversAll(generation: number, versions: Map<string, number>): Promise<boolean> {
    for (let look = 0; look < LOOKS && versions.size > 0; look += 1) {
      const ids = [...versions.keys()].map((subject) => idOf(generation, subject));
      const found = await this.model.collection
        .find({ _id: { $in: ids } } as never, { projection: { version: 1 } })
        .toArray();
      for (const { _id, version } of found as unknown as { _id: string; version: number }[])
        if (version >= versions.get(subjectOf(_id))!) versions.delete(subjectOf(_id));
    }
    return versions.size === 0;
  }
}

const idOf = (generation: number, subject: string): string => `${generation}:${subject}`;
const subjectOf = (id: string): string => id.slice(id.indexOf(':') + 1);
