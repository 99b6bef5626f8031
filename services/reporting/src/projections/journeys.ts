import {
  AcceptanceRescinded,
  ChargeHoldExtended,
  ChargeHoldLapsed,
  ChargeHoldResolved,
  DuplicateFound,
  OutreachEnded,
  PersonDeclined,
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
  ReferralReopened,
  ReferralSubmitted,
  ReferralUnlinked,
  ReferralWithdrawn,
  type CloudEvent,
  type EventDefinition,
} from '@throughline/shared/contracts';
import { matchEvent, on } from '@throughline/shared/messaging';
import { overFrom, type Journey, type JourneyEnd } from '../domain/records.js';

const ENDS: { definition: EventDefinition<{ endedAt: string }>; as: JourneyEnd }[] = [
  { definition: ReferralWithdrawn, as: 'withdrawn' },
  { definition: PersonDeclined, as: 'declined-by-person' },
  { definition: OutreachEnded, as: 'unable-to-contact' },
  { definition: ReferralExpired, as: 'expired' },
  { definition: DuplicateFound, as: 'duplicate' },
  { definition: ReferralCorrected, as: 'entered-in-error' },
  { definition: ReferralClosed, as: 'closed' },
];

/** After these no charge is held any more. */
const ENDS_HOLD: ReadonlySet<JourneyEnd> = new Set<JourneyEnd>(['withdrawn', 'duplicate', 'entered-in-error']);

/** A hold that was satisfied stays so. */
const holdEnded = ({ chargeHoldDueAt, chargeHoldSatisfiedAt }: Journey, at: string): Partial<Journey> =>
  chargeHoldDueAt && !chargeHoldSatisfiedAt ? { chargeHoldEndedAt: new Date(at) } : {};

/** A referral's record after one of its events. What can happen again (an evaluation) keeps its first time. */
export function evolveJourney(known: Journey | undefined, event: CloudEvent): Journey {
  const journey: Journey = known ?? { referralId: event.subject, offenses: [] };
  const learned = matchEvent<Partial<Journey> & { lapseTakenBack?: true; satisfactionTakenBack?: true }>(
    event,
    on(ReferralSubmitted, ({ pathway, agencyId, district, offenses, occurredAt }) => ({
      pathway,
      agencyId,
      district,
      offenses,
      referredAt: new Date(occurredAt),
    })),
    on(ReferralEvaluated, ({ outcome, evaluatedAt }) =>
      outcome === 'eligible' ? { eligibleAt: journey.eligibleAt ?? new Date(evaluatedAt) } : {},
    ),
    on(ReferralAccepted, ({ decidedAt, chargeHoldDueAt }) => ({
      acceptedAt: new Date(decidedAt),
      ...(chargeHoldDueAt && { chargeHoldDueAt: new Date(chargeHoldDueAt) }),
    })),
    on(ReferralDeclined, ({ decidedAt }) => ({ declinedAt: new Date(decidedAt) })),
    on(ReferralHandedOff, ({ caseId, handedOffAt }) => ({ caseId, handedOffAt: new Date(handedOffAt) })),
    on(ReferralEnrolled, ({ caseId, enrolledAt, chargeHoldSatisfied }) => ({
      caseId,
      ...(chargeHoldSatisfied && { chargeHoldSatisfiedAt: new Date(enrolledAt) }),
    })),
    on(ReferralMovedToCase, ({ caseId, chargeHold }) => ({
      caseId,
      ...(chargeHold === 'open' && { satisfactionTakenBack: true as const }),
    })),
    on(ReferralLinked, ({ linkedReferralId, linkedAt }) => ({
      links: [...(journey.links ?? []), { referralId: linkedReferralId, linkedAt: new Date(linkedAt) }],
    })),
    on(ReferralUnlinked, ({ linkedReferralId, unlinkedAt }) => ({
      links: (journey.links ?? []).map((link) =>
        link.referralId === linkedReferralId && !link.unlinkedAt ? { ...link, unlinkedAt: new Date(unlinkedAt) } : link,
      ),
    })),
    on(AcceptanceRescinded, ({ rescindedAt }) => holdEnded(journey, rescindedAt)),
    ...ENDS.map(({ definition, as }) =>
      on(definition, ({ endedAt }): Partial<Journey> => ({
        ends: [...(journey.ends ?? []), { as, at: new Date(endedAt) }],
        ...(ENDS_HOLD.has(as) && holdEnded(journey, endedAt)),
      })),
    ),
    on(ReferralReopened, ({ reopenedAt }) => ({ ends: overFrom(journey.ends, new Date(reopenedAt)) })),
    on(ChargeHoldLapsed, ({ lapsedAt }) => ({ chargeHoldLapsedAt: new Date(lapsedAt) })),
    on(ChargeHoldExtended, ({ dueAt }) => ({ chargeHoldDueAt: new Date(dueAt), lapseTakenBack: true })),
    on(ChargeHoldResolved, ({ resolution, resolvedAt }) =>
      resolution === 'satisfied'
        ? { chargeHoldSatisfiedAt: new Date(resolvedAt) }
        : { chargeHoldEndedAt: new Date(resolvedAt) },
    ),
  );
  const { lapseTakenBack, satisfactionTakenBack, ...news } = learned ?? {};
  const { chargeHoldLapsedAt, chargeHoldSatisfiedAt, ...kept } = journey;
  return {
    ...kept,
    ...(chargeHoldLapsedAt && !lapseTakenBack && { chargeHoldLapsedAt }),
    ...(chargeHoldSatisfiedAt && !satisfactionTakenBack && { chargeHoldSatisfiedAt }),
    ...news,
  };
}
