import fc from 'fast-check';
import { DEFAULT_RULESET } from '../data/presets/default.js';
import { PRESETS } from '../data/presets/index.js';
import {
  evaluate,
  rulesetInForce,
  type Criterion,
  type Facts,
  type FactValue,
  type Ruleset,
  type Verdict,
} from './criteria.js';
import { FACTS, type FactDefinition } from './fact-catalogue.js';

const AS_OF = '2026-03-02';
const sentences = { met: 'met {fact}/{value}', notMet: 'not met {fact}/{value}', unknown: 'unknown' };

const ruleset = (...criteria: Criterion[]): Ruleset => ({
  id: 'test',
  version: 3,
  title: 'Test',
  effectiveFrom: '2020-01-01T00:00:00.000Z',
  criteria,
});

const verdictOf = (criterion: object, facts: Facts, asOf = AS_OF): Verdict | undefined =>
  evaluate(ruleset({ id: 'c', fact: 'f', severity: 'hard', sentences, ...criterion } as Criterion), facts, asOf)
    .criteria[0]?.verdict;

describe('operators', () => {
  it.each<[object, Facts, Verdict]>([
    [{ operator: 'equals', value: false }, { f: false }, 'met'],
    [{ operator: 'equals', value: false }, { f: true }, 'not-met'],
    [{ operator: 'equals', value: false }, { f: 'false' }, 'unknown'],
    [{ operator: 'at-least', value: 18 }, { f: 18 }, 'met'],
    [{ operator: 'at-least', value: 18 }, { f: 17 }, 'not-met'],
    [{ operator: 'at-least', value: 18 }, { f: NaN }, 'unknown'],
    [{ operator: 'at-most', value: 6 }, { f: 6 }, 'met'],
    [{ operator: 'at-most', value: 6 }, { f: 6.001 }, 'not-met'],
    [{ operator: 'at-most', value: 6 }, { f: '1' }, 'unknown'],
    [{ operator: 'one-of', value: ['a', 'b'] }, { f: 'b' }, 'met'],
    [{ operator: 'one-of', value: ['a', 'b'] }, { f: 'c' }, 'not-met'],
    [{ operator: 'none-within', window: { years: 10 } }, { f: [] }, 'met'],
    [{ operator: 'none-within', window: { years: 10 } }, { f: ['2016-03-01'] }, 'met'],
    [{ operator: 'none-within', window: { years: 10 } }, { f: ['2016-03-02'] }, 'not-met'],
    [{ operator: 'none-within', window: { years: 10 } }, { f: ['yesterday'] }, 'unknown'],
    [{ operator: 'some-within', window: { months: 24 } }, { f: ['2010-01-01', '2025-06-01'] }, 'met'],
    [{ operator: 'some-within', window: { months: 24 } }, { f: ['2024-03-01'] }, 'not-met'],
    [{ operator: 'some-within', window: { days: 1 } }, { f: ['2026-03-03'] }, 'not-met'],
  ])('%j on %j is %s', (criterion, facts, verdict) => {
    expect(verdictOf(criterion, facts)).toBe(verdict);
  });

  it.each([{}, { f: undefined }, { f: null }])(
    'does not know %j, and never takes a name from the prototype',
    (facts) => {
      expect(verdictOf({ operator: 'equals', value: false }, facts)).toBe('unknown');
      const inherited = {
        id: 'c',
        fact: 'constructor',
        operator: 'equals',
        value: 'x',
        severity: 'hard',
        sentences,
      } as const;
      const result = evaluate(ruleset(inherited), facts, AS_OF);
      expect(result.criteria[0]?.verdict).toBe('unknown');
      expect(result.facts).toEqual({});
    },
  );

  it('says the verdict in plain words, and keeps the facts that it used and no others', () => {
    const { criteria, facts } = evaluate(
      ruleset({ id: 'c', fact: 'f', operator: 'at-most', value: 6, severity: 'hard', sentences }),
      { f: 7, other: true },
      AS_OF,
    );
    expect(criteria[0]?.sentence).toBe('not met 7/6');
    expect(facts).toEqual({ f: 7 });
  });
});

describe('the default ruleset', () => {
  const eligible: Facts = {
    ageAtEvent: 30,
    everyOffenseDiverted: true,
    drugGrams: 0,
    dealingBeyondSubsistence: false,
    exploitsMinors: false,
    promotesProstitution: false,
    disqualifyingHistory: false,
  };
  const judge = (changes: Facts) => evaluate(DEFAULT_RULESET, { ...eligible, ...changes }, AS_OF);

  it.each<[string, Facts, string, string[]]>([
    ['everything known and fine', {}, 'eligible', []],
    ['exactly 6 g', { drugGrams: 6 }, 'eligible', []],
    ['over 6 g', { drugGrams: 6.001 }, 'presumptively-ineligible', ['drug-amount']],
    ['an unknown amount', { drugGrams: undefined }, 'presumptively-ineligible', ['drug-amount']],
    ['seventeen', { ageAtEvent: 17 }, 'ineligible', ['adult']],
    ['dealing', { dealingBeyondSubsistence: true }, 'presumptively-ineligible', ['no-dealing-beyond-subsistence']],
    ['exploiting minors', { exploitsMinors: true }, 'ineligible', ['no-exploitation-of-minors']],
    ['perhaps exploiting minors', { exploitsMinors: undefined }, 'information-missing', ['no-exploitation-of-minors']],
    ['a history', { disqualifyingHistory: true }, 'presumptively-ineligible', ['no-disqualifying-history']],
    ['an unchecked history', { disqualifyingHistory: null }, 'information-missing', ['no-disqualifying-history']],
    ['promoting', { promotesProstitution: true }, 'presumptively-ineligible', ['no-promotion-of-prostitution']],
    ['robbery', { everyOffenseDiverted: false }, 'presumptively-ineligible', ['divertible-offense']],
    [
      'a certain exclusion beside an unknown',
      { ageAtEvent: 17, disqualifyingHistory: null },
      'ineligible',
      ['adult', 'no-disqualifying-history'],
    ],
  ])('%s', (_, changes, outcome, standing) => {
    const result = judge(changes);
    expect(result.outcome).toBe(outcome);
    expect(result.criteria.filter(({ verdict }) => verdict !== 'met').map(({ id }) => id)).toEqual(standing);
  });

  it('has sentences without a placeholder left over', () => {
    for (const changes of [
      {},
      { ageAtEvent: 3, drugGrams: 9 },
      Object.fromEntries(Object.keys(eligible).map((k) => [k, null])),
    ])
      for (const { sentence } of judge(changes).criteria) expect(sentence).toMatch(/^[A-Z][^{}]+\.$/);
  });
});

describe('which ruleset is in force', () => {
  const version = (n: number, effectiveFrom: string): Ruleset => ({ ...ruleset(), version: n, effectiveFrom });
  const all = [version(2, '2026-01-01T00:00:00.000Z'), version(1, '2025-01-01T00:00:00.000Z')];

  it.each([
    ['2024-12-31T23:59:59Z', undefined],
    ['2025-01-01T00:00:00Z', 1],
    ['2025-12-31T23:59:59Z', 1],
    ['2026-01-01T00:00:00Z', 2],
  ])('%s', (at, expected) => {
    expect(rulesetInForce(all, new Date(at))?.version).toBe(expected);
  });
});

describe('properties', () => {
  const names = ['a', 'b', 'c', 'd'];
  const value = fc.oneof(fc.boolean(), fc.integer({ min: -3, max: 30 }), fc.constantFrom('x', 'y'));
  const dates = fc.array(fc.constantFrom('2016-01-01', '2025-11-02', '2026-03-02'), { maxLength: 3 });
  const someFacts = fc.dictionary(fc.constantFrom(...names), fc.option(fc.oneof(value, dates), { nil: undefined }));
  const comparison = fc.oneof(
    fc.record({ operator: fc.constant('equals'), value }),
    fc.record({ operator: fc.constantFrom('at-least', 'at-most'), value: fc.integer({ min: -3, max: 30 }) }),
    fc.record({ operator: fc.constant('one-of'), value: fc.subarray(['x', 'y']) }),
    fc.record({ operator: fc.constantFrom('none-within', 'some-within'), window: fc.record({ years: fc.nat(12) }) }),
  );
  const criterion = fc
    .tuple(
      fc.record({
        id: fc.constantFrom('c1', 'c2', 'c3'),
        fact: fc.constantFrom(...names),
        severity: fc.constantFrom('hard', 'presumptive'),
        overridableBy: fc.constantFrom(undefined, 'prosecutor'),
        sentences: fc.constant(sentences),
      }),
      comparison,
    )
    .map(([base, operator]) => ({ ...base, ...operator }) as unknown as Criterion);
  const criteria = fc.array(criterion, { maxLength: 6 });
  const pending = (outcome: string): boolean => outcome === 'eligible' || outcome === 'presumptively-ineligible';

  it('an unknown never passes', () => {
    fc.assert(
      fc.property(criteria, someFacts, fc.constantFrom(...names), (all, facts, forgotten) => {
        const result = evaluate(ruleset(...all), { ...facts, [forgotten]: undefined }, AS_OF);
        const affected = all.filter(({ fact }) => fact === forgotten);
        result.criteria.forEach(({ verdict }, index) => {
          if (all[index]?.fact === forgotten) expect(verdict).toBe('unknown');
        });
        if (affected.length > 0) expect(result.outcome).not.toBe('eligible');
        if (affected.some(({ severity }) => severity === 'hard')) expect(pending(result.outcome)).toBe(false);
      }),
    );
  });

  it('one more hard exclusion never makes anyone eligible', () => {
    fc.assert(
      fc.property(criteria, criterion, fc.nat(6), someFacts, (all, more, place, facts) => {
        const before = evaluate(ruleset(...all), facts, AS_OF).outcome;
        const hard = { ...more, severity: 'hard' as const };
        const after = evaluate(ruleset(...all.slice(0, place), hard, ...all.slice(place)), facts, AS_OF).outcome;
        if (before !== 'eligible') expect(after).not.toBe('eligible');
        if (!pending(before)) expect(pending(after)).toBe(false);
        if (before === 'ineligible') expect(after).toBe('ineligible');
      }),
    );
  });

  it('the result depends on facts, ruleset and time alone, and changes none of them', () => {
    fc.assert(
      fc.property(criteria, someFacts, (all, facts) => {
        const frozen = Object.freeze(structuredClone(facts));
        const first = evaluate(ruleset(...all), frozen, AS_OF);
        const shuffled = Object.fromEntries(Object.entries(facts).reverse());
        expect(evaluate(ruleset(...all), { ...shuffled, unrelated: true }, AS_OF)).toEqual(first);
      }),
    );
  });

  it('a window only ever leaves a past day behind: met or not, a verdict turns once as time goes on', () => {
    const day = fc
      .date({ min: new Date('2000-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    const window = fc.record({ years: fc.nat(12), months: fc.nat(24), days: fc.integer({ min: 1, max: 40 }) });
    fc.assert(
      fc.property(fc.array(day, { maxLength: 4 }), day, day, window, (past, one, other, length) => {
        const [asOf, later] = one < other ? [one, other] : [other, one];
        const facts = { f: past.filter((date) => date <= asOf) };
        const none = { operator: 'none-within', window: length };
        const some = { operator: 'some-within', window: length };
        if (verdictOf(none, facts, asOf) === 'met') expect(verdictOf(none, facts, later)).toBe('met');
        if (verdictOf(some, facts, asOf) === 'not-met') expect(verdictOf(some, facts, later)).toBe('not-met');
        // the two are each other's opposite, and neither is unknown where the days are known
        expect(new Set([verdictOf(none, facts, asOf), verdictOf(some, facts, asOf)])).toEqual(
          new Set(['met', 'not-met']),
        );
      }),
    );
  });

  it('each verdict of each preset is a sentence without a placeholder left over, whatever is known', () => {
    const known = (fact: FactDefinition): fc.Arbitrary<FactValue> => {
      switch (fact.kind) {
        case 'boolean':
          return fc.boolean();
        case 'number':
          return fc.integer({ min: fact.least, max: fact.most });
        case 'code':
          return fc.constantFrom(...fact.codes);
        case 'dates':
          return fc.array(fc.constantFrom('1999-02-28', '2016-03-02', '2026-03-02'), { maxLength: 3 });
      }
    };
    const everyFact = fc.record(
      Object.fromEntries(
        Object.entries<FactDefinition>(FACTS).map(([name, fact]) => [name, fc.option(known(fact), { nil: null })]),
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...PRESETS), everyFact, ({ criteria: all }, facts) => {
        for (const { sentence, verdict } of evaluate(ruleset(...all), facts, AS_OF).criteria) {
          expect(sentence).toMatch(/^[A-Z].*[a-z].*\.$/);
          expect(sentence).not.toMatch(/[{}]|undefined|null|\[object/);
          if (verdict === 'unknown') expect(sentence).toMatch(/not known|has not been checked/);
        }
      }),
      { numRuns: 200 },
    );
  });
});
