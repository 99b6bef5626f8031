import { Module, type DynamicModule } from '@nestjs/common';
import type { ServiceDefinition } from '@throughline/shared/http';
import { MessagingModule } from '@throughline/shared/messaging';
import { PersistenceModule } from '@throughline/shared/persistence';
import type { z } from 'zod';
import { ReportingConfig, reportingConfig } from './config.js';
import { FunnelController } from './funnel/funnel.controller.js';
import { FunnelPageController } from './funnel/funnel-page.controller.js';
import { FunnelService } from './funnel/funnel.service.js';
import { ProjectionsConsumer } from './projections/projections.consumer.js';
import { Projections } from './projections/projections.js';
import { GenerationsStore } from './rebuilds/generations.store.js';
import { RebuildsController } from './rebuilds/rebuilds.controller.js';
import { RebuildsService } from './rebuilds/rebuilds.service.js';

const SERVICE = 'reporting';

@Module({})
class ReportingModule {}

/** Read models built from events alone, and the reports that are read from them. */
export const ReportingService: ServiceDefinition<z.infer<typeof reportingConfig>> = {
  name: SERVICE,
  description: 'Shows what the programme achieves: from referral to outcome, made of events alone.',
  config: reportingConfig,
  module: (config): DynamicModule => ({
    module: ReportingModule,
    imports: [
      PersistenceModule.forRoot({ uri: config.MONGODB_URL, service: SERVICE }),
      MessagingModule.forRoot(SERVICE, config),
    ],
    controllers: [ProjectionsConsumer, FunnelController, FunnelPageController, RebuildsController],
    providers: [
      { provide: ReportingConfig, useFactory: () => new ReportingConfig(config) },
      Projections,
      GenerationsStore,
      FunnelService,
      RebuildsService,
    ],
  }),
};
