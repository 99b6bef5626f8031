import { DISCLOSABLE } from '@throughline/shared/contracts';
import fc from 'fast-check';
import { feedbackOf, type KnownCase } from './feedback.js';
import { handedOff } from './referral.fixture.js';
import { REFERRAL_STATUSES } from './referral-status.js';
import type { ReferralState } from './referral.js';

const ZONE = 'America/Denver';
const AGENCY = 'santa-fe-pd';
const at = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true });
const someCase: fc.Arbitrary<KnownCase> = fc.record(
  {
    contactedAt: at,
    intakeCompletedAt: at,
    consents: fc.array(
      fc.record({
        consentId: fc.uuid(),
        agencyId: fc.constantFrom(AGENCY, 'taos-pd'),
        information: fc.subarray([...DISCLOSABLE]),
        expiresAt: at,
      }),
      { maxLength: 4 },
    ),
  },
  { requiredKeys: ['consents'] },
);
const taken = fc.option(fc.constant({ withdrawnByOfficer: { reason: 'reconsidered', at: new Date() } }), {
  nil: {},
});

describe('what an officer is told', () => {
  it('is never more than the list, and each of it only by an active consent that names the agency and the fact', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...REFERRAL_STATUSES),
        taken,
        fc.option(someCase, { nil: undefined }),
        fc.constantFrom(AGENCY, 'taos-pd'),
        at,
        (status, back, known, agencyId, now) => {
          const { status: shown, ...told } = feedbackOf(
            { ...handedOff().state, ...back, status },
            known,
            agencyId,
            now,
            ZONE,
          );
          expect(['received', 'closed']).toContain(shown);
          const names = { contacted: 'contacted', enrolled: 'enrolled', intakeDate: 'intake-date' };
          for (const name of Object.keys(told)) {
            const information = names[name as keyof typeof names];
            expect(
              known?.consents.some(
                (one) =>
                  one.agencyId === agencyId &&
                  one.expiresAt > now &&
                  (one.information as string[]).includes(information),
              ),
            ).toBe(true);
            expect(agencyId).toBe(AGENCY);
            expect(back).toEqual({});
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  const expiresAt = new Date('2026-06-01T00:00:00Z');
  const consents = [{ consentId: 'k', agencyId: AGENCY, information: [...DISCLOSABLE], expiresAt }];
  const reached = {
    contactedAt: new Date('2026-03-04T15:00:00Z'),
    intakeCompletedAt: new Date('2026-03-05T03:00:00Z'),
  };
  const before = new Date(expiresAt.getTime() - 1);
  const { state } = handedOff();

  it('is contact, enrolment and the day of the intake in the zone of the site, until the consent ends', () => {
    expect(feedbackOf(state, { ...reached, consents }, AGENCY, before, ZONE)).toEqual({
      status: 'received',
      contacted: true,
      enrolled: true,
      intakeDate: '2026-03-04',
    });
    expect(feedbackOf(state, { ...reached, consents }, AGENCY, expiresAt, ZONE)).toEqual({ status: 'received' });
  });

  it.each<[string, Partial<ReferralState>]>([
    ['was about somebody else', { status: 'entered-in-error' }],
    ['has lost its person to an erasure', { erased: { by: 'persona:c', at: before, reason: 'court-order' } }],
    ['the officer took back', { withdrawnByOfficer: { reason: 'reconsidered', at: before } }],
  ])('is nothing more on a referral that %s', (_, changes) => {
    const { status: _status, ...told } = feedbackOf(
      { ...state, ...changes },
      { ...reached, consents },
      AGENCY,
      before,
      ZONE,
    );
    expect(told).toEqual({});
  });

  it('edge 16: is the same without consent and where the person was never reached', () => {
    const withoutConsent = feedbackOf(state, { ...reached, consents: [] }, AGENCY, before, ZONE);
    expect(feedbackOf(state, { consents }, AGENCY, before, ZONE)).toEqual(withoutConsent);
    expect(feedbackOf(state, undefined, AGENCY, before, ZONE)).toEqual(withoutConsent);
  });
});
