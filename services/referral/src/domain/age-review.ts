import { Refusal } from '@throughline/shared/domain';
import type { Ruleset } from './criteria.js';
import { judgedAgain } from './intake.js';
import { ADULT_AGE, isQuarantined, type Quarantine } from './quarantine.js';
import type { Decided, ReferralState } from './referral.js';

/** Who looked at an age, when, and by what evidence. */
export interface AgeLookedAt {
  evidence: string;
  by: string;
  at: Date;
}

/**
 * The person is under age: the referral ends.
 * @param ruleset the version that judged it first
 * @throws Refusal `not-in-quarantine` (409)
 */
export function confirmAge(referralId: string, state: ReferralState, looked: AgeLookedAt, ruleset: Ruleset): Decided {
  const released = release(state, 'age-confirmed', looked);
  const { state: judged, events } = judgedAgain(referralId, released, ruleset, looked.at);
  return {
    state: { ...judged, status: 'ineligible', outcomeReason: 'under-age' },
    events: [...events, ended(referralId, 'age-confirmed', looked.at)],
  };
}

/**
 * The birth date was wrong and the person is of age: the criteria are applied with the age that is right.
 * @param corrected the age by the right date, and the identity with it, encrypted, and its blind keys
 * @throws Refusal `not-in-quarantine` (409), `validation-failed` (422) for a date by which the person is under age as well
 */
export function correctBirthDate(
  referralId: string,
  state: ReferralState,
  corrected: { ageAtEvent: number } & Pick<ReferralState, 'confidential' | 'blindKeys' | 'blindKeysBy'>,
  looked: AgeLookedAt,
  ruleset: Ruleset,
): Decided {
  const released = release(state, 'birth-date-corrected', looked);
  if (corrected.ageAtEvent < ADULT_AGE)
    throw new Refusal('invalid', 'validation-failed', 'The person is under age by this date as well.', {
      errors: [{ pointer: '#/birthDate', detail: `By this date the person was under ${ADULT_AGE}: confirm the age.` }],
    });
  const { by, at } = looked;
  const { ageAtEvent, ...identity } = corrected;
  const information = [...released.information, { by, at, ageAtEvent }];
  const known: ReferralState = { ...released, ...identity, information, matchingDue: true };
  const { state: judged, events } = judgedAgain(referralId, known, ruleset, at);
  return { state: judged, events: [...events, ended(referralId, 'birth-date-corrected', at)] };
}

type Resolution = NonNullable<Quarantine['ended']>['resolution'];

/** @throws Refusal `not-in-quarantine` (409) */
export function assertQuarantined(state: ReferralState): asserts state is ReferralState & { quarantine: Quarantine } {
  if (!state.quarantine || !isQuarantined(state) || state.status !== 'awaiting-information')
    throw new Refusal('conflict', 'not-in-quarantine', 'The age of this person is not in doubt.', {
      extra: { state: state.status },
    });
}

function release(state: ReferralState, resolution: Resolution, looked: AgeLookedAt): ReferralState {
  assertQuarantined(state);
  return { ...state, quarantine: { ...state.quarantine, ended: { resolution, ...looked } } };
}

const ended = (referralId: string, resolution: Resolution, at: Date) =>
  ({
    name: 'referral.quarantine-ended',
    data: { referralId, resolution, endedAt: at.toISOString() },
  }) as const;
