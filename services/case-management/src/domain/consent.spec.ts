import { openCase, type CaseRecord } from './case.js';
import { CASE_STATES, hasEnded } from './case-states.js';
import { consentStatus, expireConsent, giveConsent, revokeConsent } from './consent.js';

const CASE = 'case-1';
const NOW = new Date('2026-06-10T12:00:00.000Z');
const HOUR_MS = 3_600_000;
const at = (hours: number): Date => new Date(NOW.getTime() + hours * HOUR_MS);
const referral = {
  referralId: 'referral-1',
  pathway: 'arrest-diversion' as const,
  agencyId: 'santa-fe-pd',
  district: 'downtown',
  occurredAt: at(-100),
  decidedAt: at(-90),
};
const its: CaseRecord = openCase(CASE, referral, 'encrypted', at(-80)).state;
const form = {
  caseId: CASE,
  agencyId: 'santa-fe-pd',
  information: ['contacted' as const],
  signedAt: at(-1),
  expiresAt: at(24),
  confidential: 'encrypted',
  recordedBy: 'persona:case-manager',
};
const refusal = (code: string): Error => expect.objectContaining({ code }) as Error;
const { state: given } = giveConsent('k-1', its, form, NOW);
const revoke = (revokedAt: Date, now = NOW) =>
  revokeConsent('k-1', given, { revokedAt, recordedBy: 'persona:case-manager' }, now);

describe('a consent', () => {
  it('is given in a case that goes on, in no other', () => {
    const states = CASE_STATES.filter((state) => hasEnded(state));
    expect(states.length).toBeGreaterThan(0);
    for (const state of states)
      expect(() => giveConsent('k-1', { ...its, state }, form, NOW)).toThrow(refusal('case-ended'));
  });

  it('names an agency that referred the client, was signed before, and ends after', () => {
    for (const wrong of [
      { agencyId: 'taos-pd' },
      { signedAt: at(1), expiresAt: at(2) },
      { expiresAt: NOW },
      { signedAt: at(-1), expiresAt: at(-1) },
    ])
      expect(() => giveConsent('k-1', its, { ...form, ...wrong }, NOW)).toThrow(refusal('validation-failed'));
  });

  it('holds until its end or its revocation, whichever is first', () => {
    const times = [at(0), new Date(form.expiresAt.getTime() - 1), form.expiresAt];
    expect(times.map((time) => consentStatus(given, time))).toEqual(['active', 'active', 'expired']);
    const { state, timers, events } = revoke(at(-0.5));
    expect(times.map((time) => consentStatus(state, time))).toEqual(['revoked', 'revoked', 'revoked']);
    expect([timers, events.map(({ name }) => name)]).toEqual([[], ['consent.revoked']]);
  });

  it('is revoked once, between its signature and now, and while it holds', () => {
    for (const wrong of [at(1), at(-2)]) expect(() => revoke(wrong)).toThrow(refusal('validation-failed'));
    expect(() => revoke(NOW, form.expiresAt)).toThrow(refusal('consent-ended'));
    const { state } = revoke(NOW);
    expect(() => revokeConsent('k-1', state, { revokedAt: NOW, recordedBy: 'x' }, NOW)).toThrow(
      refusal('consent-ended'),
    );
  });

  it('is told to have expired once its time is over, and never when it was revoked before', () => {
    expect(expireConsent('k-1', given, NOW)).toMatchObject({ events: [], timers: [{ dueAt: form.expiresAt }] });
    const over = expireConsent('k-1', given, form.expiresAt);
    expect([over.events.map(({ name }) => name), over.timers]).toEqual([['consent.expired'], []]);
    expect(expireConsent('k-1', revoke(NOW).state, form.expiresAt)).toMatchObject({ events: [], timers: [] });
  });
});
