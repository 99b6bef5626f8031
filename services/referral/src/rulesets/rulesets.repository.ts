import { Injectable, Logger } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import {
  AggregateStore,
  aggregateSchema,
  Database,
  OutboxRegistry,
  type AggregateDocument,
} from '@throughline/shared/persistence';
import type { Model } from 'mongoose';
import { DEFAULT_RULESET } from '../data/presets/default.js';
import type { Ruleset } from '../domain/criteria.js';
import { builtIn, type PublishedVersion, type RulesetState } from '../domain/ruleset.js';
import { Remembered } from '../remembered.js';
import { hashOf } from './ruleset-hash.js';

/** Rulesets with all their versions. Ruleset `default` is there from the start, and stored with its first draft. */
@Injectable()
export class RulesetsRepository {
  readonly store: AggregateStore<RulesetState>;
  private readonly model: Model<AggregateDocument<RulesetState>>;
  private readonly remembered: Remembered<readonly PublishedVersion[]>;
  /** Versions that were found to be what was published. */
  private readonly intact = new WeakSet<PublishedVersion>();
  private readonly logger = new Logger(RulesetsRepository.name);

  constructor(database: Database, outboxes: OutboxRegistry) {
    this.model = database.model('Ruleset', aggregateSchema<RulesetState>(), 'rulesets');
    this.store = new AggregateStore<RulesetState>(this.model, outboxes);
    this.remembered = new Remembered(async (id) => (await this.load(id))?.versions);
  }

  /** As it is in the database. */
  async load(id: string): Promise<RulesetState | undefined> {
    return (await this.store.load(id))?.state ?? (id === DEFAULT_RULESET.id ? builtIn(hashOf) : undefined);
  }

  /** Its published versions, oldest first, for the intake: a version published on another replica is missing 30 seconds at most. */
  async versions(id: string): Promise<readonly PublishedVersion[]> {
    return (await this.remembered.get(id)) ?? [];
  }

  forget(id: string): void {
    this.remembered.forget(id);
  }

  /**
   * The ruleset of a version, shown to be what was published.
   * @throws Refusal `ruleset-damaged` (503) for one that was changed behind the back of this service
   */
  verified(version: PublishedVersion): Ruleset {
    if (!this.intact.has(version)) {
      const { id: rulesetId, version: rulesetVersion } = version.ruleset;
      if (hashOf(version.ruleset) !== version.hash) {
        this.logger.error({ msg: 'ruleset-damaged', rulesetId, rulesetVersion });
        throw new Refusal('unavailable', 'ruleset-damaged', 'A published ruleset is not what was published.', {
          retryAfterSeconds: 60,
        });
      }
      this.intact.add(version);
    }
    return version.ruleset;
  }

  /** Ids of rulesets in their order, from the one after `after` on. */
  async ids(limit: number, after = ''): Promise<string[]> {
    const found = await this.model.collection
      .find({ _id: { $gt: after } } as never, { sort: { _id: 1 }, limit, projection: { _id: 1 } })
      .toArray();
    const ids = found.map(({ _id }) => String(_id));
    const { id } = DEFAULT_RULESET;
    return after >= id || ids.includes(id) ? ids : [...ids, id].sort().slice(0, limit);
  }
}
