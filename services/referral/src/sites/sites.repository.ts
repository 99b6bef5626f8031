import { Inject, Injectable } from '@nestjs/common';
import {
  AggregateStore,
  aggregateSchema,
  Database,
  OutboxRegistry,
  type AggregateDocument,
  type Snapshot,
} from '@throughline/shared/persistence';
import type { Model } from 'mongoose';
import { DEFAULT_SITE, defaultPolicy, type SiteState } from '../domain/site-policy.js';
import { Remembered } from '../remembered.js';

/** Days of a charge hold on site `default` until its policy is changed, from the environment. */
export const HOLD_DAYS = Symbol('charge hold days');

export type SiteRecord = Pick<Snapshot<SiteState>, 'id' | 'version' | 'state'>;

/** Sites with all versions of their policies. Site `default` is there from the start, and stored when it is changed. */
@Injectable()
export class SitesRepository {
  readonly store: AggregateStore<SiteState>;
  private readonly model: Model<AggregateDocument<SiteState>>;
  private readonly remembered: Remembered<SiteState>;

  constructor(
    database: Database,
    outboxes: OutboxRegistry,
    @Inject(HOLD_DAYS) private readonly holdDays: number,
  ) {
    this.model = database.model('Site', aggregateSchema<SiteState>(), 'sites');
    this.store = new AggregateStore<SiteState>(this.model, outboxes);
    this.remembered = new Remembered(async (id) => (await this.load(id))?.state);
  }

  /** As it is in the database. */
  async load(id: string): Promise<SiteRecord | undefined> {
    return (await this.store.load(id)) ?? (id === DEFAULT_SITE ? this.builtIn() : undefined);
  }

  /** For the intake: at most 30 seconds old. */
  site(id: string): Promise<SiteState | undefined> {
    return this.remembered.get(id);
  }

  forget(id: string): void {
    this.remembered.forget(id);
  }

  /** Stores site `default` as it is built in, unless it is stored already. */
  async storeDefault(): Promise<void> {
    const { id, state } = this.builtIn();
    await this.store.create(id, { state }, { key: DEFAULT_SITE, hash: 'built-in' });
  }

  /** Sites by their id, from the one after `after` on. */
  async list(limit: number, after = ''): Promise<SiteRecord[]> {
    const found = await this.model.collection
      .find({ _id: { $gt: after } } as never, { sort: { _id: 1 }, limit, projection: { version: 1, state: 1 } })
      .toArray();
    const sites = (found as unknown as AggregateDocument<SiteState>[]).map(({ _id, version, state }): SiteRecord => ({
      id: _id,
      version,
      state,
    }));
    if (after >= DEFAULT_SITE || sites.some(({ id }) => id === DEFAULT_SITE)) return sites;
    return [...sites, this.builtIn()].sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit);
  }

  private builtIn(): SiteRecord {
    const first = { version: 1, policy: defaultPolicy(this.holdDays), by: 'built-in', at: new Date(0) };
    return { id: DEFAULT_SITE, version: 1, state: { name: 'Default site', policies: [first] } };
  }
}
