import type { ConsentExpired, ConsentGiven, ConsentRevoked, DataOf, Disclosable } from '@throughline/shared/contracts';
import { Refusal } from '@throughline/shared/domain';
import { assertOpen, type CaseRecord } from './case.js';

/** A written consent with the elements of 42 CFR 2.31(a). Who, why and the signature are in `confidential`. */
export interface ConsentRecord {
  caseId: string;
  /** (a)(4): the agency that may be told. */
  agencyId: string;
  /** (a)(3) */
  information: Disclosable[];
  /** (a)(7): the first moment at which it holds no more. */
  expiresAt: Date;
  /** (a)(9) */
  signedAt: Date;
  /** (a)(1), (2), (5) and (8), encrypted. */
  confidential: string;
  recordedBy: string;
  recordedAt: Date;
  revocation?: { revokedAt: Date; recordedBy: string; recordedAt: Date };
}

export type ConsentStatus = 'active' | 'revoked' | 'expired';

export type ConsentEvent =
  | { name: 'consent.given'; data: DataOf<typeof ConsentGiven> }
  | { name: 'consent.revoked'; data: DataOf<typeof ConsentRevoked> }
  | { name: 'consent.expired'; data: DataOf<typeof ConsentExpired> };

export interface ConsentDecision {
  state: ConsentRecord;
  events: ConsentEvent[];
  timers: { name: string; dueAt: Date }[];
}

/** Tells the expiry when it comes. Nothing waits for it: whoever asks goes by the time. */
const EXPIRY_TIMER = 'consent-expiry';

export function consentStatus({ revocation, expiresAt }: ConsentRecord, now: Date): ConsentStatus {
  if (revocation) return 'revoked';
  return now < expiresAt ? 'active' : 'expired';
}

/**
 * Records a consent that the client has signed.
 * @throws Refusal `case-ended` (409); `validation-failed` (422) where the agency did not refer this client, where it was
 *   signed in the future, or where it has expired
 */
export function giveConsent(
  consentId: string,
  its: CaseRecord,
  consent: Omit<ConsentRecord, 'recordedAt'>,
  now: Date,
): ConsentDecision {
  assertOpen(its);
  const { caseId, agencyId, information, signedAt, expiresAt } = consent;
  const errors = [];
  if (!its.referrals.some((referral) => referral.agencyId === agencyId))
    errors.push({ pointer: '#/agencyId', detail: 'This agency has not referred this client.' });
  if (signedAt > now) errors.push({ pointer: '#/signedAt', detail: 'It cannot have been signed in the future.' });
  if (expiresAt <= now || expiresAt <= signedAt)
    errors.push({ pointer: '#/expiresAt', detail: 'A consent must end after it was signed, and in the future.' });
  if (errors.length > 0) throw impossible(errors);
  return {
    state: { ...consent, recordedAt: now },
    events: [
      {
        name: 'consent.given',
        data: {
          consentId,
          caseId,
          agencyId,
          information,
          signedAt: signedAt.toISOString(),
          expiresAt: expiresAt.toISOString(),
        },
      },
    ],
    timers: [{ name: EXPIRY_TIMER, dueAt: expiresAt }],
  };
}

/**
 * The client takes it back, at any time and without a reason; also when the case has ended.
 * @throws Refusal `consent-ended` (409); `validation-failed` (422) for a time in the future or before it was signed
 */
export function revokeConsent(
  consentId: string,
  current: ConsentRecord,
  { revokedAt, recordedBy }: { revokedAt: Date; recordedBy: string },
  now: Date,
): ConsentDecision {
  if (consentStatus(current, now) !== 'active')
    throw new Refusal('conflict', 'consent-ended', 'This consent has ended already.');
  if (revokedAt > now || revokedAt < current.signedAt)
    throw impossible([{ pointer: '#/revokedAt', detail: 'This must be between the signature and now.' }]);
  const { caseId, agencyId } = current;
  return {
    state: { ...current, revocation: { revokedAt, recordedBy, recordedAt: now } },
    events: [
      {
        name: 'consent.revoked',
        data: { consentId, caseId, agencyId, revokedAt: revokedAt.toISOString(), recordedAt: now.toISOString() },
      },
    ],
    timers: [],
  };
}

/** Its time is over: told once, and not at all of one that was revoked before. */
export function expireConsent(consentId: string, current: ConsentRecord, now: Date): ConsentDecision {
  const { caseId, agencyId, expiresAt } = current;
  const status = consentStatus(current, now);
  if (status !== 'expired')
    return {
      state: current,
      events: [],
      timers: status === 'active' ? [{ name: EXPIRY_TIMER, dueAt: expiresAt }] : [],
    };
  return {
    state: current,
    events: [{ name: 'consent.expired', data: { consentId, caseId, agencyId, expiredAt: expiresAt.toISOString() } }],
    timers: [],
  };
}

const impossible = (errors: { pointer: string; detail: string }[]): Refusal =>
  new Refusal('invalid', 'validation-failed', 'Some fields cannot be. See errors.', { errors });
