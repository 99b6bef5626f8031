import { Module, type DynamicModule } from '@nestjs/common';
import type { CommonConfig, ServiceDefinition } from '@throughline/shared/http';
import { MessagingModule } from '@throughline/shared/messaging';
import { PersistenceModule } from '@throughline/shared/persistence';
import { PersonalDataModule, PersonKeys } from '@throughline/shared/personal-data';
import { AgenciesController } from './agencies/agencies.controller.js';
import { AgenciesRepository } from './agencies/agencies.repository.js';
import { AgenciesService } from './agencies/agencies.service.js';
import { DeparturesController } from './agencies/departures.controller.js';
import { DeparturesService } from './agencies/departures.service.js';
import { PendingTransfers } from './agencies/pending-transfers.js';
import { RosterController } from './agencies/roster.controller.js';
import { RosterService } from './agencies/roster.service.js';
import { CapacityController } from './capacity/capacity.controller.js';
import { CapacityRepository } from './capacity/capacity.repository.js';
import { CapacityService } from './capacity/capacity.service.js';
import { referralConfig, type ReferralConfig } from './config.js';
import { CriteriaController } from './criteria/criteria.controller.js';
import { ConsentsConsumer } from './feedback/consents.consumer.js';
import { EnteredReferralsRepository } from './feedback/entered-referrals.repository.js';
import { FeedbackController } from './feedback/feedback.controller.js';
import { FeedbackService } from './feedback/feedback.service.js';
import { KnownCasesRepository } from './feedback/known-cases.repository.js';
import { BlindIndex } from './matching/blind-index.js';
import { BlindKeysController } from './matching/blind-keys.controller.js';
import { BlindKeysRotation } from './matching/blind-keys-rotation.js';
import { CandidateFinder } from './matching/candidates.service.js';
import { CandidatesUpkeep } from './matching/candidates-upkeep.js';
import { MatchingController } from './matching/matching.controller.js';
import { PersonLinksRepository } from './matching/person-links.repository.js';
import { PersonLinks } from './matching/person-links.service.js';
import { ChargeHolds } from './referrals/charge-holds.js';
import { HoldController } from './referrals/hold.controller.js';
import { HoldService } from './referrals/hold.service.js';
import { ErasureController } from './referrals/erasure.controller.js';
import { ErasureService } from './referrals/erasure.service.js';
import { AgeReviewController } from './referrals/age-review.controller.js';
import { AgeReviewService } from './referrals/age-review.service.js';
import { ChargePathController } from './referrals/charge-path.controller.js';
import { Corrections } from './referrals/corrections.js';
import { ReferralCourseService } from './referrals/referral-course.service.js';
import { ReferralIdentities } from './referrals/referral-identities.js';
import { ReferralsConsumer } from './referrals/referrals.consumer.js';
import { ReferralsController } from './referrals/referrals.controller.js';
import { ReferralsRepository } from './referrals/referrals.repository.js';
import { ReferralsService } from './referrals/referrals.service.js';
import { SideExitsController } from './referrals/side-exits.controller.js';
import { SourceGuard } from './referrals/source.guard.js';
import { WithdrawalController } from './referrals/withdrawal.controller.js';
import { WorklistController } from './referrals/worklist.controller.js';
import { WorklistRepository } from './referrals/worklist.repository.js';
import { DraftsController } from './rulesets/drafts.controller.js';
import { RulesetsController } from './rulesets/rulesets.controller.js';
import { RulesetsRepository } from './rulesets/rulesets.repository.js';
import { RulesetsService } from './rulesets/rulesets.service.js';
import { WhatIfController } from './rulesets/what-if.controller.js';
import { WhatIfService } from './rulesets/what-if.service.js';
import { SitesController } from './sites/sites.controller.js';
import { HOLD_DAYS, SitesRepository } from './sites/sites.repository.js';
import { SitesService } from './sites/sites.service.js';

const NAME = 'referral';

@Module({})
class ReferralModule {
  static forRoot(config: ReferralConfig & CommonConfig): DynamicModule {
    return {
      module: ReferralModule,
      imports: [
        PersistenceModule.forRoot({ uri: config.MONGODB_URL, service: NAME }),
        MessagingModule.forRoot(NAME, config),
        PersonalDataModule.forRoot(config.FIELD_ENCRYPTION_KEY),
      ],
      controllers: [
        AgenciesController,
        RosterController,
        DeparturesController,
        CriteriaController,
        DraftsController,
        MatchingController,
        BlindKeysController,
        ReferralsController,
        FeedbackController,
        ErasureController,
        HoldController,
        WorklistController,
        WithdrawalController,
        SideExitsController,
        ChargePathController,
        AgeReviewController,
        ReferralsConsumer,
        ConsentsConsumer,
        RulesetsController,
        SitesController,
        CapacityController,
        WhatIfController,
      ],
      providers: [
        AgenciesRepository,
        AgenciesService,
        RosterService,
        DeparturesService,
        PendingTransfers,
        RulesetsRepository,
        RulesetsService,
        WhatIfService,
        SitesRepository,
        SitesService,
        CapacityRepository,
        CapacityService,
        KnownCasesRepository,
        FeedbackService,
        EnteredReferralsRepository,
        ReferralsRepository,
        ReferralsService,
        ErasureService,
        WorklistRepository,
        ReferralCourseService,
        AgeReviewService,
        Corrections,
        ChargeHolds,
        HoldService,
        SourceGuard,
        PersonLinksRepository,
        PersonLinks,
        CandidateFinder,
        CandidatesUpkeep,
        BlindKeysRotation,
        { provide: BlindIndex, useFactory: () => new BlindIndex(config.BLIND_INDEX_KEY) },
        { provide: HOLD_DAYS, useFactory: () => config.CHARGE_HOLD_DAYS },
        {
          provide: ReferralIdentities,
          useFactory: (keys: PersonKeys) => new ReferralIdentities(keys, config.CASE_MANAGEMENT_PUBLIC_KEY),
          inject: [PersonKeys],
        },
      ],
    };
  }
}

export const referralService: ServiceDefinition<ReferralConfig> = {
  name: NAME,
  description:
    'Intake of a LEAD programme: officers refer people, published criteria are applied, the prosecutor decides, and ' +
    'held charges are watched. Nobody else can refer, and officers see what they entered and no more.',
  config: referralConfig,
  module: (config) => ReferralModule.forRoot(config),
};
