import type {
  ChargeHoldDueSoon,
  ChargeHoldExtended,
  ChargeHoldLapsed,
  ChargeHoldResolved,
  AcceptanceRescinded,
  ApprovalRecorded,
  ChargeRecorded,
  DataOf,
  DuplicateFound,
  OutreachEnded,
  PersonDeclined,
  PersonErased,
  QuarantineEnded,
  ReferralAccepted,
  ReferralClosed,
  ReferralCorrected,
  ReferralDeclined,
  ReferralEnrolled,
  ReferralEvaluated,
  ReferralExpired,
  ReferralHandedOff,
  ReferralLinked,
  ReferralMovedToCase,
  ReferralQuarantined,
  ReferralReopened,
  ReferralSubmitted,
  ReferralUnlinked,
  ReferralWithdrawn,
} from '@throughline/shared/contracts';

/** What happened, by the name of its contract. */
export type ReferralEvent =
  | { name: 'referral.submitted'; data: DataOf<typeof ReferralSubmitted> }
  | { name: 'referral.evaluated'; data: DataOf<typeof ReferralEvaluated> }
  | { name: 'referral.accepted'; data: DataOf<typeof ReferralAccepted> }
  | { name: 'referral.declined'; data: DataOf<typeof ReferralDeclined> }
  | { name: 'referral.handed-off'; data: DataOf<typeof ReferralHandedOff> }
  | { name: 'referral.linked'; data: DataOf<typeof ReferralLinked> }
  | { name: 'referral.unlinked'; data: DataOf<typeof ReferralUnlinked> }
  | { name: 'referral.enrolled'; data: DataOf<typeof ReferralEnrolled> }
  | { name: 'referral.hold-lapsed'; data: DataOf<typeof ChargeHoldLapsed> }
  | { name: 'referral.hold-due-soon'; data: DataOf<typeof ChargeHoldDueSoon> }
  | { name: 'referral.hold-extended'; data: DataOf<typeof ChargeHoldExtended> }
  | { name: 'referral.hold-resolved'; data: DataOf<typeof ChargeHoldResolved> }
  | { name: 'referral.person-erased'; data: DataOf<typeof PersonErased> }
  | { name: 'referral.withdrawn'; data: DataOf<typeof ReferralWithdrawn> }
  | { name: 'referral.declined-by-person'; data: DataOf<typeof PersonDeclined> }
  | { name: 'referral.outreach-ended'; data: DataOf<typeof OutreachEnded> }
  | { name: 'referral.expired'; data: DataOf<typeof ReferralExpired> }
  | { name: 'referral.duplicate-found'; data: DataOf<typeof DuplicateFound> }
  | { name: 'referral.corrected'; data: DataOf<typeof ReferralCorrected> }
  | { name: 'referral.closed'; data: DataOf<typeof ReferralClosed> }
  | { name: 'referral.moved-to-case'; data: DataOf<typeof ReferralMovedToCase> }
  | { name: 'referral.reopened'; data: DataOf<typeof ReferralReopened> }
  | { name: 'referral.acceptance-rescinded'; data: DataOf<typeof AcceptanceRescinded> }
  | { name: 'referral.charge-recorded'; data: DataOf<typeof ChargeRecorded> }
  | { name: 'referral.quarantined'; data: DataOf<typeof ReferralQuarantined> }
  | { name: 'referral.quarantine-ended'; data: DataOf<typeof QuarantineEnded> }
  | { name: 'referral.approval-recorded'; data: DataOf<typeof ApprovalRecorded> };
