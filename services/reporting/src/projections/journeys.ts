import {
  ChargeHoldExtended,
  ChargeHoldLapsed,
  ChargeHoldResolved,
  ReferralAccepted,
  ReferralDeclined,
  ReferralEnrolled,
  ReferralEvaluated,
  ReferralHandedOff,
  ReferralLinked,
  ReferralSubmitted,
  ReferralUnlinked,
  type CloudEvent,
} from '@throughline/shared/contracts';
import { matchEvent, on } from '@throughline/shared/messaging';
import type { Journey } from '../domain/records.js';

/** A referral's record after one of its events. What can happen again (an evaluation) keeps its first time. */
export function evolveJourney(known: Journey | undefined, event: CloudEvent): Journey {
  const journey: Journey = known ?? { referralId: event.subject, offenses: [] };
  const learned = matchEvent<Partial<Journey> & { lapseTakenBack?: true }>(
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
    on(ReferralLinked, ({ linkedReferralId, linkedAt }) => ({
      links: [...(journey.links ?? []), { referralId: linkedReferralId, linkedAt: new Date(linkedAt) }],
    })),
    on(ReferralUnlinked, ({ linkedReferralId, unlinkedAt }) => ({
      links: (journey.links ?? []).map((link) =>
        link.referralId === linkedReferralId && !link.unlinkedAt ? { ...link, unlinkedAt: new Date(unlinkedAt) } : link,
      ),
    })),
    on(ChargeHoldLapsed, ({ lapsedAt }) => ({ chargeHoldLapsedAt: new Date(lapsedAt) })),
    on(ChargeHoldExtended, ({ dueAt }) => ({ chargeHoldDueAt: new Date(dueAt), lapseTakenBack: true })),
    on(ChargeHoldResolved, ({ resolution, resolvedAt }) =>
      resolution === 'satisfied'
        ? { chargeHoldSatisfiedAt: new Date(resolvedAt) }
        : { chargeHoldEndedAt: new Date(resolvedAt) },
    ),
  );
  const { lapseTakenBack, ...news } = learned ?? {};
  const { chargeHoldLapsedAt, ...kept } = journey;
  return { ...kept, ...(chargeHoldLapsedAt && !lapseTakenBack && { chargeHoldLapsedAt }), ...news };
}
