import {
  CaseContacted,
  CaseEnded,
  CaseManagerAssigned,
  CaseMerged,
  CaseOpened,
  CaseReopened,
  CaseUnmerged,
  IntakeCompleted,
  NeedRecorded,
  ReferralJoinedCase,
  type CloudEvent,
} from '@throughline/shared/contracts';
import { matchEvent, on } from '@throughline/shared/messaging';
import { overFrom, type Case } from '../domain/records.js';

/** What an event brings; `undefined` takes a merge back. */
type Changes = Omit<Partial<Case>, 'mergedInto'> & { mergedInto?: string | undefined };

/** A case's record after one of its events. What can happen again (an assignment, a contact) keeps its first time. */
export function evolveCase(known: Case | undefined, event: CloudEvent): Case {
  const served: Case = known ?? { caseId: event.subject, referralIds: [], needs: [] };
  const withReferrals = (ids: readonly string[]): string[] => [...new Set([...served.referralIds, ...ids])];
  const learned = matchEvent<Changes>(
    event,
    on(CaseOpened, ({ referralId, openedAt }) => ({
      referralIds: withReferrals([referralId]),
      openedAt: new Date(openedAt),
    })),
    on(ReferralJoinedCase, ({ referralId }) => ({ referralIds: withReferrals([referralId]) })),
    on(CaseManagerAssigned, ({ assignedAt }) => ({ assignedAt: served.assignedAt ?? new Date(assignedAt) })),
    on(CaseContacted, ({ contactedAt }) => ({ contactedAt: served.contactedAt ?? new Date(contactedAt) })),
    on(IntakeCompleted, ({ referralIds, completedAt }) => ({
      referralIds: withReferrals(referralIds),
      intakeCompletedAt: served.intakeCompletedAt ?? new Date(completedAt),
    })),
    on(CaseEnded, ({ as, endedAt }) => ({ ends: [...(served.ends ?? []), { as, at: new Date(endedAt) }] })),
    on(CaseReopened, ({ reopenedAt }) => ({ ends: overFrom(served.ends, new Date(reopenedAt)) })),
    on(CaseMerged, ({ intoCaseId }) => ({ mergedInto: intoCaseId })),
    on(CaseUnmerged, () => ({ mergedInto: undefined })),
    on(NeedRecorded, ({ needId, category, recordedAt }) => ({
      needs: [...served.needs, { needId, category, recordedAt: new Date(recordedAt) }],
    })),
  );
  const { mergedInto, ...rest } = { ...served, ...learned };
  return { ...rest, ...(mergedInto !== undefined && { mergedInto }) };
}
