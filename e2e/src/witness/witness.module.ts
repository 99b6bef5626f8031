import { Controller, Inject, Module, type DynamicModule } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { sequenceOf, type CloudEvent } from '@throughline/shared/contracts';
import type { CommonConfig, ServiceDefinition } from '@throughline/shared/http';
import { MessagingModule, Subscribe } from '@throughline/shared/messaging';
import {
  AggregateStore,
  aggregateSchema,
  Database,
  OutboxRegistry,
  PersistenceModule,
} from '@throughline/shared/persistence';
import { z } from 'zod';

/** What one aggregate's events came to: each sequence once for each time that its effect was written. */
export interface Witnessed {
  seen: number[];
}

export const WITNESS_QUEUE = 'witness.referrals';

/** A subscriber like any other, which remembers each effect, so that lost, doubled and misplaced ones can be counted. */
@Controller()
class WitnessConsumer {
  private readonly store: AggregateStore<Witnessed>;

  constructor(@Inject(Database) database: Database, @Inject(OutboxRegistry) outboxes: OutboxRegistry) {
    this.store = new AggregateStore(database.model('Witnessed', aggregateSchema<Witnessed>(), 'witnessed'), outboxes);
  }

  @Subscribe(WITNESS_QUEUE, 'referral.#')
  async referral(@Payload() event: CloudEvent): Promise<void> {
    await this.remember(event);
  }

  @Subscribe(WITNESS_QUEUE, 'agency.#')
  async agency(@Payload() event: CloudEvent): Promise<void> {
    await this.remember(event);
  }

  @Subscribe(WITNESS_QUEUE, 'officer.#')
  async officer(@Payload() event: CloudEvent): Promise<void> {
    await this.remember(event);
  }

  private async remember(event: CloudEvent): Promise<void> {
    const seq = sequenceOf(event);
    await this.store.receive(event.subject, { subject: event.subject, seq, contiguous: true }, (current) => ({
      state: { seen: [...(current?.state.seen ?? []), seq] },
    }));
  }
}

@Module({})
class WitnessModule {
  static with(config: CommonConfig): DynamicModule {
    return {
      module: WitnessModule,
      imports: [
        PersistenceModule.forRoot({ uri: config.MONGODB_URL, service: 'witness' }),
        MessagingModule.forRoot('witness', config),
      ],
      controllers: [WitnessConsumer],
    };
  }
}

export const witness: ServiceDefinition = {
  name: 'witness',
  description: 'Counts the effects of events in crash tests.',
  config: z.object({}),
  module: (config) => WitnessModule.with(config),
};
