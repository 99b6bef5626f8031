import { defaultPolicy, notTheProsecutors, policyErrors, type SitePolicy } from './site-policy.js';

const policy = (changes: Partial<SitePolicy> = {}): SitePolicy => ({ ...defaultPolicy(30), ...changes });
const pointers = (changes: Partial<SitePolicy>): string[] =>
  policyErrors(policy(changes)).map(({ pointer }) => pointer);

describe('a policy', () => {
  it.each([7, 14, 30])('is whole as it is built in, with a hold of %i days', (days) => {
    expect(policyErrors(defaultPolicy(days))).toEqual([]);
  });

  it('opens a way in, and the one that the community needs', () => {
    const closed = { 'arrest-diversion': false, 'social-contact': false, community: false };
    expect(pointers({ pathways: closed })).toEqual(['#/pathways']);
    expect(pointers({ pathways: { ...closed, community: true } })).toEqual(['#/pathways/community']);
    expect(pointers({ pathways: { ...closed, community: true, 'social-contact': true } })).toEqual([]);
  });

  it('warns before the end of a hold and after its beginning, most days first', () => {
    const chargeHold = { days: 14, rollToBusinessDay: true };
    expect(pointers({ chargeHold: { ...chargeHold, warnings: [14, 3] } })).toEqual(['#/chargeHold/warnings/0']);
    expect(pointers({ chargeHold: { ...chargeHold, warnings: [3, 3, 10] } })).toEqual([
      '#/chargeHold/warnings/1',
      '#/chargeHold/warnings/2',
    ]);
    expect(pointers({ chargeHold: { ...chargeHold, warnings: [] } })).toEqual([]);
  });

  it('lists no holiday and no business day twice', () => {
    expect(pointers({ holidays: ['2026-07-03', '2026-12-25', '2026-07-03'] })).toEqual(['#/holidays/2']);
    expect(pointers({ businessDays: ['mon', 'mon'] })).toEqual(['#/businessDays/1']);
  });

  it('leaves a prosecutor the parts about eligibility, holds and places, and no others', () => {
    const before = policy();
    const theirs = policy({
      pathways: { ...before.pathways, community: true },
      chargeHold: { days: 14, warnings: [3], rollToBusinessDay: true },
      capacity: { places: 12 },
      warrants: 'exclude',
      underSupervision: 'approval',
      victimConsent: 'required',
      rulesets: { 'arrest-diversion': 'a', 'social-contact': 'b' },
    });
    expect(notTheProsecutors(before, theirs)).toEqual([]);
    const others = policy({
      holidays: ['2026-07-03'],
      businessDays: ['mon'],
      handOff: { ...before.handOff, targetMinutes: 5 },
    });
    expect(notTheProsecutors(before, others).sort()).toEqual(['businessDays', 'handOff', 'holidays']);
  });
});
