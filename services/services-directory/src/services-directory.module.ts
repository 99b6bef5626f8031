import { Module, type DynamicModule } from '@nestjs/common';
import { Preparations, type CommonConfig, type ServiceDefinition } from '@throughline/shared/http';
import { MessagingModule } from '@throughline/shared/messaging';
import { PersistenceModule } from '@throughline/shared/persistence';
import type { z } from 'zod';
import { CapacitiesController } from './capacities/capacities.controller.js';
import { CapacitiesService } from './capacities/capacities.service.js';
import { directoryConfig, DirectoryConfig } from './config.js';
import { DraftCheck } from './editing/draft-check.js';
import { DraftPublisher } from './editing/draft-publisher.js';
import { DraftsController } from './editing/drafts.controller.js';
import { DraftsRepository } from './editing/drafts.repository.js';
import { DraftsService } from './editing/drafts.service.js';
import { EditedRecordsController } from './editing/edited-records.controller.js';
import { PublishedRecords } from './editing/published-records.js';
import { RecordReferences } from './editing/record-references.js';
import { ExportRecords } from './exports/export-records.js';
import { ExportsController } from './exports/exports.controller.js';
import { ExportsService } from './exports/exports.service.js';
import { Histories } from './history/histories.js';
import { HistoryController } from './history/history.controller.js';
import { HsdsController } from './hsds/hsds.controller.js';
import { HsdsQueries } from './hsds/hsds.queries.js';
import { SelectedIds } from './hsds/selected-ids.js';
import { ServiceListingsRepository } from './services/service-listings.repository.js';
import { ListSources } from './hsds/list-sources.js';
import { ImportCarrier } from './imports/import-carrier.js';
import { ImportRun } from './imports/import-run.js';
import { ImportsController } from './imports/imports.controller.js';
import { ImportsRepository } from './imports/imports.repository.js';
import { ImportsService } from './imports/imports.service.js';
import { UploadStore } from './imports/upload-store.js';
import { UploadWorker } from './imports/upload-worker.js';
import { CarriedTerms } from './changes/carried-terms.js';
import { ChangesController } from './changes/changes.controller.js';
import { ChangesQueries } from './changes/changes.queries.js';
import { ChangesRepository } from './changes/changes.repository.js';
import { Consequences } from './changes/consequences.js';
import { DirectoryRecords } from './records/directory-records.js';
import { OlderHistoryRepository } from './records/older-history.repository.js';
import { DirectoryIndex } from './search/index/directory-index.js';
import { SearchController } from './search/search.controller.js';
import { SearchFeed } from './search/search.feed.js';
import { SearchService } from './search/search.service.js';
import { SearchSnapshots } from './search/search-snapshots.repository.js';
import { ServiceAtLocationsRepository } from './services/service-at-locations.repository.js';
import { SharedTaxonomiesSeed } from './taxonomies/shared-taxonomies.seed.js';
import { ServicesRepository } from './services/services.repository.js';

type Config = z.output<typeof directoryConfig>;
const NAME = 'services-directory';

@Module({})
export class ServicesDirectoryModule {
  static with(config: Config & CommonConfig): DynamicModule {
    return {
      module: ServicesDirectoryModule,
      imports: [
        PersistenceModule.forRoot({ uri: config.MONGODB_URL, service: NAME }),
        MessagingModule.forRoot(NAME, config),
      ],
      controllers: [
        CapacitiesController,
        HistoryController,
        HsdsController,
        ImportsController,
        ExportsController,
        SearchController,
        ChangesController,
        DraftsController,
        EditedRecordsController,
      ],
      providers: [
        { provide: DirectoryConfig, useFactory: () => new DirectoryConfig(config) },
        CarriedTerms,
        CapacitiesService,
        ChangesQueries,
        ChangesRepository,
        Consequences,
        DraftCheck,
        DraftPublisher,
        DraftsRepository,
        DraftsService,
        DirectoryIndex,
        DirectoryRecords,
        Histories,
        HsdsQueries,
        ListSources,
        SelectedIds,
        ServiceListingsRepository,
        OlderHistoryRepository,
        Preparations,
        PublishedRecords,
        RecordReferences,
        SearchFeed,
        SearchService,
        SearchSnapshots,
        ServiceAtLocationsRepository,
        ExportRecords,
        ExportsService,
        ImportCarrier,
        ImportRun,
        ImportsRepository,
        ImportsService,
        SharedTaxonomiesSeed,
        UploadStore,
        UploadWorker,
        ServicesRepository,
      ],
    };
  }
}

export const servicesDirectory: ServiceDefinition<Config> = {
  name: NAME,
  description:
    'The community services that a programme can link its clients with: imported from HSDS data, served as HSDS 3.2.3 ' +
    'under /hsds to everybody, and announced to the other services by event.',
  config: directoryConfig,
  module: (config) => ServicesDirectoryModule.with(config),
};
