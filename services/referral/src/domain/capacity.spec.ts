import { Refusal } from '@throughline/shared/domain';
import fc from 'fast-check';
import { assertPlaceFor, leftForSocialContacts, waitsForCapacity } from './capacity.js';
import { accepted, submitted } from './referral.fixture.js';
import { waitsForPlace } from './worklist.js';

describe('edge case 24: no capacity, arrest diversions first', () => {
  it.each([
    ['a place that nobody waits for', { places: 10, used: 8, arrestDiversionsWaiting: 1 }, 1],
    ['as many arrests waiting as places', { places: 10, used: 8, arrestDiversionsWaiting: 2 }, 0],
    ['a full site', { places: 10, used: 10, arrestDiversionsWaiting: 0 }, 0],
    ['more served than there are places', { places: 10, used: 12, arrestDiversionsWaiting: 0 }, 0],
    ['a site without places', { places: 0, used: 0, arrestDiversionsWaiting: 0 }, 0],
  ])('leaves social contacts what arrests neither take nor wait for: %s', (_, occupancy, left) => {
    expect(leftForSocialContacts(occupancy)).toBe(left);
    expect(waitsForCapacity('social-contact', occupancy)).toBe(left === 0);
  });

  it('never lets an arrest diversion wait, and refuses a social contact with the figures', () => {
    const people = fc.nat(200);
    fc.assert(
      fc.property(fc.record({ places: people, used: people, arrestDiversionsWaiting: people }), (occupancy) => {
        expect(() => assertPlaceFor('arrest-diversion', occupancy)).not.toThrow();
        let refusal: unknown;
        try {
          assertPlaceFor('social-contact', occupancy);
        } catch (error) {
          refusal = error;
        }
        const fits = occupancy.used + occupancy.arrestDiversionsWaiting < occupancy.places;
        expect(refusal === undefined).toBe(fits);
        if (!fits) {
          expect(refusal).toBeInstanceOf(Refusal);
          expect(refusal).toMatchObject({
            kind: 'conflict',
            code: 'waiting-for-capacity',
            details: { extra: occupancy },
          });
        }
      }),
    );
  });

  it('flags in the worklist a social contact that nobody has decided on, at a site that is full, and nothing else', () => {
    const at = (id: string, state = submitted({ pathway: 'social-contact' }).state) => ({
      ...state,
      site: { id, policyVersion: 1 },
    });
    const full = new Set(['north', 'south']);
    const decided = { ...submitted({ pathway: 'social-contact' }).state, status: 'accepted' as const };
    expect(waitsForPlace(at('north'), full)).toBe(true);
    expect(waitsForPlace(at('west'), full)).toBe(false);
    expect(waitsForPlace(at('north', submitted().state), full)).toBe(false);
    expect(waitsForPlace(at('north', decided), full)).toBe(false);
    expect(waitsForPlace(at('north', accepted().state), full)).toBe(false);
    expect(waitsForPlace(submitted({ pathway: 'social-contact' }).state, full)).toBe(false);
  });
});
