import { PRESETS } from '../data/presets/index.js';
import type { Criterion } from './criteria.js';
import { faultsOf } from './ruleset-faults.js';

const sentences = {
  met: 'The amount is {fact}, at most {value}.',
  notMet: 'The amount is {fact}, more than {value}.',
  unknown: 'The amount is not known.',
};
const criterion = (changes: object): Criterion =>
  ({
    id: 'c',
    fact: 'drugGrams',
    operator: 'at-most',
    value: 6,
    severity: 'hard',
    sentences,
    ...changes,
  }) as Criterion;
const saying = (changes: object): object => ({ sentences: { ...sentences, ...changes } });
const dates = { fact: 'violentConvictions', operator: 'none-within', value: undefined };
const dated = (window: object): Criterion => {
  const { value: _value, ...rest } = criterion({ ...dates, window, ...saying(datedSentences) }) as Criterion & {
    value?: unknown;
  };
  return rest as Criterion;
};
const datedSentences = {
  met: 'None lies within {window}, since {since}.',
  notMet: 'One lies within {window}: {fact}.',
  unknown: 'It is not known whether there is any.',
};

describe('faults of criteria', () => {
  it.each(PRESETS)('preset $id has none', ({ criteria }) => {
    expect(faultsOf(criteria)).toEqual([]);
  });

  it.each<[string, object, string[]]>([
    ['a fact that nobody knows', { fact: 'rumours' }, ['/fact']],
    ['a fact by the name of a method', { fact: 'constructor' }, ['/fact']],
    ['an operator for other facts', { operator: 'one-of', value: ['6'] }, ['/operator']],
    ['a number below what can be', { value: -1 }, ['/value']],
    ['a number above what can be', { value: 3_000_000 }, ['/value']],
    ['no number', { value: NaN }, ['/value']],
    ['a text for a number', { operator: 'equals', value: '6' }, ['/value']],
    ['a number for yes or no', { fact: 'exploitsMinors', operator: 'equals', value: 0 }, ['/value']],
    ['an unknown code', { fact: 'basisOfBelief', operator: 'one-of', value: ['records', 'hearsay'] }, ['/value/1']],
    ['a code twice', { fact: 'basisOfBelief', operator: 'one-of', value: ['records', 'records'] }, ['/value/1']],
    ['no code', { fact: 'basisOfBelief', operator: 'one-of', value: [] }, ['/value']],
    ['an override of a flag', { severity: 'presumptive', overridableBy: 'prosecutor' }, ['/overridableBy']],
    [
      'a stop of the coordinator that others would weigh',
      {
        fact: 'noContactOrderWithParticipant',
        operator: 'equals',
        value: false,
        severity: 'presumptive',
        overridableBy: 'prosecutor',
      },
      ['/severity', '/overridableBy'],
    ],
    ['an unknown placeholder', saying({ met: 'The {thing} is fine.' }), ['/sentences/met']],
    ['a placeholder of another operator', saying({ met: 'Since {since} it is fine.' }), ['/sentences/met']],
    ['a brace that nobody closed', saying({ met: 'The {fact is fine.' }), ['/sentences/met']],
    ['no capital letter', saying({ notMet: 'too much, that is.' }), ['/sentences/notMet']],
    ['no full stop', saying({ notMet: 'Too much, that is' }), ['/sentences/notMet']],
    ['the fact where there is none', saying({ unknown: 'The amount is {fact}.' }), ['/sentences/unknown']],
    ['one sentence for two verdicts', saying({ notMet: sentences.met }), ['/sentences/notMet']],
  ])('%s', (_, changes, pointers) => {
    expect(faultsOf([criterion(changes)]).map(({ pointer }) => pointer)).toEqual(
      pointers.map((pointer) => `#/criteria/0${pointer}`),
    );
  });

  it('windows are a day to 100 years long', () => {
    expect(faultsOf([dated({ years: 10 })])).toEqual([]);
    for (const window of [{}, { years: 0, days: 0 }, { years: 100, months: 1 }])
      expect(faultsOf([dated(window)]).map(({ pointer }) => pointer)).toEqual(['#/criteria/0/window']);
  });

  it('names every fault of every criterion, and an id that is used twice', () => {
    const found = faultsOf([criterion({}), criterion({ fact: 'rumours', severity: 'hard', ...saying({ met: 'no' }) })]);
    expect(found.map(({ pointer }) => pointer)).toEqual([
      '#/criteria/1/fact',
      '#/criteria/1/sentences/met',
      '#/criteria/1/id',
    ]);
  });
});
