import { Refusal } from '@throughline/shared/domain';
import { addDays, daysBetween, rolledToBusinessDay, type BusinessCalendar } from './business-days.js';
import { isTerminal } from './referral-status.js';
import type { ReferralEvent } from './referral-events.js';
import {
  CHARGE_HOLD_TIMER,
  type ChargeHold,
  type Decided,
  type HoldExtension,
  type HoldResolution,
  type ReferralState,
} from './referral.js';
import type { SiteOfAgency } from './site-policy.js';
import { endOfDay, localDate } from './zoned-days.js';

export interface HoldPolicy {
  /** Days from the event until a held charge may be looked at again. */
  chargeHoldDays: number;
  /** IANA zone in which those days end. */
  timeZone: string;
  /** Days before the end on which it is warned of. */
  warnings?: number[];
  /** Given where a hold ends on business days alone. */
  rollsTo?: BusinessCalendar;
}

/** What the policy of a site says about holds. */
export const holdPolicyOf = ({ timeZone, policy }: SiteOfAgency): HoldPolicy => ({
  chargeHoldDays: policy.chargeHold.days,
  timeZone,
  warnings: policy.chargeHold.warnings,
  ...(policy.chargeHold.rollToBusinessDay && { rollsTo: policy }),
});

type Timer = { name: string; dueAt: Date };
type Timers = readonly Timer[];

const WARNING_TIMER = 'charge-hold-warning';
const isHoldTimer = (name: string): boolean => name === CHARGE_HOLD_TIMER || name.startsWith(WARNING_TIMER);
/** True for the timers that `warn` answers. */
export const isWarningTimer = (name: string): boolean => name.startsWith(WARNING_TIMER);
export const withoutHoldTimers = (timers: Timers): Timer[] => timers.filter(({ name }) => !isHoldTimer(name));

/** A hold is moved so many times at most, and to so many days after the event: then it is settled by hand. */
const MAX_EXTENSIONS = 10;
const LONGEST_HOLD_DAYS = 365;

/**
 * Opens a hold: it ends with the day that is so many days after the event, or the business day after it.
 * @param now of two warnings whose time has come already only the later one is given, at once
 * @param warned of what was warned already, while the person waited for the decision: it is not warned of again
 */
export function openHold(
  occurredAt: Date,
  { chargeHoldDays, timeZone, warnings = [], rollsTo }: HoldPolicy,
  now: Date,
  warned?: ChargeHold['warned'],
): { chargeHold: ChargeHold; timers: Timer[] } {
  const last = addDays(localDate(occurredAt, timeZone), chargeHoldDays);
  const dueAt = endOfDay(rollsTo ? rolledToBusinessDay(last, rollsTo) : last, timeZone);
  const chargeHold: ChargeHold = { dueAt, status: 'open', timeZone, warnings, ...(warned && { warned }) };
  return { chargeHold, timers: timersOf(dueAt, timeZone, warnings, now, warned?.at) };
}

/** The timers of a hold that is open again, with the end, the zone and the warnings that it was given. */
export const timersOfHold = ({ dueAt, timeZone = 'UTC', warnings = [], warned }: ChargeHold, now: Date): Timer[] =>
  timersOf(dueAt, timeZone, warnings, now, warned?.at);

function timersOf(
  dueAt: Date,
  timeZone: string,
  warnings: readonly number[],
  now: Date,
  warnedAt = new Date(0),
): Timer[] {
  // an intake in the very last millisecond is in time
  const end: Timer = { name: CHARGE_HOLD_TIMER, dueAt: new Date(dueAt.getTime() + 1) };
  const lastDay = localDate(dueAt, timeZone);
  const all = warnings.map((days): Timer => {
    const eve = endOfDay(addDays(lastDay, -days - 1), timeZone);
    return { name: `${WARNING_TIMER}-${days}`, dueAt: new Date(eve.getTime() + 1) };
  });
  const passed = all
    .filter((timer) => timer.dueAt <= now && timer.dueAt > warnedAt)
    .sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
  return [end, ...passed.slice(-1), ...all.filter((timer) => timer.dueAt > now)];
}

/**
 * The time of a warning has come: so many days of the calendar are left. After an outage in which several came, there
 * is one warning with the days that are left now; and none once the hold has run out, for its lapse tells more. An
 * arrest that still waits for its decision is warned of too: nobody may lose the time to a full desk.
 */
export function warn(referralId: string, state: ReferralState, now: Date, timers: Timers): Decided {
  // another replica was faster
  if (!timers.some(({ name, dueAt }) => isWarningTimer(name) && dueAt <= now)) return { state, events: [] };
  const { chargeHold, holdWouldEnd } = state;
  const waits = isUndecided(state);
  const hold =
    chargeHold?.status === 'open' && !isTerminal(state.status) ? chargeHold : waits ? holdWouldEnd : undefined;
  const left = timers.filter(({ name, dueAt }) => !isWarningTimer(name) || (hold && dueAt > now));
  if (!hold?.timeZone || now > hold.dueAt) return { state, events: [], timers: left };
  const daysLeft = daysBetween(localDate(now, hold.timeZone), localDate(hold.dueAt, hold.timeZone));
  const warned = { daysLeft, at: now };
  return {
    state: {
      ...state,
      ...(chargeHold
        ? { chargeHold: { ...chargeHold, warned } }
        : holdWouldEnd && { holdWouldEnd: { ...holdWouldEnd, warned } }),
    },
    events: [
      {
        name: 'referral.hold-due-soon',
        data: {
          referralId,
          dueAt: hold.dueAt.toISOString(),
          daysLeft,
          warnedAt: now.toISOString(),
          ...(waits && { awaitingDecision: true }),
        },
      },
    ],
    timers: left,
  };
}

/** True while nobody has decided, so that no charge is held yet. */
export const isUndecided = ({ status }: ReferralState): boolean =>
  status === 'pending-decision' || status === 'awaiting-information';

/**
 * The prosecutor gives a hold more time, to the end of a day. A lapsed one is open again and its review is off; if intake
 * was completed within the new time, the hold is satisfied.
 * @param until the last day of the hold, `YYYY-MM-DD` in the zone of the hold
 * @param zone of the site, for a hold that was opened before holds kept theirs
 * @throws Refusal `hold-not-open`, `too-many-extensions` (409), `validation-failed` (422)
 */
export function extendHold(
  referralId: string,
  state: ReferralState,
  { until, reason, by, at }: Pick<HoldExtension, 'reason' | 'by' | 'at'> & { until: string },
  timers: Timers,
  zone: string,
): Decided {
  const hold = unsettled(state);
  const timeZone = hold.timeZone ?? zone;
  const extensions = hold.extensions ?? [];
  if (extensions.length >= MAX_EXTENSIONS)
    throw new Refusal('conflict', 'too-many-extensions', `A hold is extended ${MAX_EXTENSIONS} times at most.`);
  const dueAt = endOfDay(until, timeZone);
  const latest = addDays(localDate(state.entered.occurredAt, timeZone), LONGEST_HOLD_DAYS);
  if (dueAt <= hold.dueAt) throw badDate(`It is held until ${localDate(hold.dueAt, timeZone)} already.`);
  if (dueAt <= at) throw badDate('This day is over.');
  if (until > latest) throw badDate(`A charge is held for ${LONGEST_HOLD_DAYS} days at most: until ${latest}.`);

  const { review: _review, ...rest } = state;
  const { warned: _warned, ...kept } = hold;
  const inTime = state.enrolledAt !== undefined && state.enrolledAt <= dueAt;
  const extended: ChargeHold = {
    ...kept,
    dueAt,
    timeZone,
    status: inTime ? 'satisfied' : 'open',
    extensions: [...extensions, { previousDueAt: hold.dueAt, dueAt, reason, by, at }],
  };
  const events: ReferralEvent[] = [
    {
      name: 'referral.hold-extended',
      data: {
        referralId,
        previousDueAt: hold.dueAt.toISOString(),
        dueAt: dueAt.toISOString(),
        reason,
        extendedAt: at.toISOString(),
      },
    },
  ];
  if (inTime) events.push(resolved(referralId, 'satisfied', 'intake-in-extended-time', at));
  const others = withoutHoldTimers(timers);
  return {
    state: { ...rest, chargeHold: extended },
    events,
    timers: inTime ? others : [...others, ...timersOf(dueAt, timeZone, hold.warnings ?? [], at)],
  };
}

/**
 * The prosecutor settles a hold by hand, for example because the person has not released the news of an intake: satisfied,
 * or ended, which leaves the charge to the prosecutor. The referral stays where it is, and nothing is filed.
 * @throws Refusal `hold-not-open` (409)
 */
export function resolveHold(
  referralId: string,
  state: ReferralState,
  resolution: HoldResolution,
  timers: Timers,
): Decided {
  const hold = unsettled(state);
  const { review: _review, ...rest } = state;
  return {
    state: { ...rest, chargeHold: { ...hold, status: resolution.resolution, resolution } },
    events: [resolved(referralId, resolution.resolution, resolution.reason, resolution.at)],
    timers: withoutHoldTimers(timers),
  };
}

/** The hold of a referral if it is open or has lapsed. @throws Refusal `hold-not-open` (409) */
function unsettled({ status, chargeHold }: ReferralState): ChargeHold {
  const settled = !chargeHold || chargeHold.status === 'satisfied' || chargeHold.status === 'ended';
  if (settled || isTerminal(status))
    throw new Refusal('conflict', 'hold-not-open', 'No charge is held for this referral that could still be settled.', {
      extra: { state: status, ...(chargeHold && { chargeHold: chargeHold.status }) },
    });
  return chargeHold;
}

const badDate = (detail: string): Refusal =>
  new Refusal('invalid', 'validation-failed', 'The new date does not fit. See errors.', {
    errors: [{ pointer: '#/until', detail }],
  });

const resolved = (
  referralId: string,
  resolution: HoldResolution['resolution'],
  reason: string,
  at: Date,
): ReferralEvent => ({
  name: 'referral.hold-resolved',
  data: { referralId, resolution, reason, resolvedAt: at.toISOString() },
});
