import { evaluate, type Facts } from '../../domain/criteria.js';
import { hashOf } from '../../rulesets/ruleset-hash.js';
import { DEFAULT_RULESET } from './default.js';
import { PRESETS } from './index.js';

const judge = (preset: string, facts: Facts, asOf = '2026-03-02') =>
  evaluate({ ...DEFAULT_RULESET, criteria: PRESETS.find(({ id }) => id === preset)!.criteria }, facts, asOf);

describe('the built-in version', () => {
  it('never changes: referrals that it judged must find it as it was', () => {
    expect(hashOf(DEFAULT_RULESET)).toBe('d581d3cfcaeec758a1976a9470f045a8c115eb91d9d8b4c4437b0daedac431a7');
  });
});

describe('California Penal Code 1001.87, social contact', () => {
  const fine: Facts = {
    ageAtEvent: 30,
    basisOfBelief: 'direct-observation',
    insideProgrammeArea: true,
    verifiedConduct: ['2024-03-02'],
    pendingTreatmentCourtCase: false,
    noContactOrderWithParticipant: false,
  };

  it.each<[string, Facts, string, string[]]>([
    ['all of (A) to (E)', {}, 'eligible', []],
    ['(A) verified by hearsay', { basisOfBelief: 'hearsay' }, 'ineligible', ['verified-conduct']],
    ['(B) outside the area', { insideProgrammeArea: false }, 'ineligible', ['inside-programme-area']],
    ['(C) a day too early', { verifiedConduct: ['2024-03-01'] }, 'ineligible', ['conduct-within-24-months']],
    ['(C) never', { verifiedConduct: [] }, 'ineligible', ['conduct-within-24-months']],
    ['(C) not known', { verifiedConduct: null }, 'information-missing', ['conduct-within-24-months']],
    ['(D) a pending case', { pendingTreatmentCourtCase: true }, 'ineligible', ['no-pending-treatment-court-case']],
    [
      '(E) an order with a participant',
      { noContactOrderWithParticipant: true },
      'ineligible',
      ['no-no-contact-order-with-participant'],
    ],
    [
      '(E) nobody looked',
      { noContactOrderWithParticipant: undefined },
      'information-missing',
      ['no-no-contact-order-with-participant'],
    ],
  ])('%s', (_, changes, outcome, standing) => {
    const result = judge('california-social-contact', { ...fine, ...changes });
    expect(result.outcome).toBe(outcome);
    expect(result.criteria.filter(({ verdict }) => verdict !== 'met').map(({ id }) => id)).toEqual(standing);
  });

  it('marks what the coordinator alone is shown', () => {
    const marked = judge('california-social-contact', fine).criteria.filter(({ shownTo }) => shownTo === 'coordinator');
    expect(marked.map(({ id }) => id)).toEqual(['no-no-contact-order-with-participant']);
  });
});

describe('a violent conviction within ten years', () => {
  const last = (dates: string[] | null) =>
    judge('ten-year-violent-conviction', { violentConvictions: dates }).criteria.at(-1)!;

  it.each<[string[] | null, string, string]>([
    [
      ['2016-03-02'],
      'not-met',
      'A conviction of a violent crime lies within 10 years, that is since 2016-03-02; known: 2016-03-02.',
    ],
    [
      ['2016-03-01', '2001-05-06'],
      'met',
      'No conviction of a violent crime lies within 10 years, that is since 2016-03-02; known: 2016-03-01 and 2001-05-06.',
    ],
    [[], 'met', 'No conviction of a violent crime lies within 10 years, that is since 2016-03-02; known: none.'],
    [null, 'unknown', 'It is not known whether the person was convicted of a violent crime.'],
  ])('%j: %s', (dates, verdict, sentence) => {
    expect(last(dates)).toMatchObject({ verdict, sentence, severity: 'hard', overridableBy: 'prosecutor' });
  });
});
