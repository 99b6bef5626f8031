import { DEFAULT_RULESET } from '../data/presets/default.js';
import type { Ruleset } from './criteria.js';
import { submit } from './intake.js';
import type { Decided, Entered } from './referral.js';

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

export const submitted = (changes: Partial<Entered> = {}, ruleset: Ruleset = DEFAULT_RULESET): Decided =>
  submit(ID, entered(changes), { personKeyId: 'key-1', confidential: 'p1.encrypted' }, ruleset);
