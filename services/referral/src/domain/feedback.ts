import type { CaseEnd, Disclosable } from '@throughline/shared/contracts';
import type { ReferralState } from './referral.js';
import { isOverForOfficer } from './side-exits.js';
import { localDate } from './zoned-days.js';

/** A consent of the person, as far as it concerns what an agency is told. */
export interface KnownConsent {
  consentId: string;
  agencyId: string;
  information: readonly Disclosable[];
  /** The first moment at which it holds no more. */
  expiresAt: Date;
}

/** What is known here of the case behind a referral. Consents that were revoked are gone from it. */
export interface KnownCase {
  contactedAt?: Date;
  intakeCompletedAt?: Date;
  /** Those of the client's consents that hold; in a case that was merged into another one they rest with it. */
  consents: KnownConsent[];
  /** How it ended, until it is re-opened. */
  ended?: { as: CaseEnd; at: Date };
}

/** All that police are ever told of what became of a referral. What is not so is left out, and so is what may not be told. */
export interface Feedback {
  status: 'received' | 'closed';
  contacted?: true;
  enrolled?: true;
  /** The day of the intake, `YYYY-MM-DD`. */
  intakeDate?: string;
}

/**
 * What the officer who entered a referral sees of its course. Beyond `status`, only what an active consent of the person
 * allows to tell this agency (42 CFR 2.31, 2.33): a person without consent and one who was never reached look alike. A
 * consent ends by the time at which it is asked for. Nothing further on a referral that the officer took back, that was
 * about somebody else, or whose person was erased.
 * @param agencyId of the officer who asks
 * @param timeZone IANA, of the site: the intake date is a day there
 */
export function feedbackOf(
  state: ReferralState,
  known: KnownCase | undefined,
  agencyId: string,
  now: Date,
  timeZone: string,
): Feedback {
  const status = isOverForOfficer(state) ? 'closed' : 'received';
  const untold = state.withdrawnByOfficer || state.erased || state.status === 'entered-in-error';
  if (!known || untold || agencyId !== state.entered.agencyId) return { status };
  const allowed = new Set(
    known.consents
      .filter((consent) => consent.agencyId === agencyId && now < consent.expiresAt)
      .flatMap(({ information }) => information),
  );
  const { contactedAt, intakeCompletedAt } = known;
  return {
    status,
    ...((contactedAt ?? intakeCompletedAt) && allowed.has('contacted') && { contacted: true }),
    ...(intakeCompletedAt && allowed.has('enrolled') && { enrolled: true }),
    ...(intakeCompletedAt && allowed.has('intake-date') && { intakeDate: localDate(intakeCompletedAt, timeZone) }),
  };
}
