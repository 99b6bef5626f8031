import {
  aggregateSchema,
  AggregateStore,
  type AggregateDocument,
  type Database,
  type OutboxRegistry,
  type StreamPosition,
} from '@throughline/shared/persistence';

/** Which other referrals are of the same person, as the stream of one referral says; of each two, one stream does. */
export interface KnownLinks {
  linked: string[];
}

/** What referral intake has told of who is the same person. */
export class KnownLinksRepository {
  private readonly store: AggregateStore<KnownLinks>;
  private readonly collection;

  constructor(database: Database, outboxes: OutboxRegistry) {
    const schema = aggregateSchema<KnownLinks>([{ key: { 'state.linked': 1 } }]);
    const model = database.model<AggregateDocument<KnownLinks>>('KnownLinks', schema, 'known_links');
    this.store = new AggregateStore(model, outboxes);
    this.collection = model.collection;
  }

  /** Notes a link, or that it was taken back. */
  async note(position: StreamPosition, other: string, holds: boolean): Promise<void> {
    await this.store.receive(position.subject, position, (current) => {
      const others = (current?.state.linked ?? []).filter((one) => one !== other);
      return { state: { linked: holds ? [...others, other] : others } };
    });
  }

  /** Every referral of the person behind one, itself among them. */
  async referralsOf(referralId: string): Promise<Set<string>> {
    const found = new Set([referralId]);
    for (let fresh = [referralId]; fresh.length > 0;) {
      const docs = (await this.collection
        .find({ $or: [{ _id: { $in: fresh } }, { 'state.linked': { $in: fresh } }] } as never, {
          projection: { 'state.linked': 1 },
        })
        .toArray()) as unknown as AggregateDocument<KnownLinks>[];
      const met = docs.flatMap(({ _id, state: { linked } }) =>
        linked.filter((other) => found.has(_id) || found.has(other)).flatMap((other) => [_id, other]),
      );
      fresh = [...new Set(met)].filter((id) => !found.has(id));
      for (const id of fresh) found.add(id);
    }
    return found;
  }
}
