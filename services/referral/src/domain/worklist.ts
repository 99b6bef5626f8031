import { missingApprovals } from './approvals.js';
import { isUndecided } from './charge-hold.js';
import { isQuarantined } from './quarantine.js';
import { isTerminal } from './referral-status.js';
import { reportedFacts } from './referral-facts.js';
import type { ReferralState } from './referral.js';

/** Who works with a worklist. */
export type WorklistRole = 'prosecutor' | 'coordinator';

/** What asks for somebody's eye, and whose. */
export const FLAGS = {
  /** Under age by what was entered. */
  quarantined: ['coordinator'],
  /** Something is to be looked at again, such as a charge hold that lapsed. */
  review: ['prosecutor'],
  /** Somebody was warned that a hold ends soon. */
  'hold-due-soon': ['prosecutor', 'coordinator'],
  'active-warrant': ['prosecutor'],
  'supervising-agency-approval-missing': ['prosecutor', 'coordinator'],
  'victim-approval-missing': ['prosecutor', 'coordinator'],
  /** No place is left for a social contact. Whoever else comes and goes changes that, so it is in no record. */
  'waiting-for-capacity': ['prosecutor', 'coordinator'],
  /** Others may be of the same person, and nobody has said yet whether they are. */
  'has-candidates': ['coordinator'],
  'later-charge': ['prosecutor', 'coordinator'],
  'withdrawn-by-officer': ['prosecutor', 'coordinator'],
  /** Entered more than a day after it happened, which takes that day off the time there is. */
  'entered-late': ['prosecutor', 'coordinator'],
} as const satisfies Record<string, readonly WorklistRole[]>;

export type Flag = keyof typeof FLAGS;

export const ALL_FLAGS = Object.keys(FLAGS) as Flag[];

/** The flags that concern somebody with these roles. */
export const flagsFor = (roles: readonly string[]): Flag[] =>
  ALL_FLAGS.filter((flag) => FLAGS[flag].some((role) => roles.includes(role)));

/** What a worklist finds and sorts a referral by. */
export interface WorklistEntry {
  flags: Flag[];
  /**
   * Sorts by urgency, as text: the quarantined, then by the end of their hold those that have one to watch, or would have
   * one if they were accepted, then other open ones, arrest diversions before social contacts, then what is over; each by
   * the time of entry.
   */
  order: string;
}

const LATE_MS = 86_400_000;

export const isLate = ({ occurredAt, enteredAt }: ReferralState['entered']): boolean =>
  enteredAt.getTime() - occurredAt.getTime() > LATE_MS;

/**
 * When a hold ends that is to be watched: an open one, one that lapsed and waits for its review, or the one that an arrest
 * would have that nobody has decided on: its time runs all the same.
 */
export function watchedUntil(state: ReferralState): Date | undefined {
  const { chargeHold, review, holdWouldEnd } = state;
  if (isUndecided(state)) return holdWouldEnd?.dueAt;
  return chargeHold && (chargeHold.status === 'open' || (chargeHold.status === 'lapsed' && review))
    ? chargeHold.dueAt
    : undefined;
}

/** The site where a referral waits if that has no place left for social contacts; undefined: it waits for none. */
export const waitsAt = ({ status, entered, site }: ReferralState): string | undefined =>
  status === 'pending-decision' && entered.pathway === 'social-contact' ? site?.id : undefined;

/** Whether a referral waits for a place, given the sites that have none left for social contacts. */
export function waitsForPlace(state: ReferralState, fullSites: ReadonlySet<string>): boolean {
  const site = waitsAt(state);
  return site !== undefined && fullSites.has(site);
}

/** Whether somebody should say which of the others, that may be of the same person, are. */
export const asksForVerdict = ({ worklist }: ReferralState, candidates: number): boolean =>
  candidates > 0 && worklist !== undefined && worklist.order < OVER;

/** The part of the order in which holds to watch lie; those due before an instant are below `DUE + its ISO text`. */
export const DUE = '1|';

/** Where what concerns the prosecutor begins: a quarantined referral is the coordinator's alone. */
export const NOT_QUARANTINED = DUE;

/** Where what is over begins, and asks for nothing more. */
export const OVER = '3|';

export function worklistEntry(state: ReferralState): WorklistEntry {
  const { pathway, enteredAt } = state.entered;
  const over = isTerminal(state.status);
  const due = watchedUntil(state);
  const band = isQuarantined(state) && !over ? '0|' : due ? `${DUE}${due.toISOString()}|` : over ? OVER : '2|';
  return {
    // what is over asks for nothing more, unless its hold does
    flags: over && !due ? [] : flagsOf(state),
    order: `${band}${pathway === 'arrest-diversion' ? 'a' : 's'}|${enteredAt.toISOString()}`,
  };
}

function flagsOf(state: ReferralState): Flag[] {
  const missing = state.decision ? [] : missingApprovals(state);
  const raised: Record<Flag, boolean> = {
    quarantined: isQuarantined(state) && !isTerminal(state.status),
    review: state.review !== undefined,
    'hold-due-soon':
      (state.chargeHold?.status === 'open' && state.chargeHold.warned !== undefined) ||
      (isUndecided(state) && state.holdWouldEnd?.warned !== undefined),
    'active-warrant': reportedFacts(state.entered, state.information).activeWarrant === true,
    'supervising-agency-approval-missing': missing.includes('supervising-agency'),
    'victim-approval-missing': missing.includes('victim'),
    'waiting-for-capacity': false,
    'has-candidates': false,
    'later-charge': (state.charges ?? []).length > 0,
    'withdrawn-by-officer': state.withdrawnByOfficer !== undefined,
    'entered-late': isLate(state.entered),
  };
  return ALL_FLAGS.filter((flag) => raised[flag]);
}
