import { Module, type DynamicModule } from '@nestjs/common';
import type { CommonConfig, ServiceDefinition } from '@throughline/shared/http';
import { MessagingModule } from '@throughline/shared/messaging';
import { Database, OutboxRegistry, PersistenceModule, StreamCursor } from '@throughline/shared/persistence';
import { PersonalDataModule, PersonKeys } from '@throughline/shared/personal-data';
import { CaseKeys } from './cases/case-keys.js';
import { CaseEndController } from './cases/case-end.controller.js';
import { CaseEndService } from './cases/case-end.service.js';
import { CasesController } from './cases/cases.controller.js';
import { CasesRepository } from './cases/cases.repository.js';
import { CasesService } from './cases/cases.service.js';
import { REFERRALS_QUEUE, ReferralsConsumer, SealingKey } from './cases/referrals.consumer.js';
import { config, type Config } from './config.js';
import { ConsentExpiry } from './consents/consent-expiry.js';
import { ConsentsController } from './consents/consents.controller.js';
import { ConsentsRepository } from './consents/consents.repository.js';
import { ConsentsService } from './consents/consents.service.js';
import { KnownServicesConsumer } from './directory/known-services.consumer.js';
import { KnownServicesController } from './directory/known-services.controller.js';
import { KnownServicesRepository } from './directory/known-services.repository.js';
import { LinkagesController } from './linkages/linkages.controller.js';
import { LinkagesRepository } from './linkages/linkages.repository.js';
import { LinkagesService } from './linkages/linkages.service.js';
import { CaseMerges } from './people/case-merges.js';
import { KnownLinksRepository } from './people/known-links.repository.js';

const service = 'case-management';

@Module({})
class CaseManagementModule {
  static with(values: Config & CommonConfig): DynamicModule {
    return {
      module: CaseManagementModule,
      imports: [
        PersistenceModule.forRoot({ uri: values.MONGODB_URL, service }),
        MessagingModule.forRoot(service, values),
        PersonalDataModule.forRoot(values.FIELD_ENCRYPTION_KEY),
      ],
      controllers: [
        CasesController,
        CaseEndController,
        LinkagesController,
        ConsentsController,
        KnownServicesController,
        ReferralsConsumer,
        KnownServicesConsumer,
      ],
      providers: [
        { provide: CaseKeys, useFactory: (keys: PersonKeys) => new CaseKeys(keys), inject: [PersonKeys] },
        { provide: SealingKey, useFactory: () => new SealingKey(values.SEALING_PRIVATE_KEY) },
        {
          provide: StreamCursor,
          useFactory: (database: Database) => new StreamCursor(database, REFERRALS_QUEUE),
          inject: [Database],
        },
        ...[CasesRepository, LinkagesRepository, ConsentsRepository, KnownServicesRepository, KnownLinksRepository].map(
          (repository) => ({
            provide: repository,
            useFactory: (database: Database, outboxes: OutboxRegistry) => new repository(database, outboxes),
            inject: [Database, OutboxRegistry],
          }),
        ),
        {
          provide: CasesService,
          useFactory: (cases: CasesRepository, keys: CaseKeys) => new CasesService(cases, keys),
          inject: [CasesRepository, CaseKeys],
        },
        {
          provide: CaseEndService,
          useFactory: (cases: CasesRepository, merges: CaseMerges) => new CaseEndService(cases, merges),
          inject: [CasesRepository, CaseMerges],
        },
        {
          provide: CaseMerges,
          useFactory: (cases: CasesRepository, links: KnownLinksRepository) => new CaseMerges(cases, links),
          inject: [CasesRepository, KnownLinksRepository],
        },
        {
          provide: LinkagesService,
          useFactory: (linkages: LinkagesRepository, cases: CasesRepository, services: KnownServicesRepository) =>
            new LinkagesService(linkages, cases, services),
          inject: [LinkagesRepository, CasesRepository, KnownServicesRepository],
        },
        {
          provide: ConsentsService,
          useFactory: (consents: ConsentsRepository, cases: CasesRepository, keys: CaseKeys) =>
            new ConsentsService(consents, cases, keys),
          inject: [ConsentsRepository, CasesRepository, CaseKeys],
        },
        {
          provide: ConsentExpiry,
          useFactory: (consents: ConsentsRepository) => new ConsentExpiry(consents),
          inject: [ConsentsRepository],
        },
      ],
    };
  }
}

export const CaseManagementService: ServiceDefinition<Config> = {
  name: service,
  description:
    'Clients and their cases, from an accepted referral on: assignment, contacts, intake, needs, and the services that needs are linked to.',
  config,
  module: (values) => CaseManagementModule.with(values),
};
