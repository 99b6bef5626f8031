import type { FieldError } from '@throughline/shared/domain';
import type { Criterion } from './criteria.js';
import { COORDINATORS_FACTS, FACTS, type FactDefinition } from './fact-catalogue.js';
import { PLACEHOLDER, placeholdersOf } from './plain-words.js';
import type { Window } from './calendar-window.js';

const OPERATORS: Readonly<Record<FactDefinition['kind'], readonly Criterion['operator'][]>> = {
  boolean: ['equals'],
  number: ['equals', 'at-least', 'at-most'],
  code: ['equals', 'one-of'],
  dates: ['none-within', 'some-within'],
};
const MOST_YEARS = 100;

/**
 * What is wrong with the criteria of a draft, one entry per fault with its pointer; empty for one that may judge.
 * Their shape is known to be right.
 */
export function faultsOf(criteria: readonly Criterion[]): FieldError[] {
  return criteria.flatMap((criterion, index) => {
    const faults = [...factFaults(criterion), ...severityFaults(criterion), ...sentenceFaults(criterion)];
    if (criteria.findIndex(({ id }) => id === criterion.id) !== index)
      faults.push({ pointer: '/id', detail: 'Another criterion has this id already.' });
    return faults.map(({ pointer, detail }) => ({ pointer: `#/criteria/${index}${pointer}`, detail }));
  });
}

function factFaults(criterion: Criterion): FieldError[] {
  const fact: FactDefinition | undefined = Object.hasOwn(FACTS, criterion.fact)
    ? FACTS[criterion.fact as keyof typeof FACTS]
    : undefined;
  if (!fact)
    return [{ pointer: '/fact', detail: `No such fact is known. Known are: ${Object.keys(FACTS).join(', ')}.` }];
  const operators = OPERATORS[fact.kind];
  if (!operators.includes(criterion.operator))
    return [{ pointer: '/operator', detail: `This fact is judged by ${operators.join(', ')}.` }];
  return 'window' in criterion ? windowFaults(criterion.window) : valueFaults(criterion.value, fact);
}

function valueFaults(value: Extract<Criterion, { value: unknown }>['value'], fact: FactDefinition): FieldError[] {
  if (typeof value === 'object') {
    const faults = value.flatMap((one, index): FieldError[] => {
      const pointer = `/value/${index}`;
      if (value.indexOf(one) !== index) return [{ pointer, detail: 'This is listed twice.' }];
      return isOf(fact, one) ? [] : [{ pointer, detail: allowed(fact) }];
    });
    return value.length === 0 ? [{ pointer: '/value', detail: 'Nobody could ever meet this.' }] : faults;
  }
  return isOf(fact, value) ? [] : [{ pointer: '/value', detail: allowed(fact) }];
}

function isOf(fact: FactDefinition, value: boolean | number | string): boolean {
  switch (fact.kind) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number' && value >= fact.least && value <= fact.most;
    case 'code':
      return typeof value === 'string' && fact.codes.includes(value);
    case 'dates':
      return false;
  }
}

function allowed(fact: FactDefinition): string {
  switch (fact.kind) {
    case 'boolean':
      return 'This fact is true or false.';
    case 'number':
      return `This fact is a number from ${fact.least} to ${fact.most}.`;
    case 'code':
      return `This fact is one of ${fact.codes.join(', ')}.`;
    case 'dates':
      return 'This fact is a list of days.';
  }
}

function windowFaults({ years = 0, months = 0, days = 0 }: Window): FieldError[] {
  if (years + months + days === 0) return [{ pointer: '/window', detail: 'A window is at least a day long.' }];
  return years + months / 12 + days / 365 > MOST_YEARS
    ? [{ pointer: '/window', detail: `A window is ${MOST_YEARS} years long at most.` }]
    : [];
}

function severityFaults({ fact, severity, overridableBy }: Criterion): FieldError[] {
  const faults: FieldError[] = [];
  // whoever could weigh it, or override it, would learn of it
  const coordinators = COORDINATORS_FACTS.has(fact);
  if (coordinators && severity !== 'hard')
    faults.push({ pointer: '/severity', detail: 'What is shown to the coordinator alone is hard.' });
  if (overridableBy && coordinators)
    faults.push({
      pointer: '/overridableBy',
      detail: 'What is shown to the coordinator alone is overridden by nobody.',
    });
  else if (overridableBy && severity === 'presumptive')
    faults.push({
      pointer: '/overridableBy',
      detail: 'A presumptive criterion excludes nobody: nothing is overridden.',
    });
  return faults;
}

function sentenceFaults(criterion: Criterion): FieldError[] {
  const known = placeholdersOf(criterion);
  const sentences = Object.entries(criterion.sentences);
  return sentences.flatMap(([verdict, sentence], index): FieldError[] => {
    const pointer = `/sentences/${verdict}`;
    const faults: FieldError[] = [];
    const names = [...sentence.matchAll(PLACEHOLDER)].map(([, name]) => name ?? '');
    if (names.some((name) => !known.includes(name)) || /[{}]/.test(sentence.replaceAll(PLACEHOLDER, '')))
      faults.push({ pointer, detail: `Braces hold one of ${known.map((name) => `{${name}}`).join(', ')}.` });
    if (verdict === 'unknown' && names.includes('fact'))
      faults.push({ pointer, detail: 'There is no {fact} to name where it is not known.' });
    if (!/^\p{Lu}.*\p{L}.*\.$/u.test(sentence))
      faults.push({ pointer, detail: 'A sentence begins with a capital letter and ends with a full stop.' });
    if (sentences.some(([, other], earlier) => earlier < index && other === sentence))
      faults.push({ pointer, detail: 'Each verdict has a sentence of its own.' });
    return faults;
  });
}
