import { DEFAULT_RULESET } from '../data/presets/default.js';
import type { Ruleset } from './criteria.js';
import { handOff } from './case-progress.js';
import { submit } from './intake.js';
import { decideReferral } from './prosecutor-decision.js';
import type { Decided, Entered } from './referral.js';
import type { SiteRules } from './site-rules.js';

export const ID = '0b8f6b52-6a0e-5c7e-9c7e-2f0d5f3e9a01';
export { DEFAULT_RULESET };

/** An arrest of an adult, on which every criterion is met. */
export const entered = (changes: Partial<Entered> = {}): Entered => ({
  pathway: 'arrest-diversion',
  agencyId: 'santa-fe-pd',
  officerId: 'persona:officer',
  occurredAt: new Date('2026-03-02T18:04:00Z'),
  enteredAt: new Date('2026-03-02T18:30:00Z'),
  district: 'downtown',
  offenses: [{ nibrs: '23C' }],
  basisOfBelief: 'direct-observation',
  facts: {
    dealingBeyondSubsistence: false,
    exploitsMinors: false,
    promotesProstitution: false,
    disqualifyingHistory: false,
  },
  ageAtEvent: 34,
  ...changes,
});

/** As it is stored: nothing here is opened. */
export const IDENTITY = { personKeyId: 'key-1', confidential: 'p1.encrypted' };

export const submitted = (changes: Partial<Entered> = {}, ruleset: Ruleset = DEFAULT_RULESET): Decided =>
  submit(ID, entered(changes), IDENTITY, ruleset);

const HOLD = { chargeHoldDays: 30, timeZone: 'America/Denver' };

/** Accepted by the prosecutor a day later, with its hold to 1 April and the timer of it. */
export const accepted = (changes: Partial<Entered> = {}, rules?: SiteRules): Required<Decided> => {
  const { state } = submit(ID, entered(changes), IDENTITY, DEFAULT_RULESET, rules);
  const at = new Date('2026-03-03T15:00:00Z');
  const decision = { decision: 'accepted' as const, reasons: ['ok'], overrides: [], by: 'p', at };
  const { timers = [], ...rest } = decideReferral(ID, state, decision, { sealed: 'j', policy: HOLD });
  return { ...rest, timers };
};

/** Handed off to a case. */
export const handedOff = (changes: Partial<Entered> = {}): Required<Decided> => {
  const { state, timers } = accepted(changes);
  const decided = handOff(ID, state, { caseId: 'c-1', openedAt: new Date('2026-03-03T15:01:00Z') });
  if (!decided) throw new Error('it was not handed off');
  return { ...decided, timers };
};
