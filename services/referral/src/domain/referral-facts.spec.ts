import { factsOf } from './referral-facts.js';
import type { Entered } from './referral.js';
import { entered } from './referral.fixture.js';

describe('facts', () => {
  it.each<[string, Partial<Entered>, number | undefined]>([
    ['a drug offense and nothing said', { offenses: [{ nibrs: '35A' }] }, undefined],
    ['a drug offense and nothing found', { offenses: [{ nibrs: '35A' }], substances: [] }, 0],
    ['another offense and nothing said', { offenses: [{ nibrs: '23C' }, { nibrs: '35B' }] }, 0],
    ['no offense and nothing said', { offenses: [] }, 0],
    [
      'several',
      {
        substances: [
          { kind: 'heroin', grams: 0.1 },
          { kind: 'cocaine', grams: 0.2 },
        ],
      },
      0.3,
    ],
    [
      'pills',
      {
        substances: [
          { kind: 'pills', grams: 9 },
          { kind: 'cocaine', grams: 2 },
        ],
      },
      2,
    ],
  ])('grams of %s', (_, changes, grams) => {
    expect(factsOf(entered(changes))['drugGrams']).toBe(grams);
  });

  it.each([
    [['23C', '90J'], true],
    [['23C', '13A'], false],
    [['999'], false],
    [[], true],
  ])('every offense of %j diverted: %s', (codes, diverted) => {
    const offenses = codes.map((nibrs) => ({ nibrs }));
    expect(factsOf(entered({ offenses }))['everyOffenseDiverted']).toBe(diverted);
  });

  it('knows from the offense that somebody promotes prostitution', () => {
    expect(factsOf(entered({ offenses: [{ nibrs: '40B' }] }))['promotesProstitution']).toBe(true);
    expect(factsOf(entered({ offenses: [{ nibrs: '40A' }] }))['promotesProstitution']).toBe(false);
    expect(factsOf(entered({ facts: {} }))['promotesProstitution']).toBeUndefined();
  });

  it('lets the last word count, one by one', () => {
    const facts = factsOf(entered({ substances: [{ kind: 'heroin', grams: 1 }] }), [
      { facts: { exploitsMinors: true } },
      { substances: [{ kind: 'heroin', grams: 2 }] },
      { facts: { exploitsMinors: null, disqualifyingHistory: true } },
    ]);
    expect(facts).toMatchObject({
      exploitsMinors: null,
      disqualifyingHistory: true,
      dealingBeyondSubsistence: false,
      drugGrams: 2,
    });
  });

  it('takes no derived fact from what was reported', () => {
    const reported = { ...entered().facts, ageAtEvent: 50, drugGrams: 0, everyOffenseDiverted: true } as never;
    const facts = factsOf(entered({ facts: reported, ageAtEvent: 17, offenses: [{ nibrs: '120' }, { nibrs: '35A' }] }));
    expect(facts).toMatchObject({ ageAtEvent: 17, everyOffenseDiverted: false });
    expect(facts['drugGrams']).toBeUndefined();
  });
});
